from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.xmltools import local

names = st.from_regex(r"[a-z][a-z-]{0,5}", fullmatch=True)


@given(names, st.sampled_from(("", "{http://jats.example/1}", "{urn:x}")))
def test_local_name_has_no_namespace(name, namespace):
    assert local(etree.Element(namespace + name)) == name


def test_nodes_that_are_not_elements_have_no_name():
    assert [local(node) for node in (etree.Entity("fdg"), etree.Comment("x"), etree.PI("x"))] == ["", "", ""]


def test_more_tags_than_are_cached():
    many = [f"n{number}" for number in range(5_000)]
    assert [local(etree.Element(f"{{urn:x}}{name}")) for name in many * 2] == many * 2
