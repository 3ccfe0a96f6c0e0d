"""Abstracts and keywords with their languages."""

from __future__ import annotations

import pytest

from harvester.model import Hints, Paragraph
from tests.formats.jats.reading import (
    article_of,
    codes,
    meta,
    read_meta,
)


def test_other_kinds_of_abstract_need_a_setting():
    inner = '<abstract abstract-type="executive-summary"><p>Digest.</p></abstract>'
    reading = read_meta(inner)
    assert (article_of(reading).abstracts, codes(reading)) == ((), ["abstract-type-skipped"])
    assert meta(inner, hints=Hints(abstract_types=("executive-summary",))).abstracts


def test_trans_abstract_never_inherits_the_article_language():
    article = meta("<abstract><p>A</p></abstract><trans-abstract><p>B</p></trans-abstract>")
    assert [abstract.lang for abstract in article.abstracts] == ["en", None]


def test_keywords_have_the_language_of_their_group():
    article = meta(
        "<kwd-group><title>Keywords</title><kwd>a <italic>b</italic></kwd><kwd>.</kwd></kwd-group>"
        '<kwd-group xml:lang="de"><kwd>c</kwd></kwd-group>'
        '<kwd-group kwd-group-type="abbreviations"><kwd>d</kwd></kwd-group>'
        '<kwd-group><compound-kwd><compound-kwd-part content-type="code">31</compound-kwd-part>'
        '<compound-kwd-part content-type="term">e</compound-kwd-part></compound-kwd></kwd-group>'
    )
    assert [(keyword.text, keyword.lang) for keyword in article.keywords] == [("a b", "en"), ("c", "de"), ("e", "en")]


def test_abstracts_are_distinct_and_the_articles_language_is_first():
    article = meta(
        '<trans-abstract xml:lang="de"><p>B</p></trans-abstract><abstract><p>A</p></abstract>'
        "<abstract><p>A</p></abstract><abstract/>"
    )
    assert [(abstract.lang, abstract.blocks) for abstract in article.abstracts] == [
        ("en", (Paragraph(("A",)),)),
        ("de", (Paragraph(("B",)),)),
    ]
    assert article.provenance == {
        "abstracts[0]": "abstract",
        "abstracts[1]": "trans-abstract",
        "language": "article@xml:lang",
    }


@pytest.mark.parametrize("kind", ["structured", "Abstract", "standard"])
def test_the_usual_kinds_of_abstract_need_no_setting(kind):
    assert codes(read_meta(f'<abstract abstract-type="{kind}"><p>A</p></abstract>')) == []
    assert meta(f'<abstract abstract-type="{kind}"><p>A</p></abstract>').abstracts


def test_a_second_abstract_in_the_language_of_a_translation_is_reported():
    stub = "<front-stub><title-group/><abstract><p>Outra</p></abstract></front-stub>"
    rest = f'<sub-article article-type="translation" xml:lang="pt">{stub}</sub-article>'
    reading = read_meta('<trans-abstract xml:lang="pt"><p>Uma</p></trans-abstract>', rest=rest)
    assert [abstract.blocks for abstract in article_of(reading).abstracts] == [(Paragraph(("Uma",)),)]
    assert [(finding.code, finding.value) for finding in reading.findings] == [("translation-duplicate", "Outra")]


def test_subject_headings_and_empty_keywords_are_left_out():
    article = meta(
        '<kwd-group kwd-group-type="badges"><kwd>open</kwd></kwd-group>'
        "<kwd-group><kwd/><kwd>—</kwd><kwd>a</kwd><kwd>a</kwd><nested-kwd><kwd>b</kwd></nested-kwd></kwd-group>"
    )
    assert [keyword.text for keyword in article.keywords] == ["a", "b"]


def test_two_abstracts_in_one_language_are_both_kept_and_reported():
    inner = "<abstract><p>Reeds.</p></abstract><abstract><p>More reeds.</p></abstract>"
    reading = read_meta(inner)
    assert len(article_of(reading).abstracts) == 2
    assert [(f.code, f.path, f.detail) for f in reading.findings] == [
        ("abstract-second", "abstracts[1]", {"lang": "en"})
    ]
    assert codes(read_meta(inner.replace("<abstract><p>M", "<abstract xml:lang='fr'><p>M"))) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("No abstract available.", 0),
        ("N/A", 0),
        ("None", 0),
        ("None of the reeds bent.", 1),
        ("No abstract idea helps.", 1),
    ],
)
def test_an_abstract_that_says_there_is_none_is_left_out(text, kept):
    reading = read_meta(f"<abstract><p>{text}</p></abstract>")
    assert len(article_of(reading).abstracts) == kept
    assert codes(reading) == ([] if kept else ["placeholder-value"])
