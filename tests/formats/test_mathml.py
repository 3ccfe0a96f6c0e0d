"""Self-contained MathML: no prefixes, no identifiers, no indentation."""

import pytest
from lxml import etree

from harvester.crossref.mathml import problem_of
from harvester.formats.mathml import serialise_mathml

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
    ('<math altimg="si3.svg" altimg-width="9" alttext="x"><mi>x</mi></math>', f'{OPEN} alttext="x"><mi>x</mi></math>'),
    ('<math><mo indentalign="left" indentshiftfirst="2em">=</mo></math>', f"{OPEN}><mo>=</mo></math>"),
    ('<math><mrow data-mjx-texclass="ORD" intent="x"/></math>', f"{OPEN}><mrow/></math>"),
    ('<math><mi mathvariant="bold">x</mi></math>', f'{OPEN}><mi mathvariant="bold">x</mi></math>'),  # a vector
    ('<math><mspace width="2em"/></math>', f'{OPEN}><mspace width="2em"/></math>'),
    (
        "<math><semantics><mi>x</mi><annotation-xml><ci>x</ci></annotation-xml>"
        '<annotation encoding="TeX">x</annotation></semantics></math>',
        f'{OPEN}><semantics><mi>x</mi><annotation encoding="TeX">x</annotation></semantics></math>',
    ),
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
