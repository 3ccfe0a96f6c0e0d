"""Formulas: one branch of what a publisher offers, MathML before TeX, never a picture (J8)."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from harvester.formats.jats.entities import character
from harvester.formats.jats.tree import Element, descendants, name
from harvester.text import Inline, Math, fold
from harvester.xmltools import MATHML

FORMULAS = frozenset({"inline-formula", "disp-formula", "alternatives", "math", "tex-math"})

_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_TOKENS = frozenset({"mi", "mn", "mo", "ms", "mtext", "annotation"})
# Identifiers must be unique in a whole deposit file, and nothing in it points to them.
_UNWANTED = frozenset({"id", "xref"})


def formula(element: Element) -> Inline | None:
    """The formula in or at the element as MathML, else as TeX; `None` where it has neither."""
    math = element if name(element) == "math" else next(descendants(element, "math"), None)
    if math is not None and (len(math) or math.text):
        return Math(mathml(math))
    tex = element if name(element) == "tex-math" else next(descendants(element, "tex-math"), None)
    return (tex_source(tex) or None) if tex is not None else None


def tex_source(element: Element) -> str:
    """The TeX itself, without the LaTeX document some publishers wrap around each formula."""
    source = "".join(map(str, element.itertext()))
    whole = _DOCUMENT.search(source)
    return fold(whole[1] if whole else source)


def mathml(math: Element) -> str:
    """The formula as one `<math>` element that needs nothing around it: no prefixes, no identifiers."""
    namespaces: Any = {None: MATHML}
    root = etree.Element(f"{{{MATHML}}}math", nsmap=namespaces)
    pairs = [(math, root)]
    while pairs:
        source, target = pairs.pop()
        _take_attributes(source, target)
        pairs += _take_content(source, target)
    return etree.tostring(root, encoding="unicode")


def _take_attributes(source: Element, target: Element) -> None:
    for key, value in source.attrib.items():
        if isinstance(key, str) and not key.startswith("{") and key not in _UNWANTED:
            target.set(key, value)


def _take_content(source: Element, target: Element) -> list[tuple[Element, Element]]:
    """Copies text and makes the empty children; gives the pairs still to be filled."""
    kept = name(source) in _TOKENS
    _append(target, source.text, kept)
    pairs = []
    for each in source:
        if each.tag is etree.Entity:
            _append(target, character(each), True)
        elif local := name(each):
            pairs.append((each, etree.SubElement(target, f"{{{MATHML}}}{local}")))
        _append(target, each.tail, kept)
    return pairs


def _append(target: Element, characters: str | None, kept: bool) -> None:
    """Puts text behind what the element has; only leaves may hold text, the blanks of indentation are none."""
    if not characters or not (kept or characters.strip()):
        return
    if len(target):
        target[-1].tail = (target[-1].tail or "") + characters
    else:
        target.text = (target.text or "") + characters
