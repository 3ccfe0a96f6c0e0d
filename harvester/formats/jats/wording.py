"""The text of a reference in one line, from running text with tags or from tagged parts alone (mapping J10).

A publisher who tags only the parts (`element-citation`) leaves out the punctuation. The parts are then joined, each
once and in their order, with nothing but punctuation in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from harvester.formats.entities import character_of
from harvester.formats.jats.formulas import FORMULAS
from harvester.formats.jats.inline import element_parts, plain_text
from harvester.formats.jats.roles import AUTHOR_GROUPS
from harvester.formats.jats.tree import Element, attribute, grouped, href, vocabulary
from harvester.text import fold, plain, text
from harvester.xmltools import local

# Replace a tag, and a full stop that the text may already have. XML cannot contain these characters.
_TAG_MARK, _STOP_MARK = "\x00", "\x01"
# Both patterns begin with the mark itself: searching for it is faster than searching for the characters before it.
_ADJACENT_TAGS = re.compile(r"\x00(?<=[^\x00\s(\[{/–-]\x00)\x00+(?=[^\x00\s,.;:)\]}/–-])")
_AFTER_PUNCTUATION = re.compile(  # `2004).<article-title>`
    r"\x00(?:(?<=[^\W\d_][.,;]\x00)(?=\w)|(?<=[)\d][.,;]\x00)(?=[^\W\d_]))"
)
_FACES = vocabulary("italic bold sub sup sc underline overline monospace roman sans-serif styled-content i b")
_INDENTED = re.compile(r"(?<=[(\[]) | (?=[,;)\]])| (?=[.:](?:\s|$))|(?<=\w[–]) ")
_HIDDEN = vocabulary("label graphic inline-graphic media issue-id issn-l")
_HIDDEN_NUMBERS = frozenset({"coden", "coi", "amsid"})  # library codes, not part of the text
_HIDDEN_USES = frozenset({"suppress-display", "metadata"})
_MAX_DEPTH = 40


def citation_text(citation: Element) -> str | None:
    """The text of the reference; `None` if there is none."""
    return (visible_text(citation) if _has_own_punctuation(citation) else composed_text(citation)) or None


def visible_text(element: Element) -> str:
    """The characters of the element, with single spaces. Adjacent tags without text in between get a space."""
    marked = _marked(element)
    line = marked
    if _TAG_MARK in line:
        line = _AFTER_PUNCTUATION.sub(" ", _ADJACENT_TAGS.sub(" ", line)).replace(_TAG_MARK, "")
    line = fold(line)
    if "\n" in marked:
        line = _INDENTED.sub("", line)
    return line.replace(f"{_STOP_MARK}.", ".").replace(_STOP_MARK, ".") if _STOP_MARK in line else line


def _marked(element: Element) -> str:
    """The characters of the element, with a mark in place of each tag."""
    if not len(element):
        return element.text or ""
    pieces: list[str] = []
    _collect(element, pieces, 0)
    return "".join(pieces)


def _has_own_punctuation(citation: Element) -> bool:
    """Whether the citation is running text: it has characters between its tags, directly or in <x> elements."""
    if not len(citation) or _has_text(citation.text):
        return True
    return any(_has_text(part.tail) or local(part) == "x" for part in citation)


def _has_text(characters: str | None) -> bool:
    return bool(characters and not characters.isspace())


def _collect(element: Element, pieces: list[str], depth: int) -> None:
    if depth > _MAX_DEPTH:
        pieces.append("".join(map(str, element.itertext())))
        return
    pieces.append(element.text or "")
    for inner in element:
        _collect_child(inner, pieces, depth)
        pieces.append(inner.tail or "")


def _collect_child(element: Element, pieces: list[str], depth: int) -> None:
    name = local(element)
    if not name:
        pieces.append(character_of(element) if element.tag is etree.Entity else "")
    elif name in _FACES:
        _collect(element, pieces, depth + 1)
    elif name in FORMULAS:
        pieces.append(plain(text(element_parts(element))))
    elif name == "break":
        pieces.append("\n")
    elif name == "etal" and plain_text(element) is None:
        is_written = (element.tail or "").lstrip(" ,;").lower().startswith("et al")
        pieces.append(_TAG_MARK if is_written else f"{_TAG_MARK}et al{_STOP_MARK}{_TAG_MARK}")
    elif not is_hidden(element, name):
        pieces.append("–" if name == "lpage" and _directly_follows(element, "fpage") else _TAG_MARK)
        _collect(element, pieces, depth + 1)
        pieces.append(_TAG_MARK)


def _directly_follows(element: Element, name: str) -> bool:
    """Whether the previous sibling has that name, without text in between."""
    before = element.getprevious()
    return before is not None and local(before) == name and not (before.tail or "").strip()


def is_hidden(element: Element, name: str) -> bool:
    """Whether a reader never sees the element: the label, and numbers that are for databases."""
    if name in _HIDDEN:
        return True
    if name == "issn":
        return not _follows_text(element)
    if name == "object-id":
        return not element.get("pub-id-type")
    if name != "pub-id":
        return False
    return attribute(element, "pub-id-type") in _HIDDEN_NUMBERS or attribute(element, "specific-use") in _HIDDEN_USES


def _follows_text(element: Element) -> bool:
    """Whether there are words directly before the element (`ISSN: `)."""
    before = element.getprevious()
    parent = element.getparent()
    tail = before.tail if before is not None else parent.text if parent is not None else None
    return bool(tail and any(map(str.isalpha, tail)))


# -------------------------------------------------------------------------------------- tagged parts alone

_CLOSED = ".?!:;,"
# The separator before a part, by the name of the part. The default is ". ".
_BEFORE: dict[str, str] = {
    "month": " ",
    "day": " ",
    "season": " ",
    "fpage": ": ",
    "page-range": ": ",
    "elocation-id": ": ",
    "publisher-loc": ", ",
    "conf-loc": ", ",
    "conf-date": ", ",
    "etal": ", ",
    "size": ", ",
}
_NUMBERS = frozenset({"volume", "issue", "supplement", "issue-part"})
_PEOPLE = frozenset({"name", "string-name", "collab", "anonymous", "etal"})
_TITLES = frozenset({"article-title", "chapter-title", "part-title", "data-title", "source", "edition", "series"})
# Volume, issue and pages in their usual order.
_RANKS = {"volume": 0, "issue": 1, "fpage": 2, "lpage": 3, "page-range": 4, "elocation-id": 4}
_NAME = ("prefix", "surname", "given-names", "suffix")


def composed_text(citation: Element) -> str:
    """The parts of a citation in their order, with punctuation in between."""
    line = ""
    last = ""
    for part in _in_usual_order(citation):
        name = local(part)
        part_text = _part_text(part, name) if name else ""
        if part_text:
            line += (_separator(line, last, name) if line else "") + part_text
            last = name
    return fold(line)


def _in_usual_order(citation: Element) -> list[Element]:
    """The parts in their order. OJS 3.6 writes pages, issue and volume at the end: they follow the source then."""
    parts = list(citation)
    ranks = [_RANKS[local(part)] for part in parts if local(part) in _RANKS]
    if ranks == sorted(ranks):
        return parts
    numbers = sorted((part for part in parts if local(part) in _RANKS), key=lambda part: _RANKS[local(part)])
    others = [part for part in parts if local(part) not in _RANKS]
    after = max((place for place, part in enumerate(others, 1) if local(part) in _TITLES), default=len(others))
    return [*others[:after], *numbers, *others[after:]]


def _part_text(element: Element, name: str) -> str:
    if is_hidden(element, name):
        return ""
    if name == "person-group":
        return _people(element)
    if name in ("name", "string-name"):
        return _person(element)
    if name == "etal":
        return plain_text(element) or "et al."
    characters = visible_text(element)
    if name == "issue" and characters:
        return f"({characters.strip('()')})"
    if name in ("pub-id", "object-id"):
        return _identifier(element, characters)
    if name in ("issn", "isbn") and characters:
        return f"{name.upper()} {characters}"
    return _with_address(element, characters) if name in ("ext-link", "uri", "self-uri") else characters


def _identifier(element: Element, characters: str) -> str:
    kind = attribute(element, "pub-id-type")
    bare = not characters or kind in ("", "other", "publisher-id") or characters.lower().startswith((kind, "http"))
    return characters if bare else f"{kind}:{characters}"


def _with_address(element: Element, characters: str) -> str:
    address = href(element)
    return f"{characters} {address}".strip() if address and "/" not in characters else characters


def _separator(line: str, last: str, name: str) -> str:
    """The separator before a part: fixed for volume, issue and pages, mostly a full stop for the others."""
    if name in _PEOPLE and last in _PEOPLE:
        return ", "
    if name == "issue":
        return "" if last == "volume" else " "
    if name == "lpage":
        return "–" if last == "fpage" else ", "
    if name == "volume":
        return ", " if last in ("year", "month", "day", "season") else " "
    if name == "publisher-name" and last == "publisher-loc":
        return ": "
    if name in ("fpage", "page-range", "elocation-id") and last not in _NUMBERS:
        return ", "
    if name in ("month", "day", "season") and last not in ("year", "month", "day"):
        return ". "
    separator = _BEFORE.get(name, ". ")
    return " " if separator == ". " and line[-1] in _CLOSED else separator


def _people(group: Element) -> str:
    """The names of a group, separated by commas. Other people than authors have their role in parentheses."""
    if _has_own_punctuation(group):
        people = visible_text(group)
    else:
        people = ", ".join(person for person in _people_texts(group) if person)
    kind = attribute(group, "person-group-type")
    return f"{people} ({kind})" if people and kind not in AUTHOR_GROUPS else people


def _people_texts(group: Element) -> Iterator[str]:
    for person in group:
        if name := local(person):
            yield visible_text(person) if name == "person-group" else _part_text(person, name)


def _person(element: Element) -> str:
    groups = grouped(element)
    if "surname" not in groups or "given-names" not in groups:
        return visible_text(element)
    return " ".join(part for name in _NAME if name in groups and (part := plain_text(groups[name][0])))
