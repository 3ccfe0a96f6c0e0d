import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from harvester.markup import Html, foreign, joined, tag


def test_text_is_escaped_and_markup_is_not():
    assert tag("p", "a < b & c", tag("b", '"d"')) == "<p>a &lt; b &amp; c<b>&quot;d&quot;</b></p>"
    assert joined(["<", Html("<i>"), ("a", [">"])]) == "&lt;<i>a&gt;"


def test_attributes():
    assert tag("td", "", class_='a" onclick="b', colspan=5, hidden=True, title=None, open=False) == (
        '<td class="a&quot; onclick=&quot;b" colspan="5" hidden></td>'
    )
    assert tag("meta", http_equiv="x", name="y") == '<meta http-equiv="x" name="y">'


@pytest.mark.parametrize("text", ["\x00", "\x1b[2J", "\x9b", "\ud800", "\u202e"])
def test_characters_that_html_does_not_allow_are_replaced(text):
    assert not set(text) & set(foreign(text)) - set("[2J")
    foreign(text).encode()


def test_foreign_text_is_isolated():
    assert foreign("مجلة") == "<bdi>مجلة</bdi>"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), st.text(st.characters(codec="utf-8")))
def test_any_text_is_parsed_back_as_text(text, attribute):
    element = parser.fragment_fromstring(tag("p", text, title=attribute))
    assert (element.text or "") == re.sub("[\u202d\u202e\ufffe\uffff]", "\ufffd", text)
    assert len(element) == 0
    assert list(element.keys()) == ["title"]
