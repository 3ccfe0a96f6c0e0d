"""Formulas: one of the publisher's alternatives, MathML before TeX, never a picture (mapping J8)."""

from __future__ import annotations

import re

from harvester.formats.jats.tree import Element, descendants
from harvester.formats.mathml import serialise_mathml
from harvester.text import Inline, Math, fold
from harvester.xmltools import local

FORMULAS = frozenset({"inline-formula", "disp-formula", "alternatives", "math", "tex-math"})

_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)


def formula(element: Element) -> Inline | None:
    """The formula that the element is or contains, as MathML, else as TeX; `None` if it has neither."""
    math = element if local(element) == "math" else next(descendants(element, "math"), None)
    if math is not None and (len(math) or math.text):
        return Math(serialise_mathml(math))
    tex = element if local(element) == "tex-math" else next(descendants(element, "tex-math"), None)
    return (tex_source(tex) or None) if tex is not None else None


def tex_source(element: Element) -> str:
    """The TeX of the formula, without the LaTeX document that some publishers wrap around it."""
    source = "".join(map(str, element.itertext()))
    whole = _DOCUMENT.search(source)
    return fold(whole[1] if whole else source)
