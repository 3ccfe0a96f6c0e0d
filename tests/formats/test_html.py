from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.formats.html import blocks_from_html, inline_from_html
from harvester.model import ListBlock, Paragraph
from harvester.text import Math, Span, plain, text


@pytest.mark.parametrize(
    "raw",
    [
        "p < 0.05",
        "a<b",
        "a<b and c>d",
        "a<b>c",
        "x<S>y",
        "AT&T & Co",
        "see <http://example.org>",
        "<x, y>",
        "?a=1&section=2",
        "<",
        "<<",
        "&;",
        "&bogus;",
        "1 <2> 3",
    ],
)
def test_text_that_is_not_markup_is_kept(raw):
    assert inline_from_html(raw) == (raw,)


@pytest.mark.parametrize(
    ("raw", "characters"),
    [
        ("n&nbsp;=&nbsp;37, p &lt; 0.05", "n = 37, p < 0.05"),
        ("Smith &amp; Co", "Smith & Co"),
        ("&amp;lt;", "&lt;"),  # once, not repeatedly
        ("&lt;p&gt;One &amp;lt; two&lt;/p&gt;", "One < two"),  # escaped twice
        ("n&amp;nbsp;=&amp;nbsp;7, p &amp;lt; 0.05", "n = 7, p < 0.05"),  # twice, without an escaped tag
        ("<p>n&amp;eacute;e</p>", "n&eacute;e"),  # its tags are not escaped
        ("a&amp;nonsense; b", "a&nonsense; b"),
        ("One<br>two<p>three", "One two three"),
        ("<a href='x > y'>link</a>", "link"),
        ("<!-- note --><style>p{}</style>text", "text"),
        ("<script>alert('<b>')</script>text", "text"),
        ("<o:p></o:p>Word", "Word"),
        ("<![CDATA[a]]> b", "a b"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("D&#039;Angelo &#x2014; &#150;", "D'Angelo — –"),
        ("<strong>Background", "Background"),
    ],
)
def test_plain_text_of_html(raw, characters):
    assert plain(inline_from_html(raw)) == characters


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<i>E. coli</i> O157", (Span("italic", ("E. coli",)), " O157")),
        ("H<sub>2</sub>O", ("H", Span("sub", ("2",)), "O")),
        ("<em><b>x</em>y</b>", (Span("italic", (Span("bold", ("x",)),)), Span("bold", ("y",)))),
        ("<i><em>x</em> y</i>", (Span("italic", ("x y",)),)),
        ('<span style="font-style: italic">x</span> <span>y</span>', (Span("italic", ("x",)), " y")),
        ('<span style="font-variant:small-caps">x</span>', (Span("sc", ("x",)),)),
        ("<jats:italic>x</jats:italic>", (Span("italic", ("x",)),)),
        ("<i></i>x", ("x",)),
    ],
)
def test_formatting_is_kept(raw, expected):
    assert inline_from_html(raw) == expected


def test_well_formed_formulas_are_kept():
    content = inline_from_html(
        "for <mml:math><mml:mi>x</mml:mi><mml:mo>&lt;</mml:mo><mml:mn>1</mml:mn></mml:math> only"
    )
    formula = next(part for part in content if isinstance(part, Math))
    assert formula.mathml.startswith('<math xmlns="http://www.w3.org/1998/Math/MathML">')
    assert plain(content) == "for x<1 only"
    assert plain(inline_from_html("<math><mi>x</math> y")) == "x y"


def test_paragraphs_and_lists():
    raw = "<p>One <b>two</p><p>three</b></p><ul><li>a</li><li><p>b</p><p>c</p><ol><li>d</li></ol></li></ul>end"
    assert blocks_from_html(raw) == (
        Paragraph(("One ", Span("bold", ("two",)))),
        Paragraph((Span("bold", ("three",)),)),
        ListBlock(items=(("a",), ("b c",), ("d",))),
        Paragraph(("end",)),
    )
    assert blocks_from_html("one\n\ntwo\nthree") == (Paragraph(("one",)), Paragraph(("two three",)))
    assert blocks_from_html("<p> </p>") == ()


PIECES = st.sampled_from(
    [
        "<i>",
        "</i>",
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<ul>",
        "<li>",
        "</ul>",
        "<br/>",
        "<math>",
        "</math>",
        "&lt;i&gt;",
        "&amp;",
        "<!--",
        "-->",
        "<span style='font-weight:bold'>",
        "</span>",
        "<script>",
        "text ",
        "<",
        "&",
        "\n\n",
        " ",
    ]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_any_string_gives_normal_text(raw):
    content = inline_from_html(raw)
    assert text(content) == content
    blocks_from_html(raw)


@given(st.lists(PIECES.filter(lambda piece: piece not in ("<!--", "<script>", "<math>")), max_size=30).map("".join))
def test_no_word_is_lost(raw):
    assert plain(inline_from_html(raw)).count("text") == raw.count("text")


@pytest.mark.parametrize(
    "piece", ["<!--", "<script>", "<i>", "<i><b>", '<a "', "&lt;p ", "<ul>", "<p>x", "<math>", "<i></b>"]
)
def test_hostile_repetition_takes_linear_time(piece):
    started = time.process_time()
    blocks_from_html(piece * 20_000)
    inline_from_html(piece * 20_000)
    assert time.process_time() - started < 5
