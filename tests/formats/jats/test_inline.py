"""Text with its formatting, without footnotes and their marks."""

from __future__ import annotations

import pytest

from harvester.formats.jats.inline import formatted_text, is_empty, plain_text
from harvester.text import Span
from tests.formats.jats.reading import (
    element,
    meta,
)

INLINE = [
    ("A <italic>B</italic> c", ("A ", Span("italic", ("B",)), " c")),
    ("<bold><sub>2</sub></bold>", (Span("bold", (Span("sub", ("2",)),)),)),
    ("<monospace>x</monospace><strike>y</strike>", (Span("mono", ("x",)), Span("strike", ("y",)))),
    ('<styled-content style="font-style: italic">x</styled-content>', (Span("italic", ("x",)),)),
    ("one<break/>two", ("one two",)),
    ("<named-content>kept</named-content> <ext-link>too</ext-link>", ("kept too",)),
    ("T<xref ref-type='fn' rid='a'>*</xref>", ("T",)),
    ("T<xref ref-type='bibr' rid='a'>12</xref>", ("T",)),
    ("On <xref ref-type='bibr' rid='a'>Smith's letter</xref>", ("On Smith's letter",)),
    ("T<sup><xref ref-type='fn' rid='a'>1</xref>,<xref ref-type='fn' rid='b'>2</xref></sup>", ("T",)),
    ("T<target id='t'/><fn><p>note</p></fn>", ("T",)),
    ("x<inline-formula><tex-math>$a_1$</tex-math></inline-formula>", ("x$a_1$",)),
    ("x<inline-formula><italic>a</italic></inline-formula>", ("x", Span("italic", ("a",)))),
    ("<alternatives><graphic/><textual-form>x</textual-form></alternatives>", ("x",)),
    ("<mml:math/>", ()),
]


@pytest.mark.parametrize(("inner", "expected"), INLINE)
def test_formatted_text(inner, expected):
    assert formatted_text(element(inner)) == expected


def test_a_cross_reference_in_a_paragraph_is_kept():
    assert formatted_text(element("see <xref ref-type='bibr'>12</xref>", "p")) == ("see 12",)


def test_deep_nesting_raises_no_recursion_error():
    deep = "<bold>" * 200 + "x" + "</bold>" * 200
    assert plain_text(element(deep)) == "x"
    nested = "<sec>" * 200 + "<p>x</p>" + "</sec>" * 200
    assert meta(f"<abstract>{nested}</abstract>").abstracts


@pytest.mark.parametrize(
    ("inner", "expected"),
    [("a <bold>b</bold>", "a b"), (" \n ", None), ("", None), ("<xref ref-type='fn'>1</xref>", None)],
)
def test_plain_text_of_an_element(inner, expected):
    assert plain_text(element(inner)) == expected


def test_a_missing_element_has_no_plain_text():
    assert plain_text(None) is None


@pytest.mark.parametrize(
    ("content", "empty"),
    [((), True), ((".",), True), (("—_",), True), (("1",), False), ((Span("sup", ("Ж",)),), False)],
)
def test_a_text_without_letters_and_digits_is_empty(content, empty):
    assert is_empty(content) == empty
