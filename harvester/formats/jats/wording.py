"""A reference as it reads: one line, from running text with tags in it or from tagged parts alone (mapping J10).

A publisher who tags only the parts (`element-citation`) leaves the punctuation to the reader: then the parts are set
one behind the other, each once and in their order, with nothing but punctuation between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from harvester.formats.entities import character_of
from harvester.formats.jats.formulas import FORMULAS
from harvester.formats.jats.inline import part, words
from harvester.formats.jats.roles import CITED_AUTHORS
from harvester.formats.jats.tree import Element, attribute, grouped, href, vocabulary
from harvester.text import fold, plain, text
from harvester.xmltools import local

_EDGE, _POINT = "\x00", "\x01"  # where a tag stood, and a full stop that may stand there already; not in any XML
# Both begin with the mark itself, which is looked for faster than what stands before it.
_SIDE_BY_SIDE = re.compile(r"\x00(?<=[^\x00\s(\[{/–-]\x00)\x00+(?=[^\x00\s,.;:)\]}/–-])")
_BEHIND_POINT = re.compile(  # `2004).<article-title>`
    r"\x00(?:(?<=[^\W\d_][.,;]\x00)(?=\w)|(?<=[)\d][.,;]\x00)(?=[^\W\d_]))"
)
_FACES = vocabulary("italic bold sub sup sc underline overline monospace roman sans-serif styled-content i b")
_INDENTED = re.compile(r"(?<=[(\[]) | (?=[,;)\]])| (?=[.:](?:\s|$))|(?<=\w[–]) ")
_HIDDEN = vocabulary("label graphic inline-graphic media issue-id issn-l")
_HIDDEN_NUMBERS = frozenset({"coden", "coi", "amsid"})  # library codes beside the text, not of it
_HIDDEN_USES = frozenset({"suppress-display", "metadata"})
_DEEPEST = 40


def wording(citation: Element) -> str | None:
    """The reference's text; `None` when there is none."""
    return (as_it_reads(citation) if _has_own_punctuation(citation) else composed(citation)) or None


def as_it_reads(element: Element) -> str:
    """The element's characters, blanks folded; tags that stand side by side with nothing between get a blank."""
    marked = _marked(element)
    line = marked
    if _EDGE in line:
        line = _BEHIND_POINT.sub(" ", _SIDE_BY_SIDE.sub(" ", line)).replace(_EDGE, "")
    line = fold(line)
    if "\n" in marked:
        line = _INDENTED.sub("", line)
    return line.replace(f"{_POINT}.", ".").replace(_POINT, ".") if _POINT in line else line


def _marked(element: Element) -> str:
    """The element's characters, with a mark where each tag stood."""
    if not len(element):
        return element.text or ""
    pieces: list[str] = []
    _collect(element, pieces, 0)
    return "".join(pieces)


def _has_own_punctuation(citation: Element) -> bool:
    """Whether the citation is running text: it has characters of its own, or <x> elements that hold them."""
    if not len(citation) or _says_something(citation.text):
        return True
    return any(_says_something(each.tail) or local(each) == "x" for each in citation)


def _says_something(characters: str | None) -> bool:
    return bool(characters and not characters.isspace())


def _collect(element: Element, pieces: list[str], depth: int) -> None:
    if depth > _DEEPEST:
        pieces.append("".join(map(str, element.itertext())))
        return
    pieces.append(element.text or "")
    for each in element:
        _collect_child(each, pieces, depth)
        pieces.append(each.tail or "")


def _collect_child(element: Element, pieces: list[str], depth: int) -> None:
    name = local(element)
    if not name:
        pieces.append(character_of(element) if element.tag is etree.Entity else "")
    elif name in _FACES:
        _collect(element, pieces, depth + 1)
    elif name in FORMULAS:
        pieces.append(plain(text(part(element))))
    elif name == "break":
        pieces.append("\n")
    elif name == "etal" and words(element) is None:
        written = (element.tail or "").lstrip(" ,;").lower().startswith("et al")
        pieces.append(_EDGE if written else f"{_EDGE}et al{_POINT}{_EDGE}")
    elif not is_hidden(element, name):
        pieces.append("–" if name == "lpage" and _is_right_behind(element, "fpage") else _EDGE)
        _collect(element, pieces, depth + 1)
        pieces.append(_EDGE)


def _is_right_behind(element: Element, name: str) -> bool:
    """Whether the element stands behind one of that name with nothing between."""
    before = element.getprevious()
    return before is not None and local(before) == name and not (before.tail or "").strip()


def is_hidden(element: Element, name: str) -> bool:
    """What a reader never sees: the label in front, and numbers that are there for databases."""
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
    """Whether words stand right before the element (`ISSN: `)."""
    before = element.getprevious()
    parent = element.getparent()
    tail = before.tail if before is not None else parent.text if parent is not None else None
    return bool(tail and any(map(str.isalpha, tail)))


# ------------------------------------------------------------------------------------- parts without words

_CLOSED = ".?!:;,"
# What stands between a part and the one before it, by name; ". " elsewhere.
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
_NAME = ("prefix", "surname", "given-names", "suffix")


def composed(citation: Element) -> str:
    """The parts of a citation in their order, with punctuation between them."""
    line = ""
    last = ""
    for each in citation:
        name = local(each)
        words_of = _part_words(each, name) if name else ""
        if words_of:
            line += (_separator(line, last, name) if line else "") + words_of
            last = name
    return fold(line)


def _part_words(element: Element, name: str) -> str:
    if is_hidden(element, name):
        return ""
    if name == "person-group":
        return _people(element)
    if name in ("name", "string-name"):
        return _person(element)
    if name == "etal":
        return words(element) or "et al."
    found = as_it_reads(element)
    if name == "issue" and found:
        return f"({found.strip('()')})"
    if name in ("pub-id", "object-id"):
        return _identifier(element, found)
    if name in ("issn", "isbn") and found:
        return f"{name.upper()} {found}"
    return _with_address(element, found) if name in ("ext-link", "uri", "self-uri") else found


def _identifier(element: Element, found: str) -> str:
    kind = attribute(element, "pub-id-type")
    bare = not found or kind in ("", "other", "publisher-id") or found.lower().startswith((kind, "http"))
    return found if bare else f"{kind}:{found}"


def _with_address(element: Element, found: str) -> str:
    address = href(element)
    return f"{found} {address}".strip() if address and "/" not in found else found


def _separator(line: str, last: str, name: str) -> str:
    """What stands before a part: fixed for the numbers of a journal, a full stop between whole statements."""
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
    found = _BEFORE.get(name, ". ")
    return " " if found == ". " and line[-1] in _CLOSED else found


def _people(group: Element) -> str:
    """The names of a group with commas between; what they are, where they are not the authors."""
    if _has_own_punctuation(group):
        found = as_it_reads(group)
    else:
        found = ", ".join(each for each in _people_words(group) if each)
    kind = attribute(group, "person-group-type")
    return f"{found} ({kind})" if found and kind not in CITED_AUTHORS else found


def _people_words(group: Element) -> Iterator[str]:
    for each in group:
        if name := local(each):
            yield as_it_reads(each) if name == "person-group" else _part_words(each, name)


def _person(element: Element) -> str:
    groups = grouped(element)
    if "surname" not in groups or "given-names" not in groups:
        return as_it_reads(element)
    return " ".join(found for name in _NAME if name in groups and (found := words(groups[name][0])))
