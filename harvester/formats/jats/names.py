"""The names of persons and groups, in the parts the source gives and no others (mapping J6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harvester.formats.jats.inline import parts, words
from harvester.formats.jats.tree import Element, child, children, grouped, vocabulary
from harvester.model import AltName
from harvester.text import fold, plain, text
from harvester.xmltools import XML_LANG, local

_NO_NAME = vocabulary("contrib-group xref aff aff-alternatives address email fn label role ext-link uri contrib-id")
_BEHALF = re.compile(r"^(?:(?:[Aa]nd\s+)?[Oo]n\s+behalf\s+of\s+|for\s+(?=the\s))")
_BRACKETED = re.compile(r"^\(([^()]*)\)$")


def names(contrib: Element) -> list[Element]:
    """Every <name> and <string-name> of one contributor, the main one first."""
    alternatives = child(contrib, "name-alternatives")
    found = [*(children(alternatives, "name", "string-name") if alternatives is not None else ())]
    return found + list(children(contrib, "name", "string-name"))


def by_rank(found: list[Element], language: str | None) -> list[Element]:
    """The names with the main one first: marked as primary, else in the article's language, else the first in parts."""

    def rank(element: Element) -> int:
        if (element.get("specific-use") or "").strip() == "primary":
            return 0
        if element.get("content-type") in ("native", "alias", "non-latin", "index"):
            return 4
        if language and (element.get(XML_LANG) or "").lower().partition("-")[0] == language:
            return 1
        return 2 if child(element, "surname") is not None else 3

    return sorted(found, key=rank)


def person_name(element: Element, lang: str | None) -> AltName | None:
    """A name's parts. A name with one part only stands in `surname`, so does a <string-name> without parts.

    Academic degrees and titles are no part of a name.
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
    """Whether the source says what is the family name and what the given names."""
    return child(element, "surname", "given-names") is not None


def group_name(collab: Element) -> str | None:
    """A group's name without its members, addresses and notes."""
    whole = fold(plain(text(_named(collab))))
    bracketed = _BRACKETED.match(whole)
    return _BEHALF.sub("", bracketed[1] if bracketed else whole).strip(" ,;") or None


def _named(collab: Element) -> Iterator[str]:
    yield collab.text or ""
    for each in collab:
        if local(each) not in _NO_NAME:
            yield f" {plain(text(parts(each)))} "
        yield each.tail or ""


def _name_part(element: Element) -> str | None:
    found = (words(element) or "").strip(" ,;")
    return found if any(map(str.isalpha, found)) else None


def _joined(elements: Iterable[Element]) -> str | None:
    return " ".join(filter(None, map(_name_part, elements))) or None
