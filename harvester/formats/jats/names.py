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
_MARKS = r"*＊†‡§¶‖⁎∗\u00b9\u00b2\u00b3\u2070\u2074-\u2079"
_LEADING_MARKS = re.compile(rf"^[{_MARKS}\s,]+(?=\w)")
_TRAILING_MARKS = re.compile(
    rf"(?<=[^\W\d_]{{3}})\s*[{_MARKS}](?:[\s,]*[{_MARKS}])*[\s,]*$|[\s,]+[{_MARKS}][{_MARKS}\s,]*$|\s*\[(?:\d{{1,2}}|[a-z])\]$"
)
_FOOTNOTE_MARKS = re.compile(rf"[\s,;]*(?:(?:[^\W\d_]|\d{{1,3}}|[{_MARKS}#])(?:[\s,;]+|(?![^\W_])))*")
_FACES = vocabulary("sup sub italic i em bold b strong sc underline u styled-content")
_WORD_CHARACTER = re.compile(r"\w")
_LONG_WORD_AT_END = re.compile(r"[^\W\d_]{3,}[\s.,;)]*$")
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


def parts_without_letters(element: Element) -> list[str]:
    """What is in place of a family name or given names and has no letters, such as an ORCID iD, as it was written."""
    written = [plain_text(part) or "" for part in children(element, "surname", "given-names")]
    return [part for part in written if any(map(str.isdigit, part)) and not any(map(str.isalpha, part))]


def has_parts(element: Element) -> bool:
    """Whether the source marks the family name or the given names."""
    return child(element, "surname", "given-names") is not None


def one_piece(name: AltName, element: Element) -> AltName:
    """An alternative name. That of a <string-name> without parts is in one piece, and not a family name."""
    return name if local(element) != "string-name" or has_parts(element) else AltName(name=name.surname, lang=name.lang)


def group_name(collab: Element) -> str | None:
    """The name of a group, without its members, addresses, notes and footnote marks."""
    whole = _without_marks(_unescaped(fold(plain(text(_name_pieces(collab))))))
    bracketed = _BRACKETED.match(whole)
    return _BEHALF.sub("", bracketed[1] if bracketed else whole).strip(" ,;") or None


def _without_marks(name: str) -> str:
    """The name without footnote marks at its ends. In `A*STAR` and `m² Group`, they belong to it."""
    name = _LEADING_MARKS.sub("", name)
    return _TRAILING_MARKS.sub("", name)


def _name_pieces(collab: Element) -> Iterator[str]:
    yield collab.text or ""
    for number, inner in enumerate(collab):
        name = local(inner)
        if name in _FACES:
            yield "" if name == "sup" and _is_mark(collab, number) else plain(text(content_parts(inner)))
        elif name not in _NOT_A_NAME:
            yield f" {plain(text(content_parts(inner)))} "
        yield inner.tail or ""


def _is_mark(collab: Element, number: int) -> bool:
    """Whether a superscript is a footnote mark: at an end of the name, and not part of a sign as in `E<sup>3</sup>`.

    Marks may follow each other, with commas between them.
    """
    tails = [inner.tail or "" for inner in collab]
    before, after = "".join([collab.text or "", *tails[:number]]), "".join(tails[number:])
    if not _FOOTNOTE_MARKS.fullmatch(plain(text(content_parts(collab[number]))).strip("()[]")):
        return False
    return not _WORD_CHARACTER.search(before) or (
        not _WORD_CHARACTER.search(after) and _LONG_WORD_AT_END.search(before) is not None
    )


def _name_part(element: Element) -> str | None:
    written = element.text if not len(element) else None
    part = (_unescaped(fold(written)) if written else _without_raised_marks(element) or "").strip(" ,;")
    return part if any(map(str.isalpha, part)) else None


def _without_raised_marks(element: Element) -> str | None:
    """A part of a person's name without raised footnote marks. Several letters are no mark: `M<sup>lle</sup>`."""
    if child(element, "sup") is None:
        return plain_text(element)
    pieces = [element.text or ""]
    for inner in element:
        said = "" if local(inner) in _NOT_A_NAME else plain(text(content_parts(inner)))
        is_mark = local(inner) == "sup" and _FOOTNOTE_MARKS.fullmatch(said)
        pieces += ["" if is_mark else said, inner.tail or ""]
    return fold("".join(pieces))


def _unescaped(written: str) -> str:
    """The name without HTML that was escaped once too often. Superscripts in it are footnote marks."""
    if not has_html(written):
        return written
    return plain(text(part for part in inline_from_html(written) if not _is_escaped_mark(part)))


def _is_escaped_mark(part: Inline) -> bool:
    return isinstance(part, Span) and part.style == "sup" and sum(map(str.isalpha, plain((part,)))) < 2


def _joined(elements: Iterable[Element]) -> str | None:
    return " ".join(filter(None, map(_name_part, elements))) or None
