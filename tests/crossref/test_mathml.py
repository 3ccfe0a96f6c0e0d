"""MathML that Crossref's schema accepts, MathML that it refuses, and the grammar compared with the schema."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from harvester.crossref.bundles.pins import find
from harvester.crossref.mathml import grammar, problem_of
from harvester.crossref.versions import DEFAULT
from tests.crossref import mathml

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML"{}>{}</math>'

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
    "<menclose notation='updiagonalstrike'><mi>x</mi></menclose><menclose notation='box left'/>",
    "<mo indentalign='center' linebreakstyle='after'>=</mo><mi href='https://example.org/x%20y'>x</mi>",
    "<mtable width='90%' frame='solid' columnlines='none dashed' framespacing='0.4em 0.5ex' columnwidth='auto fit'/>",
    "<mtable side='right'><mlabeledtr><mtd><mtext>(1)</mtext></mtd><mtd><mi>x</mi></mtd></mlabeledtr></mtable>",
    "<mstyle scriptsizemultiplier='0.7' scriptminsize='8pt' background='transparent'><mi>x</mi></mstyle>",
    "<mstack stackalign='right'><msrow><mn>12</mn></msrow><msline/><mn>24</mn></mstack>",
    "<maction actiontype='toggle' selection='2'><mi>a</mi><mi>b</mi></maction>",
    "<apply><plus/><ci>x</ci><cn type='rational'>1<sep/>2</cn></apply>",
    "<semantics><mi>x</mi><annotation-xml encoding='MathML-Content'><ci>x</ci></annotation-xml></semantics>",
    "<mpadded height='+50% height' depth='2 width'/><mfrac bevelled=' true '><mi>a</mi><mi>b</mi></mfrac>",
]
REFUSED = [
    ("<mfrac><mi>a</mi></mfrac>", "<mfrac> does not contain the elements that it must"),
    ("<mfrac><mi>a</mi><mi>b</mi><mi>c</mi></mfrac>", "<mfrac> does not contain the elements that it must"),
    ("<msubsup><mi>a</mi><mn>1</mn></msubsup>", "<msubsup> does not contain the elements that it must"),
    ("<mspace><mi>a</mi></mspace>", "<mspace> does not contain the elements that it must"),
    ("<mtable><mtd/></mtable>", "<mtable> does not contain the elements that it must"),
    ("<mmultiscripts/>", "<mmultiscripts> does not contain the elements that it must"),
    (
        "<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn></mmultiscripts>",
        "<mmultiscripts> does not contain the elements that it must",
    ),
    ("<semantics/>", "<semantics> does not contain the elements that it must"),
    ("<semantics><mi>x</mi><mi>y</mi></semantics>", "<semantics> does not contain the elements that it must"),
    ("<mrow>a</mrow>", "there is bare text in <mrow>"),
    ("<mi mathcolor='#ffff'>x</mi>", '<mi> has mathcolor="#ffff"'),
    ("<mtable><mtr><mtd rowspan='0'/></mtr></mtable>", '<mtd> has rowspan="0"'),
    ("<mi>x</mi>and", "there is bare text in <math>"),
    ("<b>x</b>", "<math> does not contain the elements that it must"),
    ("<mi><mn>1</mn></mi>", "<mi> does not contain the elements that it must"),
    ("<mtr><mtd/></mtr>", "<math> does not contain the elements that it must"),
    ("<mmultiscripts><mi>C</mi><none/></mmultiscripts>", "<mmultiscripts> does not contain the elements that it must"),
    ("<semantics><annotation>x</annotation></semantics>", "<semantics> does not contain the elements that it must"),
    ("<mi mathvariant='fat'>x</mi>", '<mi> has mathvariant="fat"'),
    ("<mi id='m1'>x</mi>", '<mi> has id="m1"'),
    ("<mspace width='wide'/>", '<mspace> has width="wide"'),
    ("<menclose height='2em'/>", '<menclose> has height="2em"'),
    ("<mtable><mlabeledtr/></mtable>", "<mlabeledtr> does not contain the elements that it must"),
    ("<mtable framespacing='1em'/>", '<mtable> has framespacing="1em"'),
    ("<maction/>", "<maction> does not contain the elements that it must"),
    ("<apply><sin/><mi>x</mi></apply>", "<apply> does not contain the elements that it must"),
    ("<mi href='a b'>x</mi>", '<mi> has href="a b"'),
    ("<mi>x", "it is not well-formed XML"),
    ("<mi>&alpha;</mi>", "it is not well-formed XML"),
]


@pytest.mark.parametrize("inner", ACCEPTED)
def test_formulas_of_publishers_are_accepted(inner):
    assert problem_of(MATH.format("", inner)) is None


@pytest.mark.parametrize(("inner", "problem"), REFUSED)
def test_the_reason_for_refusing_a_formula_is_named(inner, problem):
    assert problem_of(MATH.format("", inner)) == problem


def test_another_namespace_is_not_mathml():
    assert problem_of("<math><mi>x</mi></math>") == "it is not MathML"


def test_the_display_of_a_formula_is_accepted():
    assert problem_of(MATH.format(' display="inline" overflow="scroll"', "<mi>x</mi>")) is None


def test_a_formula_with_its_own_entities_is_refused():
    bomb = '<!DOCTYPE math [<!ENTITY a "b">]>' + MATH.format("", "<mi>&a;</mi>")
    assert problem_of(bomb) == "it is not well-formed XML"


def test_the_grammar_is_that_of_the_schema():
    assert mathml.grammar() == mathml.GRAMMAR.read_text(encoding="utf-8"), "run `python -m tests.crossref.mathml`"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The schema of MathML alone, from the bundle of the default version."""
    installed = find(DEFAULT)
    assert installed is not None
    return etree.XMLSchema(etree.parse(installed.folder / "standard-modules/mathml3/mathml3.xsd"))


WORDS = (
    "true false 1 0 +2 -3 1.5 .5 1e3 em 2em -.5ex 10% 2pt thin thick auto fit left center right top axis2 solid none "
    "thickmathspace negativethinmathspace bold normal #fff #12345 red ReD transparent box ltr n longdiv"
)
LISTS = ["", " true ", "left  right", "1em 2em", "1em 2em 3em", "{left right}", "a b", "100%25", "<"]
VALUES = st.sampled_from([*WORDS.split(), *LISTS])
ELEMENTS = sorted(set(grammar().elements) - {"bvar", "semantics", "math"})  # tests/crossref/mathml.py has the reason
ATTRIBUTES = sorted({name for group in grammar().attributes.values() for name in group.values} - {"xref"})


@st.composite
def elements(draw: st.DrawFn, names: list[str] = ELEMENTS, depth: int = 3) -> str:
    name = draw(st.sampled_from(names))
    attributes = draw(st.dictionaries(st.sampled_from(ATTRIBUTES), VALUES, max_size=1))
    inner = draw(st.lists(elements(depth=depth - 1), max_size=3)) if depth else []
    text = draw(st.sampled_from(["", "x", " "]))
    written = "".join(f' {key}="{value.replace("<", "&lt;")}"' for key, value in attributes.items())
    return f"<{name}{written}>{text}{''.join(inner)}</{name}>"


@settings(max_examples=settings().max_examples * 2)
@given(st.lists(elements(["mrow", "mtable", "mi", "mfrac", "apply", "mstyle", *ELEMENTS]), max_size=2))
def test_the_grammar_and_the_schema_agree(schema, formulas):
    formula = MATH.format("", "".join(formulas))
    assert (problem_of(formula) is None) == schema.validate(etree.fromstring(formula)), schema.error_log
