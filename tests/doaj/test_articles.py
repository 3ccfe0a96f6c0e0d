"""Articles next to the document that DOAJ gets, and what holds for any article.

After a change that is meant, `python -m tests.doaj.test_articles` writes the documents again; read the diff.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from msgspec.structs import replace

from harvester import rules
from harvester.article_api.files import JsonBuilder, problems
from harvester.doaj.articles import document, doi_of
from harvester.doaj.target import SCHEMA
from harvester.findings import is_blocking
from harvester.model import Article, Batch, Contributor, Issn, Journal, Keyword, Policy, PubDate, Title, from_json
from harvester.text import plain
from tests.strategies import articles, of_articles

FOLDER = Path(__file__).with_name("articles")
NAMES = sorted(path.name.removesuffix(".article.json") for path in FOLDER.glob("*.article.json"))
POLICY = Policy(today="2026-01-02", doi_prefixes=("10.5555", "10.48015"))
BATCH = Batch(id="b", timestamp=20260102030405678, schema_version="4")


def fixture(name: str) -> Article:
    return from_json((FOLDER / f"{name}.article.json").read_text(encoding="utf-8"))


def written(name: str) -> str:
    return json.dumps(document(fixture(name)), ensure_ascii=False, indent=2) + "\n"


def article(**values: Any) -> Article:
    journal = Journal(issns=(Issn("2049-3630", "print"),))
    plain_one = Article(format="jats", doi="10.5555/a", titles=(Title(text=("A",)),), journal=journal)
    return replace(plain_one, **values)


def bibjson(one: Article) -> dict[str, Any]:
    found: dict[str, Any] = document(one)["bibjson"]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_an_article_becomes_the_document_next_to_it(name: str):
    assert written(name) == (FOLDER / f"{name}.doaj.json").read_text(encoding="utf-8")


@of_articles
@given(articles())
def test_any_article_that_the_rules_pass_is_valid(one: Article) -> None:
    assume(not any(is_blocking(finding) for finding in rules.check(one, POLICY)))
    builder = JsonBuilder("4", document, 10)
    data = builder.build([one], BATCH)
    assert data == builder.build([one], BATCH)
    assert problems(data, SCHEMA) == []


@of_articles
@given(articles())
def test_nothing_is_lost_that_doaj_has_a_place_for(one: Article) -> None:
    found = bibjson(one)
    named = {each["type"]: each["id"] for each in found["identifier"]}
    assert named["doi"] == doi_of({"bibjson": found}) == one.doi
    assert {each.value for each in one.journal.issns if each.medium} == set(named.values()) - {one.doi}
    assert plain(one.titles[0].text) in found["title"]
    authors = [each for each in one.contributors if each.role == "author" and each.kind != "anonymous"]
    assert [each.get("orcid_id") for each in found.get("author", [])] == [each.orcid for each in authors]
    assert set(found.get("keywords", [])) == {each.text for each in one.keywords}
    places = found.get("journal", {})
    kept = [places.get(name) for name in ("volume", "number", "start_page", "end_page")]
    assert kept == [one.volume, one.issue, one.first_page, one.last_page]
    assert ("abstract" in found) == bool(one.abstracts)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (Title(text=("Ice",), subtitle=("A history",)), "Ice: A history"),
        (Title(text=("Ice?",), subtitle=("A history",)), "Ice? A history"),
        (Title(text=("Ice",)), "Ice"),
    ],
)
def test_title_and_subtitle_are_on_one_line(title: Title, expected: str):
    assert bibjson(article(titles=(title, Title(text=("Лёд",), lang="ru"))))["title"] == expected


def test_only_authors_with_a_name_are_authors():
    people = (
        Contributor(surname="Okoye", given="Chidi"),
        Contributor(surname="Petrova", role="translator"),
        Contributor(kind="anonymous"),
        Contributor(kind="group", name="River Group"),
    )
    assert bibjson(article(contributors=people))["author"] == [{"name": "Chidi Okoye"}, {"name": "River Group"}]


def test_an_issn_of_an_unknown_medium_is_not_guessed_and_one_number_is_not_both():
    issns = (Issn("2049-3630"), Issn("2049-3649", "print"), Issn("2049-3649", "electronic"))
    found = bibjson(article(journal=Journal(issns=issns)))["identifier"]
    assert found == [{"type": "pissn", "id": "2049-3649"}, {"type": "doi", "id": "10.5555/a"}]


def test_a_season_has_no_month_and_a_keyword_comes_once():
    one = bibjson(article(dates=(PubDate(year=2021, month=21),), keywords=(Keyword("ice"), Keyword("ice", "en"))))
    assert (one["year"], one.get("month"), one["keywords"]) == ("2021", None, ["ice"])


if __name__ == "__main__":
    for each in NAMES:
        (FOLDER / f"{each}.doaj.json").write_text(written(each), encoding="utf-8")
