"""Self-contained MathML: no prefixes, no identifiers, no indentation."""

import pytest
from lxml import etree

from harvester.formats.mathml import serialise_mathml
from harvester.rules.formulas import problem_of

OPEN = '<math xmlns="http://www.w3.org/1998/Math/MathML"'
PREFIXED = "http://www.w3.org/1998/Math/MathML"
FORMULAS = [
    ("<math><mi>x</mi></math>", f"{OPEN}><mi>x</mi></math>"),
    (f'<m:math xmlns:m="{PREFIXED}"><m:mi>x</m:mi></m:math>', f"{OPEN}><mi>x</mi></math>"),
    ("<math>\n <mrow>\n  <mi>x</mi>\n </mrow>\n</math>", f"{OPEN}><mrow><mi>x</mi></mrow></math>"),
    ('<math id="m1"><mi xref="m2" class="a">x</mi></math>', f'{OPEN}><mi class="a">x</mi></math>'),
    ("<math><mtext> for all </mtext><mo> </mo></math>", f"{OPEN}><mtext> for all </mtext><mo> </mo></math>"),
    ("<math><mrow>a<mi>x</mi>b</mrow></math>", f"{OPEN}><mrow>a<mi>x</mi>b</mrow></math>"),
    ('<math xmlns:x="urn:x" x:note="n" display="block"/>', f'{OPEN} display="block"/>'),
    ("<math><mi>x</mi><!-- note --></math>", f"{OPEN}><mi>x</mi></math>"),
]


@pytest.mark.parametrize(("written", "expected"), FORMULAS)
def test_a_formula_is_self_contained(written, expected):
    assert serialise_mathml(etree.fromstring(written)) == expected


def test_the_text_after_a_formula_is_not_part_of_it():
    (formula,) = etree.fromstring("<p><math><mi>x</mi></math> and more</p>")
    assert serialise_mathml(formula) == f"{OPEN}><mi>x</mi></math>"


def test_an_entity_becomes_its_character():
    formula = etree.fromstring("<math><mi>a</mi></math>")
    (token,) = formula
    token.append(etree.Entity("alpha"))
    token.append(etree.Entity("nobodyknows"))
    assert serialise_mathml(formula) == f"{OPEN}><mi>aα&amp;nobodyknows;</mi></math>"


def test_the_source_element_is_unchanged():
    formula = etree.fromstring('<math id="m1"><mi>x</mi></math>')
    before = etree.tostring(formula)
    assert problem_of(serialise_mathml(formula)) is None
    assert etree.tostring(formula) == before
