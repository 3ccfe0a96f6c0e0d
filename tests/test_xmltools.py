from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.xmltools import brief, indented, local, parse

names = st.from_regex(r"[a-z][a-z-]{0,5}", fullmatch=True)


@given(names, st.sampled_from(("", "{http://jats.example/1}", "{urn:x}")))
def test_local_name_has_no_namespace(name, namespace):
    assert local(etree.Element(namespace + name)) == name


def test_nodes_that_are_not_elements_have_no_name():
    assert [local(node) for node in (etree.Entity("fdg"), etree.Comment("x"), etree.PI("x"))] == ["", "", ""]


def test_more_tags_than_are_cached():
    many = [f"n{number}" for number in range(5_000)]
    assert [local(etree.Element(f"{{urn:x}}{name}")) for name in many * 2] == many * 2


NOT_URIS = ["http://www.w3.org/2001/XML Schema-instance", "urn:x y", "http://a b", "%zz", "[x]", " "]
BAD_NAME = '<{tag} xmlns:x="{uri}"><b/></{tag}>'


@pytest.mark.parametrize("uri", NOT_URIS)
@pytest.mark.parametrize("huge", [False, True])
def test_a_namespace_name_that_is_not_a_uri_is_no_fault(uri, huge):
    root = parse(BAD_NAME.format(tag="a", uri=uri).encode(), huge=huge)
    assert ({name: unquote(value) for name, value in root.nsmap.items()}, len(root)) == ({"x": uri}, 1)


def test_a_namespace_name_that_is_not_a_uri_may_be_used():
    (child,) = parse(b'<a xmlns="urn:x y"><b/></a>')
    assert local(child) == "b"


def test_text_that_looks_like_a_namespace_name_stays():
    text = "<i xmlns='a b'>"
    root = parse(f"<a xmlns = 'u v'><!-- {text} --><![CDATA[{text}]]><b c=' xmlns=\"x y\"'/></a>".encode())
    assert (root.text, root[0].get("c")) == (text, ' xmlns="x y"')


BROKEN = [
    "<a><x:b/></a>",
    BAD_NAME.format(tag="a", uri="u v") + "<c/>",
    f"<a>{BAD_NAME.format(tag='b', uri='u v')}<c></d></a>",
    f"<a>{BAD_NAME.format(tag='b', uri='u v') * 300}<c></d></a>",
    f"<a>{BAD_NAME.format(tag='b', uri='u v')}",
    f"<a>{BAD_NAME.format(tag='b', uri='u v')}&#2;</a>",
    f"<a>{BAD_NAME.format(tag='b', uri='u v')}<x:c/></a>",
]


@pytest.mark.parametrize("document", BROKEN)
def test_any_other_fault_is_still_one(document):
    with pytest.raises(etree.XMLSyntaxError) as caught:
        parse(document.encode())
    assert "string" not in brief(caught.value)


def test_the_message_of_a_parser_names_its_place_once():
    with pytest.raises(etree.XMLSyntaxError) as caught:
        parse(b"<a><b></a>")
    assert brief(caught.value) == "Opening and ending tag mismatch: b line 1 and a, line 1, column 11"


def test_document_has_a_line_for_each_element_and_text_stays_as_it_is():
    data = b"<a>\n<b><c>x</c>\n\n<d/></b>\n<p>one <i>two</i><b>three</b></p></a>"
    assert indented(data).decode().splitlines()[1:] == [
        "<a>",
        "  <b>",
        "    <c>x</c>",
        "    <d/>",
        "  </b>",
        "  <p>one <i>two</i><b>three</b></p>",
        "</a>",
    ]
