"""The JSON document of an article."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from harvester.model import Article, Journal, Title, from_json, to_json
from tests.strategies import articles, of_articles


@of_articles
@given(articles())
def test_article_is_read_back_from_its_document(article):
    document = to_json(article)
    assert from_json(document) == from_json(document.decode()) == article
    assert to_json(from_json(document)) == document


def test_equal_articles_have_equal_documents():
    one = Article(format="jats", titles=(Title(text=("A",)),), provenance={"doi": "a", "titles[0]": "b"})
    other = Article(format="jats", titles=(Title(text=("A",)),), provenance={"titles[0]": "b", "doi": "a"})
    assert to_json(one) == to_json(other)


def test_absent_values_are_not_written():
    assert msgspec.json.decode(to_json(Article(format="jats"))) == {"format": "jats"}
    assert msgspec.json.decode(to_json(Article(format="jats", journal=Journal(publisher="P")))) == {
        "format": "jats",
        "journal": {"publisher": "P"},
    }


@pytest.mark.parametrize(
    "document",
    ["{}", "[]", '{"format": 1}', '{"format": "jats", "titles": [{}]}', '{"format": "jats", "issue_year": "2020"}'],
)
def test_invalid_document_is_refused(document):
    with pytest.raises(msgspec.ValidationError):
        from_json(document)
