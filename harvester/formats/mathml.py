"""MathML for a deposit, from JATS or from HTML."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from harvester.formats.entities import character_of
from harvester.xmltools import MATHML, local

_TOKEN_ELEMENTS = frozenset({"mi", "mn", "mo", "ms", "mtext", "annotation"})
# Identifiers must be unique in a deposit file, and nothing in it refers to them.
_IDENTIFIERS = frozenset({"id", "xref"})
# For layout alone, or for the program that displays the formula. MathML 4 and HTML have attributes that 3 has not.
_LAYOUT = re.compile(r"altimg(?:-\w+)?|indent(?:align|shift|target)\w*|(?:data|aria)-.*|role|tabindex|intent|arg|on\w+")
_OTHER_RENDERING = "annotation-xml"  # the same formula once more


def serialise_mathml(math: etree._Element) -> str:
    """The formula as one self-contained `<math>` element, without prefixes, identifiers and layout."""
    namespaces: Any = {None: MATHML}
    root = etree.Element(f"{{{MATHML}}}math", nsmap=namespaces)
    pairs = [(math, root)]
    while pairs:
        source, target = pairs.pop()
        _copy_attributes(source, target)
        pairs += _copy_content(source, target)
    return etree.tostring(root, encoding="unicode")


def _copy_attributes(source: etree._Element, target: etree._Element) -> None:
    for key, value in source.attrib.items():
        if isinstance(key, str) and not key.startswith("{") and not (key in _IDENTIFIERS or _LAYOUT.fullmatch(key)):
            target.set(key, value)


def _copy_content(source: etree._Element, target: etree._Element) -> list[tuple[etree._Element, etree._Element]]:
    """Copies the text, creates the empty children, and returns the pairs still to be copied."""
    keep_spaces = local(source) in _TOKEN_ELEMENTS
    _append(target, source.text, keep_spaces)
    pairs = []
    for child in source:
        if child.tag is etree.Entity:
            _append(target, character_of(child), True)
        elif (tag := local(child)) and tag != _OTHER_RENDERING:
            pairs.append((child, etree.SubElement(target, f"{{{MATHML}}}{tag}")))
        _append(target, child.tail, keep_spaces)
    return pairs


def _append(target: etree._Element, characters: str | None, keep_spaces: bool) -> None:
    """Appends text to the content of the element. White space outside of token elements is indentation: dropped."""
    if not characters or not (keep_spaces or characters.strip()):
        return
    if len(target):
        target[-1].tail = (target[-1].tail or "") + characters
    else:
        target.text = (target.text or "") + characters
