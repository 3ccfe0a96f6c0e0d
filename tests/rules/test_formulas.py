"""Formulas that the schema takes and others. The tests of the exporter hold that no other passes."""

import pytest

from harvester.rules.formulas import problem_of

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML"{}>{}</math>'

GOOD = [
    "",
    "<mi>x</mi><mo>&lt;</mo><mn>1</mn>",
    "<mrow><msub><mi>a</mi><mn>1</mn></msub> <mo stretchy='false'>(</mo></mrow>",
    "<mfrac linethickness='0pt'><mi>a</mi><mrow/></mfrac>",
    "<msubsup><mi>a</mi><mn>1</mn><mn>2</mn></msubsup>",
    "<mi mathvariant='bold-italic'>x</mi><mspace width='0.16em'/><mspace width='thinmathspace'/>",
    "<mtable columnalign='left right'><mtr><mtd><mi>a</mi><mi>b</mi></mtd><mtd/></mtr></mtable>",
    "<mmultiscripts><mi>C</mi><none/><mn>2</mn><mprescripts/><mn>6</mn><mn>12</mn></mmultiscripts>",
    "<semantics><mi>x</mi><annotation encoding='LaTeX'>x</annotation></semantics>",
    "<mfenced open='[' close=']' separators=''><mi>x</mi></mfenced>",
    "<mpadded width='+1.7pt'><mphantom><mi>x</mi></mphantom></mpadded>",
    "<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt><mtext> für </mtext>",
]
BAD = [
    ("<mfrac><mi>a</mi></mfrac>", "<mfrac> is unknown, or does not hold what it must"),
    ("<mi>x</mi>and", "there is bare text in <math>"),
    ("<b>x</b>", "<math> is unknown, or does not hold what it must"),
    ("<mi><mn>1</mn></mi>", "<mi> is unknown, or does not hold what it must"),
    ("<mtr><mtd/></mtr>", "<math> is unknown, or does not hold what it must"),
    ("<mmultiscripts><mi>C</mi><none/></mmultiscripts>", "<mmultiscripts> is unknown, or does not hold what it must"),
    ("<semantics><annotation>x</annotation></semantics>", "<semantics> is unknown, or does not hold what it must"),
    ("<mi mathvariant='fat'>x</mi>", "<mi> has mathvariant='fat'"),
    ("<mi id='m1'>x</mi>", "<mi> has id='m1'"),
    ("<mspace width='wide'/>", "<mspace> has width='wide'"),
    ("<mi>x", "it is no well-formed XML"),
    ("<mi>&alpha;</mi>", "it is no well-formed XML"),
]


@pytest.mark.parametrize("inner", GOOD)
def test_what_publishers_write_is_taken(inner):
    assert problem_of(MATH.format("", inner)) is None


@pytest.mark.parametrize(("inner", "problem"), BAD)
def test_what_the_schema_refuses_is_named(inner, problem):
    assert problem_of(MATH.format("", inner)) == problem


def test_another_namespace_is_no_mathml():
    assert problem_of("<math><mi>x</mi></math>") == "it is no MathML"


def test_the_display_of_a_formula_is_taken():
    assert problem_of(MATH.format(' display="inline" overflow="scroll"', "<mi>x</mi>")) is None


def test_a_formula_with_entities_of_its_own_is_not_read():
    bomb = '<!DOCTYPE math [<!ENTITY a "b">]>' + MATH.format("", "<mi>&a;</mi>")
    assert problem_of(bomb) == "it is no well-formed XML"
