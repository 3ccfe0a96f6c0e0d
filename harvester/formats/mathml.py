"""MathML as a deposit carries it, out of JATS or out of a web page's HTML."""

from __future__ import annotations

from typing import Any

from lxml import etree

from harvester.formats.entities import character
from harvester.xmltools import MATHML, local

_TOKENS = frozenset({"mi", "mn", "mo", "ms", "mtext", "annotation"})
# Identifiers must be unique in a whole deposit file, and nothing in it points to them.
_UNWANTED = frozenset({"id", "xref"})


def mathml(math: etree._Element) -> str:
    """The formula as one `<math>` element that needs nothing around it: no prefixes, no identifiers."""
    namespaces: Any = {None: MATHML}
    root = etree.Element(f"{{{MATHML}}}math", nsmap=namespaces)
    pairs = [(math, root)]
    while pairs:
        source, target = pairs.pop()
        _take_attributes(source, target)
        pairs += _take_content(source, target)
    return etree.tostring(root, encoding="unicode")


def _take_attributes(source: etree._Element, target: etree._Element) -> None:
    for key, value in source.attrib.items():
        if isinstance(key, str) and not key.startswith("{") and key not in _UNWANTED:
            target.set(key, value)


def _take_content(source: etree._Element, target: etree._Element) -> list[tuple[etree._Element, etree._Element]]:
    """Copies text and makes the empty children; gives the pairs still to be filled."""
    kept = local(source) in _TOKENS
    _append(target, source.text, kept)
    pairs = []
    for each in source:
        if each.tag is etree.Entity:
            _append(target, character(each), True)
        elif tag := local(each):
            pairs.append((each, etree.SubElement(target, f"{{{MATHML}}}{tag}")))
        _append(target, each.tail, kept)
    return pairs


def _append(target: etree._Element, characters: str | None, kept: bool) -> None:
    """Puts text behind what the element has; only leaves may hold text, the blanks of indentation are none."""
    if not characters or not (kept or characters.strip()):
        return
    if len(target):
        target[-1].tail = (target[-1].tail or "") + characters
    else:
        target.text = (target.text or "") + characters
