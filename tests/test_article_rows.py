"""The columns of an article next to its document, and what changes its fingerprint."""

import hashlib

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harvester.article_rows import MappedArticle, to_mapped_article, to_row
from harvester.model import Article, Finding, Issn, Journal, LangText, PubDate, Reading, Title, from_json, to_json
from harvester.text import Span
from tests.strategies import articles, of_articles

ARTICLE = Article(
    format="jats",
    doi="10.5555/ABC-Ä",
    titles=(Title(text=("On ", Span("italic", ("Sphagnum",)))), Title(text=("О сфагнуме",), lang="ru")),
    journal=Journal(
        titles=(LangText(("Wetland Notes",), "en"),),
        issns=(Issn("2049-3630", "print"), Issn("2434-561X", "electronic")),
    ),
    volume="7",
    dates=(PubDate(year=2024, medium="print"), PubDate(year=2023, medium="online")),
)


def test_row_has_the_columns_that_are_searched():
    row = to_row(ARTICLE)
    assert (row.doi, row.doi_key) == ("10.5555/ABC-Ä", "10.5555/abc-Ä")
    assert (row.format, row.title, row.journal, row.issn) == ("jats", "On Sphagnum", "Wetland Notes", "2049-3630")
    assert (row.year, row.volume, row.issue) == (2023, "7", None)
    assert row.document.encode() == to_json(ARTICLE)


def test_reading_without_an_article_has_no_row():
    findings = (Finding("payload-unreadable"),)
    assert to_mapped_article(Reading(None, findings)) == MappedArticle(None, findings)
    assert to_row(Article(format="oai_dc")).year is None


@of_articles
@given(articles(), st.dictionaries(st.text(), st.text()))
def test_provenance_does_not_change_the_fingerprint(article: Article, provenance: dict[str, str]):
    bare = msgspec.structs.replace(article, provenance={})
    row = to_row(msgspec.structs.replace(article, provenance=provenance))
    assert row.fingerprint == to_row(bare).fingerprint == hashlib.sha256(to_json(bare)).hexdigest()
    assert from_json(row.document).provenance == provenance


@of_articles
@given(articles(), articles())
def test_everything_except_provenance_changes_the_fingerprint(one: Article, other: Article):
    one, other = (msgspec.structs.replace(article, provenance={}) for article in (one, other))
    assert (to_row(one).fingerprint == to_row(other).fingerprint) == (one == other)
