"""Formulas: one branch of what a publisher offers, MathML before TeX, never a picture (mapping J8)."""

from __future__ import annotations

import re

from harvester.formats.jats.tree import Element, descendants
from harvester.formats.mathml import serialise_mathml
from harvester.text import Inline, Math, fold
from harvester.xmltools import local

FORMULAS = frozenset({"inline-formula", "disp-formula", "alternatives", "math", "tex-math"})

_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)


def formula(element: Element) -> Inline | None:
    """The formula in or at the element as MathML, else as TeX; `None` where it has neither."""
    math = element if local(element) == "math" else next(descendants(element, "math"), None)
    if math is not None and (len(math) or math.text):
        return Math(serialise_mathml(math))
    tex = element if local(element) == "tex-math" else next(descendants(element, "tex-math"), None)
    return (tex_source(tex) or None) if tex is not None else None


def tex_source(element: Element) -> str:
    """The TeX itself, without the LaTeX document some publishers wrap around each formula."""
    source = "".join(map(str, element.itertext()))
    whole = _DOCUMENT.search(source)
    return fold(whole[1] if whole else source)
