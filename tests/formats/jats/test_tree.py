"""Access to a JATS tree by local name."""

from __future__ import annotations

import pytest

from harvester.formats.jats import tree
from tests.formats.jats.reading import element

INNER = "<b id='2'/><t:b id='3'><b id='4'/></t:b><c id='5'/>"
ARTICLE = element(f"<t:a xmlns:t='urn:t' id='1'>{INNER}</t:a><!-- b -->", "root")
A = ARTICLE[0]


def ids(elements):
    return [element.get("id") for element in elements]


def test_children_and_descendants_by_local_name():
    assert ids(tree.children(A, "b")) == ["2", "3"]
    assert ids(tree.children(A, "c", "b")) == ["2", "3", "5"]
    assert ids(tree.descendants(ARTICLE, "b")) == ["2", "3", "4"]
    assert ids(tree.children(A[0], "b")) == ids(tree.descendants(A[0], "b")) == []


def test_the_first_child_of_some_names():
    first = tree.child(A, "c", "b")
    assert first is not None
    assert first.get("id") == "2"
    assert tree.child(A, "x") is None
    assert tree.child(None, "b") is None


def test_groups_keep_the_order_of_the_document():
    assert {name: ids(group) for name, group in tree.grouped(A).items()} == {"b": ["2", "3"], "c": ["5"]}
    assert tree.grouped(None) == {}


def test_an_element_inside_another():
    inner = A[1][0]
    assert tree.is_inside(inner, frozenset({"b"}), ARTICLE)
    assert tree.is_inside(inner, frozenset({"a"}), ARTICLE)
    assert not tree.is_inside(inner, frozenset({"b"}), A[1])
    assert not tree.is_inside(inner, frozenset({"root"}), ARTICLE)


def test_the_first_attribute_that_is_not_empty():
    (holder,) = element("<x a='' b=' Pub ' c='d'/>")
    assert tree.attribute(holder, "a", "b", "c") == "pub"
    assert tree.attribute(holder, "missing") == ""


@pytest.mark.parametrize(
    ("attributes", "link"),
    [
        ("xlink:href=' https://a.example '", "https://a.example"),
        ("href='https://a.example'", "https://a.example"),
        ("xlink:href='https://a.example' href='https://b.example'", "https://a.example"),
        ("xlink:href=' '", None),
        ("", None),
    ],
)
def test_a_link_with_or_without_its_prefix(attributes, link):
    (holder,) = element(f"<x {attributes}/>")
    assert tree.href(holder) == link


def test_a_vocabulary_is_a_line_of_words():
    assert tree.vocabulary("pub  publication") == {"pub", "publication"}
