"""Articles next to the document that DataCite gets, and what holds for any article.

After a change that is meant, `python -m tests.datacite.test_articles` writes the documents again; read the diff.
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
from harvester.config.problems import schema
from harvester.datacite.articles import document, doi_of, lacks, vocabulary
from harvester.datacite.target import SCHEMA
from harvester.findings import is_blocking, kinds
from harvester.model import (
    Article,
    Batch,
    Contributor,
    Funding,
    Issn,
    Journal,
    LangText,
    Policy,
    PubDate,
    Relation,
    from_json,
)
from harvester.system.packaged import schema_text
from harvester.text import plain
from tests.strategies import articles, of_articles

FOLDER = Path(__file__).with_name("articles")
NAMES = sorted(path.name.removesuffix(".article.json") for path in FOLDER.glob("*.article.json"))
POLICY = Policy(today="2026-01-02", doi_prefixes=("10.5555", "10.48015"))
BATCH = Batch(id="b", timestamp=20260102030405678, schema_version="4.6")
AUTHOR = Contributor(surname="Okoye", given="Chidi")


def fixture(name: str) -> Article:
    return from_json((FOLDER / f"{name}.article.json").read_text(encoding="utf-8"))


def written(name: str) -> str:
    return json.dumps(document(fixture(name)), ensure_ascii=False, indent=2) + "\n"


def attributes(one: Article) -> dict[str, Any]:
    found: dict[str, Any] = document(one)["data"]["attributes"]
    return found


def article(**values: Any) -> Article:
    return Article(format="jats", doi="10.5555/a", **values)


@pytest.mark.parametrize("name", NAMES)
def test_an_article_becomes_the_document_next_to_it(name: str):
    assert written(name) == (FOLDER / f"{name}.datacite.json").read_text(encoding="utf-8")


@of_articles
@given(articles())
def test_any_article_that_lacks_nothing_is_valid(one: Article) -> None:
    one = replace(one, journal=replace(one.journal, publisher=one.journal.publisher or "Lamp Press"))
    assume(not any(is_blocking(finding) for finding in rules.check(one, POLICY)) and not lacks(one))
    builder = JsonBuilder("4.6", document, 10)
    data = builder.build([one], BATCH)
    assert data == builder.build([one], BATCH)
    assert problems(data, SCHEMA) == []


@of_articles
@given(articles())
def test_nothing_is_lost_that_datacite_has_a_place_for(one: Article) -> None:
    found = attributes(one)
    assert (found["doi"], doi_of(document(one)), found["url"]) == (one.doi, one.doi, one.landing_page)
    titles = [each["title"] for each in found["titles"] if each.get("titleType") != "Subtitle"]
    assert titles == [plain(each.text) for each in one.titles]
    assert [each.get("lang") for each in found.get("descriptions", [])] == [each.lang for each in one.abstracts]
    authors = [each for each in one.contributors if each.role == "author" and each.kind != "anonymous"]
    people = found.get("creators", [])
    assert [each.get("familyName") or each["name"] for each in people] == [
        each.surname or each.name for each in authors
    ]
    orcids = [each["nameIdentifiers"][0]["nameIdentifier"] for each in people if "nameIdentifiers" in each]
    assert orcids == [each.orcid for each in authors if each.orcid]
    related = {(each["relationType"], each["relatedIdentifier"]) for each in found.get("relatedIdentifiers", [])}
    assert {("References", each.doi) for each in one.references if each.doi} <= related
    assert {("IsPartOf", each.value) for each in one.journal.issns} <= related
    assert {each["rightsUri"] for each in found.get("rightsList", [])} == {each.url for each in one.licenses}
    funders = {each["funderName"] for each in found.get("fundingReferences", [])}
    assert funders == {each.funder for each in one.funding if each.funder}
    assert len(found.get("dates", [])) == len(one.dates) + bool(one.accepted)


def test_what_datacite_requires_is_asked_for_in_findings_that_have_words():
    assert lacks(article()) == ("datacite-author-missing", "datacite-publisher-missing")
    assert set(lacks(article())) <= kinds().keys()
    assert lacks(article(contributors=(AUTHOR,), journal=Journal(publisher="Lamp Press"))) == ()
    anonymous = (Contributor(kind="anonymous"), Contributor(surname="Petrova", role="editor"))
    assert lacks(article(contributors=anonymous))[0] == "datacite-author-missing"


def test_editors_and_translators_are_contributors_and_reviewers_have_no_word():
    people = (AUTHOR, *(Contributor(surname=role, role=role) for role in ("editor", "translator", "reviewer")))
    found = attributes(article(contributors=people))
    assert [each["name"] for each in found["creators"]] == ["Okoye, Chidi"]
    assert [each["contributorType"] for each in found["contributors"]] == ["Editor", "Translator"]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (PubDate(year=2021, month=3, day=5), "2021-03-05"),
        (PubDate(year=2021, month=3), "2021-03"),
        (PubDate(year=2021, month=21), "2021"),
        (PubDate(year=987), "0987"),
    ],
)
def test_a_date_says_what_is_known_and_a_season_is_not_a_month(date: PubDate, expected: str):
    assert attributes(article(dates=(date,)))["dates"] == [{"date": expected, "dateType": "Issued"}]


def test_a_relation_without_an_exact_word_and_an_update_are_left_out():
    relations = (
        Relation(kind="isTranslationOf", target="10.5555/b"),
        Relation(kind="hasPreprint", target="10.5555/c"),
        Relation(kind="correction", target="10.5555/d", update=True),
        Relation(kind="hasReview", target="https://example.org/review", target_type="uri"),
        Relation(kind="isPartOf", target="x", target_type="other"),
    )
    found = attributes(article(relations=relations))["relatedIdentifiers"]
    assert [(each["relationType"], each["relatedIdentifierType"]) for each in found] == [
        ("IsTranslationOf", "DOI"),
        ("IsReviewedBy", "URL"),
    ]


def test_each_award_of_a_named_funder_has_a_row():
    grants = (
        Funding(funder="Fund", funder_id="https://doi.org/10.13039/1", awards=("A-1", "https://doi.org/10.5555/grant")),
        Funding(funder="Town", ror="https://ror.org/02jx3x895"),
        Funding(ror="https://ror.org/02jx3x895", awards=("7",)),
    )
    found = attributes(article(funding=grants))["fundingReferences"]
    assert [(each["funderName"], each.get("awardNumber"), each.get("awardUri")) for each in found] == [
        ("Fund", "A-1", None),
        ("Fund", None, "https://doi.org/10.5555/grant"),
        ("Town", None, None),
    ]


def test_the_electronic_issn_names_the_container_and_without_a_title_there_is_none():
    issns = (Issn("2049-3630", "print"), Issn("2049-3649", "electronic"))
    titled = Journal(titles=(LangText(("Lamps",)),), issns=issns)
    assert attributes(article(journal=titled))["container"]["identifier"] == "2049-3649"
    assert "container" not in attributes(article(journal=Journal(issns=issns)))


def test_the_vocabulary_has_only_words_of_our_articles_and_of_the_schema():
    ours = json.loads(schema_text("article.schema.json"))
    text = json.dumps(ours)
    theirs = json.loads(schema_text(SCHEMA))["$defs"]
    for kind, words in vocabulary().items():
        assert [word for word in words if f'"{word}"' not in text] == [], kind
    assert set(vocabulary()["relations"].values()) <= set(theirs["relationType"]["enum"])
    assert set(vocabulary()["contributors"].values()) == {"Editor", "Translator"}
    assert "datacite" in schema()["properties"]


if __name__ == "__main__":
    for each in NAMES:
        (FOLDER / f"{each}.datacite.json").write_text(written(each), encoding="utf-8")
