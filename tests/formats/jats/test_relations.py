"""Relations to other works, and updates to them."""

from __future__ import annotations

import pytest

from harvester.formats.jats.relations import to_sub_article
from harvester.model import Relation
from tests.formats.jats.reading import NAMESPACES, article_of, codes, meta, read_meta, read_xml

RELATIONS = [
    ("preprint", "research-article", "hasPreprint", False),
    ("translated-article", "translation", "isTranslationOf", False),
    ("commentary-article", "article-commentary", "isCommentOn", False),
    ("corrected-article", "correction", "correction", True),
    ("corrected-article", "erratum", "erratum", True),
    ("corrected-article", None, "correction", True),
    ("retracted-article", "retraction", "retraction", True),
    ("retracted-article", "correction", "retraction", True),
    ("object-of-concern", "expression-of-concern", "expression_of_concern", True),
]


@pytest.mark.parametrize(("relation_type", "article_type", "kind", "update"), RELATIONS)
def test_relations(relation_type, article_type, kind, update):
    related = f"<related-article related-article-type='{relation_type}' ext-link-type='doi' xlink:href='10.5555/b'/>"
    attribute = f"article-type='{article_type}'" if article_type else ""
    xml = f"<article {NAMESPACES} {attribute}><front><article-meta>{related}</article-meta></front></article>"
    assert article_of(read_xml(xml)).relations == (Relation(kind=kind, target="10.5555/b", update=update),)


def test_a_notice_about_this_article_is_not_an_update_by_it():
    related = "<related-article related-article-type='retraction-forward' xlink:href='https://doi.org/10.5555/b'/>"
    reading = read_meta(related)
    assert (article_of(reading).relations, codes(reading)) == ((), ["relation-unmapped"])


def test_preprints_in_the_publication_history_are_relations():
    link = "<event><self-uri content-type='{}' xlink:href='https://doi.org/10.5555/{}'/></event>"
    inner = f"<pub-history>{link.format('preprint', 'pre')}{link.format('reviewed-preprint', 'pre.1')}</pub-history>"
    reading = read_meta(inner)
    assert article_of(reading).relations == (Relation(kind="hasPreprint", target="10.5555/pre"),)
    assert codes(reading) == ["relation-unmapped"]  # the reviewed preprint is not lost silently


def related(attributes: str, inner: str = "", tag: str = "related-article"):
    reading = read_meta(f"<{tag} {attributes}>{inner}</{tag}>")
    return article_of(reading).relations, codes(reading)


COMMENT = "related-article-type='commentary-article'"
TARGETS = [
    (f"{COMMENT} xlink:href='https://a.example/1'", "", "https://a.example/1", "uri", []),
    (f"{COMMENT} xlink:href='doi:10.5555/b'", "", "10.5555/b", "doi", []),
    (f"{COMMENT} document-id='10.5555/b'", "", "10.5555/b", "doi", []),
    (f"{COMMENT} xlink:href='https://doi.org/10.5555/b.'", "", "10.5555/b", "doi", []),
    (f"{COMMENT} ext-link-type='doi' xlink:href='10.5555/b;10.5555/c'", "", None, None, ["relation-without-doi"]),
    (COMMENT, "<pub-id>https://doi.org/10.5555/b</pub-id>", "10.5555/b", "doi", []),
    (f"{COMMENT} xlink:href='a.html'", "Berg 2001", None, None, ["relation-without-doi"]),
    (
        "related-article-type='retracted-article' xlink:href='https://a.example'",
        "",
        None,
        None,
        ["relation-without-doi"],
    ),
    ("related-article-type='friend' xlink:href='10.5555/b'", "", None, None, ["relation-unmapped"]),
]


@pytest.mark.parametrize(("attributes", "inner", "target", "target_type", "found"), TARGETS)
def test_the_target_of_a_relation(attributes, inner, target, target_type, found):
    relations, findings = related(attributes, inner)
    assert [(relation.target, relation.target_type) for relation in relations] == (
        [(target, target_type)] if target else []
    )
    assert findings == found


def test_the_text_of_a_relation_is_its_description():
    relations, _ = related("related-object-type='preprint' xlink:href='10.5555/b'", "First version", "related-object")
    assert relations == (Relation(kind="hasPreprint", target="10.5555/b", description="First version"),)


PARTS = (
    "<person-group person-group-type='author'><name><surname>Berg</surname><given-names>Ada</given-names></name>"
    "</person-group><article-title>Old tides</article-title><source>Tide Letters</source><year>2010</year>"
)
DESCRIPTIONS = [
    (PARTS, "Berg Ada. Old tides. Tide Letters. 2010"),
    ("Berg A. <italic>Old tides</italic>. Tide Letters 2010", "Berg A. Old tides. Tide Letters 2010"),
    ("<article-title>Old tides</article-title>", "Old tides"),
    ("R&amp;amp;D of tides", "R&D of tides"),
    ("None", None),
    ("", None),
]


@pytest.mark.parametrize(("inner", "description"), DESCRIPTIONS)
@pytest.mark.parametrize("tag", ["related-article", "related-object"])
def test_the_parts_of_a_related_work_are_composed_like_a_reference(tag, inner, description):
    (relation,), _ = related("related-article-type='commentary-article' xlink:href='10.5555/b'", inner, tag)
    assert relation.description == description


OBJECTS = [
    ("object-id='10.5555/b' object-id-type='doi' object-type='peer-review'", "10.5555/b", "hasReview"),
    ("document-id='10.5555/b' document-id-type='doi' document-type='peer-reviewed-article'", "10.5555/b", "isReviewOf"),
    ("source-id='https://doi.org/10.5555/b' source-id-type='doi' link-type='reply-to'", "10.5555/b", "isReplyTo"),
]


@pytest.mark.parametrize(("attributes", "target", "kind"), OBJECTS)
def test_all_identifiers_of_a_related_object_are_read(attributes, target, kind):
    (relation,), findings = related(attributes, tag="related-object")
    assert (relation.target, relation.kind, findings) == (target, kind, [])


@pytest.mark.parametrize(
    ("attributes", "value", "kind"),
    [
        ("object-id='10.5555/d.99' object-id-type='doi' link-type='data'", "10.5555/d.99", "data"),
        ("object-id='GSE1' object-id-type='geo' link-type='data'", "GSE1", "data"),
        ("xlink:href='https://a.example/1'", "https://a.example/1", "without a type"),
        ("", "an unnamed work", "without a type"),
    ],
)
def test_a_finding_about_a_related_object_has_no_gaps(attributes, value, kind):
    reading = read_meta(f"<related-object {attributes}/>")
    assert [(f.code, f.value, f.detail) for f in reading.findings] == [("relation-unmapped", value, {"type": kind})]


def test_equal_relations_are_kept_once():
    twice = f"<related-article {COMMENT} xlink:href='10.5555/b'/>" * 2
    assert len(meta(twice).relations) == 1


def test_a_sub_article_becomes_a_relation_if_its_type_has_one():
    assert to_sub_article("translation", "10.5555/a.pt") == Relation(kind="hasTranslation", target="10.5555/a.pt")
    assert to_sub_article("reviewer-report", "10.5555/a.r1") == Relation(kind="hasReview", target="10.5555/a.r1")
    assert to_sub_article("reply", "10.5555/a.r2") is None
