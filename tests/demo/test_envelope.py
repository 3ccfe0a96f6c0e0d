"""The parts that every answer has: checked arguments, errors, the root element."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.demo.envelope import Refusal, attributes, checked, document, escape
from harvester.xmltools import OAI

FIRST = ("metadataPrefix", "oai_dc")
REFUSED = [
    ([], "badVerb"),
    ([("verb", "")], "badVerb"),
    ([("verb", "identify")], "badVerb"),
    ([("verb", "Identify"), ("verb", "ListSets")], "badVerb"),
    ([("verb", "ListRecords"), FIRST, FIRST], "badArgument"),
    ([("verb", "ListRecords")], "badArgument"),
    ([("verb", "ListRecords"), ("metadataPrefix", "")], "badArgument"),
    ([("verb", "ListRecords"), FIRST, ("set", "")], "badArgument"),
    ([("verb", "ListRecords"), FIRST, ("size", "5")], "badArgument"),
    ([("verb", "ListRecords"), FIRST, ("resumptionToken", "t")], "badArgument"),
    ([("verb", "GetRecord"), FIRST], "badArgument"),
    ([("verb", "GetRecord"), FIRST, ("identifier", "a"), ("resumptionToken", "t")], "badArgument"),
    ([("verb", "GetRecord"), FIRST, ("identifier", "a\x00")], "badArgument"),
]


@pytest.mark.parametrize(("arguments", "code"), REFUSED)
def test_arguments_that_the_protocol_forbids_are_refused(arguments, code):
    with pytest.raises(Refusal) as caught:
        checked(arguments)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "arguments",
    [
        [("verb", "Identify")],
        [FIRST, ("verb", "ListRecords"), ("from", "2024-01-01"), ("until", "2024-01-02"), ("set", "a")],
        [("verb", "ListIdentifiers"), ("resumptionToken", "")],
        [("verb", "ListSets"), ("resumptionToken", "t")],
        [("verb", "ListMetadataFormats"), ("identifier", "a")],
        [("verb", "GetRecord"), FIRST, ("identifier", "oai:журнал:1")],
    ],
)
def test_arguments_that_the_protocol_allows_are_accepted(arguments):
    verb, others = checked(arguments)
    assert [("verb", verb), *others.items()] == sorted(arguments, key=lambda pair: pair[0] != "verb")


def test_refusal_is_an_error_element():
    element = etree.fromstring(Refusal("badVerb", 'no <verb> "x" & \x00').element())
    assert (element.tag, element.get("code"), element.text) == ("error", "badVerb", 'no <verb> "x" & \ufffd')


@given(st.text())
def test_any_text_can_be_escaped(text):
    element = etree.fromstring(f'<x a="{escape(text)}">{escape(text)}</x>'.encode())
    assert len(element) == 0
    assert "\x00" not in (element.text or "")


def test_document_shows_its_request():
    shown = attributes([("verb", "Identify"), ("set", '"a"&b')])
    root = etree.fromstring(
        document("2024-05-06T07:08:09Z", "http://x/oai?a&b", shown, [b"<Identify>", b"</Identify>"])
    )
    assert root.tag == f"{{{OAI}}}OAI-PMH"
    assert [etree.QName(child).localname for child in root] == ["responseDate", "request", "Identify"]
    assert (root[0].text, root[1].text) == ("2024-05-06T07:08:09Z", "http://x/oai?a&b")
    assert root[1].items() == [("verb", "Identify"), ("set", '"a"&b')]
