"""The names of people and groups, split only into the parts that the source gives (mapping J6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harvester.formats.html import has_html, inline_from_html
from harvester.formats.jats.inline import content_parts, plain_text
from harvester.formats.jats.tree import Element, child, children, grouped, vocabulary
from harvester.model import AltName
from harvester.text import Inline, Span, fold, plain, text
from harvester.xmltools import XML_LANG, local

_NOT_A_NAME = vocabulary("contrib-group xref aff aff-alternatives address email fn label role ext-link uri contrib-id")
_BEHALF = re.compile(r"^(?:(?:[Aa]nd\s+)?[Oo]n\s+behalf\s+of\s+|for\s+(?=the\s))")
_BRACKETED = re.compile(r"^\(([^()]*)\)$")


def name_elements(contrib: Element) -> list[Element]:
    """The <name> and <string-name> elements of one contributor, those in <name-alternatives> first."""
    alternatives = child(contrib, "name-alternatives")
    elements = [*(children(alternatives, "name", "string-name") if alternatives is not None else ())]
    return elements + list(children(contrib, "name", "string-name"))


def ranked(elements: list[Element], language: str | None) -> list[Element]:
    """The names, the main one first: marked as primary, else in the article's language, else split into parts."""

    def rank(element: Element) -> int:
        if (element.get("specific-use") or "").strip() == "primary":
            return 0
        if element.get("content-type") in ("native", "alias", "non-latin", "index"):
            return 4
        if language and (element.get(XML_LANG) or "").lower().partition("-")[0] == language:
            return 1
        return 2 if child(element, "surname") is not None else 3

    return sorted(elements, key=rank)


def person_name(element: Element, lang: str | None) -> AltName | None:
    """The parts of a name. A name with only one part is a `surname`, and so is a <string-name> without parts.

    Academic degrees and titles are not part of a name.
    """
    groups = grouped(element)
    surname = _joined(groups.get("surname", ())[:1])
    given, suffix = _joined(groups.get("given-names", ())), _joined(groups.get("suffix", ()))
    if surname is None and given is None and local(element) == "string-name":
        surname = _name_part(element)
    if surname is None:
        surname, given = given, None
    return AltName(surname=surname, given=given, suffix=suffix, lang=lang) if surname else None


def has_parts(element: Element) -> bool:
    """Whether the source marks the family name or the given names."""
    return child(element, "surname", "given-names") is not None


def group_name(collab: Element) -> str | None:
    """The name of a group, without its members, addresses and notes."""
    whole = _without_marks(fold(plain(text(_name_pieces(collab)))))
    bracketed = _BRACKETED.match(whole)
    return _BEHALF.sub("", bracketed[1] if bracketed else whole).strip(" ,;") or None


def _name_pieces(collab: Element) -> Iterator[str]:
    yield collab.text or ""
    for inner in collab:
        if local(inner) not in _NOT_A_NAME:
            yield f" {plain(text(content_parts(inner)))} "
        yield inner.tail or ""


def _name_part(element: Element) -> str | None:
    written = element.text if not len(element) else None
    part = (_without_marks(fold(written)) if written else plain_text(element) or "").strip(" ,;")
    return part if any(map(str.isalpha, part)) else None


def _without_marks(written: str) -> str:
    """The name without HTML that was escaped once too often. Superscripts in it are footnote marks."""
    if not has_html(written):
        return written
    return plain(text(part for part in inline_from_html(written) if not _is_mark(part)))


def _is_mark(part: Inline) -> bool:
    return isinstance(part, Span) and part.style == "sup" and sum(map(str.isalpha, plain((part,)))) < 2


def _joined(elements: Iterable[Element]) -> str | None:
    return " ".join(filter(None, map(_name_part, elements))) or None
