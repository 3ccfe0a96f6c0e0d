from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.crossref.deposit.xml import attributes, document, element, wrap


@given(st.text())
def test_no_text_at_all_breaks_a_document(characters: str) -> None:
    root = etree.fromstring(document([element("a", "x" + characters, attributes(b=characters))]))
    assert len(root) == 0


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_what_is_written_is_read(characters: str) -> None:
    root = etree.fromstring(document([element("a", "x" + characters, attributes(b=characters + "\n\t"))]))
    assert root.text == "x" + characters
    assert root.get("b") == characters + "\n\t"


def test_nothing_leaves_no_element() -> None:
    assert element("a", None) == element("a", "") == wrap("a", ["", ""]) == ""
    assert attributes(a=None) == ""


def test_what_xml_cannot_hold_is_marked() -> None:
    assert etree.fromstring(document([element("a", "x\x00\x1b\ud800\uffffy")])).text == "x\ufffd\ufffd\ufffd\ufffdy"
