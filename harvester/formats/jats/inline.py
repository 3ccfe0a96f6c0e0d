"""JATS text to `Text`: faces and formulas stay, footnote marks and apparatus go (mapping J8)."""

from __future__ import annotations

import re

from lxml import etree

from harvester.formats.entities import character_of
from harvester.formats.jats.formulas import FORMULAS, formula
from harvester.formats.jats.tree import Element, attribute, vocabulary
from harvester.text import Inline, Span, Style, Text, fold, plain, text
from harvester.xmltools import local

_FACES: dict[str, Style] = {
    "italic": "italic",
    "i": "italic",
    "em": "italic",
    "bold": "bold",
    "b": "bold",
    "strong": "bold",
    "sub": "sub",
    "sup": "sup",
    "sc": "sc",
    "underline": "underline",
    "u": "underline",
    "overline": "overline",
    "monospace": "mono",
    "strike": "strike",
}
_STYLED: tuple[tuple[str, Style], ...] = (("italic", "italic"), ("bold", "bold"), ("small-caps", "sc"))
APPARATUS = vocabulary(
    "fn fn-group label object-id alt-text long-desc graphic inline-graphic media fig fig-group table-wrap "
    "table-wrap-group supplementary-material inline-supplementary-material index-term index-term-range-end "
    "contrib-group processing-meta private-char glyph-data"
)
_REFERENCES = frozenset({"xref", "target"})
_MARKS = vocabulary("fn table-fn author-notes aff corresp")
_BREAKS = vocabulary(
    "break p list list-item def-list def-item term def disp-quote disp-formula sec title subtitle verse-line "
    "verse-group speech statement boxed-text disp-formula-group attrib td tr"
)
_HEADINGS = vocabulary("article-title subtitle trans-title trans-subtitle title surname given-names collab")
_SAYS = re.compile(r"[^\W_]")
_DEEPEST = 40  # levels of markup; nobody nests faces deeper, and no document may exhaust the stack


def inline(element: Element) -> Text:
    """The element's text with its faces, in normal form."""
    if not len(element):
        content = fold(element.text or "")
        return (content,) if content else ()
    return text(parts(element))


def words(element: Element | None) -> str | None:
    """The element's characters alone, blanks folded; `None` where there is nothing."""
    if element is None:
        return None
    if not len(element):
        return fold(element.text or "") or None
    return plain(text(parts(element))) or None


def parts(element: Element, depth: int = 0) -> list[Inline]:
    """What stands in the element, in order and not yet in normal form."""
    if depth > _DEEPEST:
        return ["".join(map(str, element.itertext()))]
    run: list[Inline] = [element.text] if element.text else []
    for each in element:
        run += part(each, depth + 1)
        if each.tail:
            run.append(each.tail)
    return run


def part(element: Element, depth: int = 0) -> list[Inline]:
    """What one child adds to the text around it."""
    name = local(element)
    if (face := _face(element, name)) is not None:
        return _spanned(element, face, depth)
    if not name:
        return [character_of(element)] if element.tag is etree.Entity else []
    if name in APPARATUS:
        return []
    if name in _REFERENCES:
        return _reference(element, depth)
    if name in FORMULAS:
        return _formula(element, name, depth)
    run = parts(element, depth)
    return [" ", *run, " "] if name in _BREAKS else run


def is_empty(content: Text) -> bool:
    """Whether a text says nothing: no letter, no digit, no formula (mapping D8)."""
    return _SAYS.search(plain(content)) is None


def _face(element: Element, name: str) -> Style | None:
    if name == "styled-content":
        style = attribute(element, "style", "style-type")
        return next((face for word, face in _STYLED if word in style), None)
    return _FACES.get(name)


def _spanned(element: Element, face: Style, depth: int) -> list[Inline]:
    """A face with its content; raised commas and blanks left over between footnote marks are no content."""
    run = parts(element, depth)
    held_marks = face in ("sup", "sub") and any(local(each) in _REFERENCES for each in element)
    if held_marks and is_empty(text(run)):
        return []
    return [Span(face, tuple(run))] if run else []


def _reference(element: Element, depth: int) -> list[Inline]:
    """The words of a cross-reference ("Fig. 1"); nothing of a footnote mark, nor of a bare number behind a title."""
    if attribute(element, "ref-type") in _MARKS:
        return []
    run = parts(element, depth)
    is_words = sum(each.isalpha() for each in plain(text(run))) > 1
    return run if is_words or not any(local(each) in _HEADINGS for each in element.iterancestors()) else []


def _formula(element: Element, name: str, depth: int) -> list[Inline]:
    """MathML or TeX; failing both, what is written in the element, one alternative only."""
    if (found := formula(element)) is not None:
        return [found]
    if name == "alternatives":
        return next((run for each in element if (run := part(each, depth + 1))), [])
    return parts(element, depth)
