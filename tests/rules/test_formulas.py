"""Formulas that the schema accepts, and others. The tests of the deposit check that no other formula passes."""

import pytest

from harvester.model import Abstract, ListBlock, Paragraph, Section, Title
from harvester.rules import formulas
from harvester.rules.formulas import problem_of
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


ACCEPTED = [
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
    "<mroot><mi>x</mi><mn>3</mn></mroot><mover accent='true'><mi>x</mi><mo>^</mo></mover>",
    "<mi class='a b-1' style='x' mathcolor='#fff' mathbackground='transparent'>x</mi>",
    "<mi><malignmark/>x</mi>",
]
REFUSED = [
    ("<mfrac><mi>a</mi></mfrac>", "<mfrac> is unknown, or does not hold what it must"),
    ("<mfrac><mi>a</mi><mi>b</mi><mi>c</mi></mfrac>", "<mfrac> is unknown, or does not hold what it must"),
    ("<msubsup><mi>a</mi><mn>1</mn></msubsup>", "<msubsup> is unknown, or does not hold what it must"),
    ("<mspace><mi>a</mi></mspace>", "<mspace> is unknown, or does not hold what it must"),
    ("<mtable><mtd/></mtable>", "<mtable> is unknown, or does not hold what it must"),
    ("<mmultiscripts/>", "<mmultiscripts> is unknown, or does not hold what it must"),
    (
        "<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn></mmultiscripts>",
        "<mmultiscripts> is unknown, or does not hold what it must",
    ),
    ("<semantics/>", "<semantics> is unknown, or does not hold what it must"),
    ("<semantics><mi>x</mi><mi>y</mi></semantics>", "<semantics> is unknown, or does not hold what it must"),
    ("<mrow>a</mrow>", "there is bare text in <mrow>"),
    ("<mi mathcolor='#ffff'>x</mi>", "<mi> has mathcolor='#ffff'"),
    ("<mtable><mtr><mtd rowspan='0'/></mtr></mtable>", "<mtd> has rowspan='0'"),
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


@pytest.mark.parametrize("inner", ACCEPTED)
def test_formulas_of_publishers_are_accepted(inner):
    assert problem_of(MATH.format("", inner)) is None


@pytest.mark.parametrize(("inner", "problem"), REFUSED)
def test_the_reason_for_refusing_a_formula_is_named(inner, problem):
    assert problem_of(MATH.format("", inner)) == problem


def test_another_namespace_is_not_mathml():
    assert problem_of("<math><mi>x</mi></math>") == "it is no MathML"


def test_the_display_of_a_formula_is_accepted():
    assert problem_of(MATH.format(' display="inline" overflow="scroll"', "<mi>x</mi>")) is None


def test_a_formula_with_its_own_entities_is_refused():
    bomb = '<!DOCTYPE math [<!ENTITY a "b">]>' + MATH.format("", "<mi>&a;</mi>")
    assert problem_of(bomb) == "it is no well-formed XML"
