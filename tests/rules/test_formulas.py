"""Formulas in titles and abstracts that Crossref's schema refuses. tests/crossref/test_mathml.py has the formulas."""

import pytest

from harvester.model import Abstract, ListBlock, Paragraph, Section, Title
from harvester.rules import formulas
from harvester.text import Math, Span
from tests.rules.samples import POLICY, article, findings_of

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML"{}>{}</math>'
FRACTION = Math(MATH.format("", "<mfrac><mi>x</mi></mfrac>"))  # it has no denominator


def abstract(*blocks):
    return article(abstracts=(Abstract(blocks=blocks),))


BAD = [
    ("formula-refused", "titles[0]", article(titles=(Title(text=("On ", FRACTION)),))),
    ("formula-refused", "titles[0]", article(titles=(Title(text=(FRACTION,)),))),
    ("formula-refused", "titles[0].subtitle", article(titles=(Title(text=("On",), subtitle=("a ", FRACTION)),))),
    ("formula-refused", "titles[0]", article(titles=(Title(text=(Span("bold", (Span("sup", (FRACTION,)),)),)),))),
    ("formula-refused", "abstracts[0]", abstract(Paragraph((FRACTION,)))),
    ("formula-refused", "abstracts[0]", abstract(Section(title=("A",), blocks=(ListBlock(items=((FRACTION,),)),)))),
]
GOOD = [
    article(titles=(Title(text=("On ", Math(MATH.format("", "<mi>x</mi>")))),)),
    article(titles=(Title(text=("On <mfrac><mi>x</mi></mfrac>",)),)),  # text that looks like a formula
    abstract(Paragraph((Span("italic", (Math(MATH.format("", "<mn>1</mn>")),)),))),
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_refused_formula_is_found_wherever_it_is(code, path, faulty):
    assert findings_of(formulas.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_an_accepted_formula_passes(good):
    assert findings_of(formulas.RULES, good) == []


def test_a_long_formula_is_shown_in_part():
    long = Math(MATH.format("", "<mfrac>" + "<mi>x</mi>" * 99 + "</mfrac>"))
    [finding] = formulas.formulas_are_accepted(article(titles=(Title(text=(long,)),)), POLICY)
    assert finding.value == long.mathml[:120]
