"""Formulas: MathML before TeX."""

from __future__ import annotations

import pytest
from lxml import etree

from harvester.formats.jats.formulas import formula, tex_source
from harvester.formats.jats.inline import formatted_text
from harvester.text import Math
from tests.formats.jats.reading import (
    element,
)


def test_mathml_is_self_contained():
    inner = (
        '<inline-formula><alternatives><tex-math>x</tex-math><mml:math id="m" overflow="scroll"><mml:mrow>\n'
        "<mml:mi>a</mml:mi> <mml:mo>&lt;</mml:mo></mml:mrow></mml:math></alternatives></inline-formula>"
    )
    assert formatted_text(element(inner)) == (
        Math(
            '<math xmlns="http://www.w3.org/1998/Math/MathML" overflow="scroll">'
            "<mrow><mi>a</mi><mo>&lt;</mo></mrow></math>"
        ),
    )


def test_mathml_without_its_own_namespace():
    title = etree.fromstring('<article-title xmlns="http://x/"><math><mi>a</mi></math></article-title>')
    assert formatted_text(title) == (Math('<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>a</mi></math>'),)


OPEN = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
CHOICES = [
    ("<tex-math>a_1</tex-math>", "a_1"),
    ("<tex-math>a_1</tex-math><mml:math><mml:mi>a</mml:mi></mml:math>", Math(f"{OPEN}<mi>a</mi></math>")),
    ("<tex-math>a_1</tex-math><mml:math/>", "a_1"),
    ("<alternatives><graphic/><tex-math> a  b </tex-math></alternatives>", "a b"),
    ("<tex-math> </tex-math>", None),
    ("<graphic/>", None),
]


@pytest.mark.parametrize(("inner", "expected"), CHOICES)
def test_mathml_is_preferred_to_tex_and_a_picture_is_not_a_formula(inner, expected):
    assert formula(element(inner, "inline-formula")) == expected


def test_the_latex_document_around_a_formula_is_removed():
    source = "\\documentclass{minimal}\\begin{document}$x\n = 1$\\end{document}"
    assert tex_source(element(source, "tex-math")) == "$x = 1$"
    assert tex_source(element("\\begin{matrix}1\\end{matrix}", "tex-math")) == "\\begin{matrix}1\\end{matrix}"
