"""Converts JATS text to `Text`. Formatting and formulas are kept, footnotes and their marks removed (mapping J8)."""

from __future__ import annotations

import re

from lxml import etree

from harvester.formats.entities import character_of
from harvester.formats.html import has_html, inline_from_html
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
NON_TEXT = vocabulary(
    "fn fn-group label object-id alt-text long-desc graphic inline-graphic media fig fig-group table-wrap "
    "table-wrap-group supplementary-material inline-supplementary-material index-term index-term-range-end "
    "contrib-group processing-meta private-char glyph-data"
)
_CROSS_REFERENCES = frozenset({"xref", "target"})
_MARK_TYPES = vocabulary("fn table-fn author-notes aff corresp")
_BREAKS = vocabulary(
    "break p list list-item def-list def-item term def disp-quote disp-formula sec title subtitle verse-line "
    "verse-group speech statement boxed-text disp-formula-group attrib td tr"
)
_HEADINGS = vocabulary("article-title subtitle trans-title trans-subtitle title surname given-names collab")
_WORD_CHARACTER = re.compile(r"[^\W_]")
_MAX_DEPTH = 40  # levels of markup: real articles have fewer, and no document may exhaust the stack


def formatted_text(element: Element) -> Text:
    """The text of the element with its formatting, in normal form."""
    if not len(element):
        content = fold(element.text or "")
        return (content,) if content else ()
    return text(content_parts(element))


def plain_text(element: Element | None) -> str | None:
    """The characters of the element without formatting, with single spaces; `None` if there are none."""
    if element is None:
        return None
    characters = plain(text(content_parts(element))) if len(element) else fold(element.text or "")
    if "&" in characters or "<" in characters:
        characters = unescaped_line(characters)
    return characters or None


def unescaped_line(characters: str) -> str:
    """The characters with HTML resolved that was escaped once too often (`R&amp;D`), without its formatting."""
    return plain(inline_from_html(characters)) if has_html(characters) else characters


def content_parts(element: Element, depth: int = 0) -> list[Inline]:
    """The content of the element, in order and not yet in normal form."""
    if depth > _MAX_DEPTH:
        return ["".join(map(str, element.itertext()))]
    run: list[Inline] = [element.text] if element.text else []
    for child in element:
        run += element_parts(child, depth + 1)
        if child.tail:
            run.append(child.tail)
    return run


def element_parts(element: Element, depth: int = 0) -> list[Inline]:
    """What the element adds to the text around it."""
    name = local(element)
    if (face := _face(element, name)) is not None:
        return _spanned(element, face, depth)
    if not name:
        return [character_of(element)] if element.tag is etree.Entity else []
    if name in NON_TEXT:
        return []
    if name in _CROSS_REFERENCES:
        return _cross_reference(element, depth)
    if name in FORMULAS:
        return _formula(element, name, depth)
    run = content_parts(element, depth)
    return [" ", *run, " "] if name in _BREAKS else run


def is_empty(content: Text) -> bool:
    """Whether a text has no letter, digit or formula (mapping D8)."""
    return _WORD_CHARACTER.search(plain(content)) is None


def _face(element: Element, name: str) -> Style | None:
    if name == "styled-content":
        style = attribute(element, "style", "style-type")
        return next((face for word, face in _STYLED if word in style), None)
    return _FACES.get(name)


def _spanned(element: Element, face: Style, depth: int) -> list[Inline]:
    """A span with its content. Superscript commas and spaces left over between footnote marks are not content."""
    run = content_parts(element, depth)
    had_marks = face in ("sup", "sub") and any(local(child) in _CROSS_REFERENCES for child in element)
    if had_marks and is_empty(text(run)):
        return []
    return [Span(face, tuple(run))] if run else []


def _cross_reference(element: Element, depth: int) -> list[Inline]:
    """The words of a cross-reference ("Fig. 1"). Footnote marks, and bare numbers in a title or name, are dropped."""
    if attribute(element, "ref-type") in _MARK_TYPES:
        return []
    run = content_parts(element, depth)
    is_words = sum(character.isalpha() for character in plain(text(run))) > 1
    return run if is_words or not any(local(ancestor) in _HEADINGS for ancestor in element.iterancestors()) else []


def _formula(element: Element, name: str, depth: int) -> list[Inline]:
    """MathML, else TeX, else the content of the element; of several alternatives, only the first with content."""
    if (content := formula(element)) is not None:
        return [content]
    if name == "alternatives":
        return next((run for alternative in element if (run := element_parts(alternative, depth + 1))), [])
    return content_parts(element, depth)
