"""What is kept of an article beside its document, and what its fingerprint heeds."""

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
    journal=Journal(titles=(LangText(("Wetland Notes",), "en"),), issns=(Issn("2049-3630", "print"),)),
    volume="7",
    dates=(PubDate(year=2024, medium="print"), PubDate(year=2023, medium="online")),
)


def test_an_entry_has_what_an_article_is_found_by():
    kept = to_row(ARTICLE)
    assert (kept.doi, kept.doi_key) == ("10.5555/ABC-Ä", "10.5555/abc-Ä")
    assert (kept.format, kept.title, kept.journal, kept.issn) == ("jats", "On Sphagnum", "Wetland Notes", "2049-3630")
    assert (kept.year, kept.volume, kept.issue) == (2023, "7", None)
    assert kept.document.encode() == to_json(ARTICLE)


def test_of_nothing_there_is_no_entry():
    said = (Finding("payload-unreadable"),)
    assert to_mapped_article(Reading(None, said)) == MappedArticle(None, said)
    assert to_row(Article(format="oai_dc")).year is None


@of_articles
@given(articles(), st.dictionaries(st.text(), st.text()))
def test_where_a_value_stood_does_not_move_the_fingerprint(article: Article, provenance: dict[str, str]):
    bare = msgspec.structs.replace(article, provenance={})
    kept = to_row(msgspec.structs.replace(article, provenance=provenance))
    assert kept.fingerprint == to_row(bare).fingerprint == hashlib.sha256(to_json(bare)).hexdigest()
    assert from_json(kept.document).provenance == provenance


@of_articles
@given(articles(), articles())
def test_what_can_reach_a_deposit_moves_the_fingerprint(one: Article, other: Article):
    one, other = (msgspec.structs.replace(each, provenance={}) for each in (one, other))
    assert (to_row(one).fingerprint == to_row(other).fingerprint) == (one == other)
