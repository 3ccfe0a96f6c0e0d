"""Any article that the schema of articles accepts and the rules pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings

from harvester import rules
from harvester.crossref import bundles
from harvester.findings import is_blocking
from harvester.model import Article, ListBlock, Paragraph, Policy, Section
from harvester.text import plain
from tests.crossref.deposit.deposits import build, build_all, deposit
from tests.strategies import articles, of_articles

pytestmark = pytest.mark.slow

ARTICLE = "//c:journal_article"
POLICY = Policy(today="2026-01-02", doi_prefixes=("10.5555", "10.48015"))


@of_articles
@given(articles())
def test_is_valid_in_every_version(schemas: dict[str, bundles.Schema], article: Article) -> None:
    assume(not any(is_blocking(finding) for finding in rules.check(article, POLICY)))
    for version, schema in schemas.items():
        assert schema.validate(build(article, version)) == []


@of_articles
@given(articles())
def test_its_words_stand_in_the_deposit_as_they_are(article: Article) -> None:
    found = deposit(article)
    assert found.texts(f"{ARTICLE}/c:titles//*[self::c:title or self::c:original_language_title]") == [
        plain(title.text) for title in article.titles
    ]
    assert found.texts(f"{ARTICLE}/c:titles//c:subtitle") == [
        plain(each.subtitle) for each in article.titles if each.subtitle
    ]
    assert found.texts("//jats:abstract//*[self::jats:p[not(jats:list)] or self::jats:title]") == [
        words for abstract in article.abstracts for words in _words(abstract.blocks)
    ]
    assert found.texts("//c:unstructured_citation") == [reference.text for reference in article.references]
    assert found.texts("//c:doi_data/c:doi") == [article.doi]
    assert found.texts("//c:doi_data/c:resource") == [article.landing_page]


@of_articles
@given(articles())
def test_its_people_stand_in_the_deposit_in_their_order(article: Article) -> None:
    found = deposit(article)
    assert found.texts("//c:contributors/*/c:surname | //c:contributors/c:organization") == [
        person.surname or person.name for person in article.contributors if person.kind != "anonymous"
    ]
    assert found.texts("//c:person_name/c:given_name") == [each.given for each in article.contributors if each.given]
    assert found.texts("//c:ORCID") == [each.orcid for each in article.contributors if each.orcid]
    assert found.texts("//c:institution_name") == [
        known.name for each in article.contributors if each.kind != "group" for known in each.affiliations
    ]


@settings(max_examples=of_articles.max_examples // 2)
@given(articles(), articles())
def test_two_together_say_what_they_say_alone(first: Article, second: Article) -> None:
    both = build_all([first, second])
    assert both == build_all([first, second])
    for one in (first, second):
        alone = build(one)
        assert alone[alone.index(b"<journal_article") : alone.index(b"</journal_article>")] in both


def _words(blocks: tuple[Paragraph | ListBlock | Section, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield plain(block.text)
        elif isinstance(block, ListBlock):
            yield from (plain(item) for item in block.items)
        else:
            yield plain(block.title)
            yield from _words(block.blocks)
