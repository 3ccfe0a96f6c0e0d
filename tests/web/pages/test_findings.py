"""Findings by who can fix them, and the records with one of them."""

from __future__ import annotations

import csv
import io

import pytest

from harvester.errors import QueryTimeout
from harvester.model import Finding, Issn, Journal
from harvester.store.store import Store
from tests.store.samples import article, article_to_save, fill, name
from tests.web.conftest import Browser


@pytest.fixture
def three(opened: Store) -> None:
    """Three articles with findings that the journal and a person with the configuration can fix."""
    missing, unclear = Finding("doi-missing", "doi"), Finding("license-unclear", "licenses", "free")
    foreign = Finding("doi-foreign-prefix", "doi", "10.1/x", {"prefixes": "10.5555", "more": '["10.1"]'})
    other = article(3, journal=Journal(issns=(Issn("1234-5679"),)))
    fill(
        opened,
        article_to_save(1, findings=(missing, unclear)),
        article_to_save(2, findings=(missing, missing)),
        article_to_save(3, other, findings=(foreign,)),
    )


def test_findings_are_grouped_by_who_can_fix_them(browser: Browser, three: None):
    seen = browser.get("/findings")
    headings = [one.text for one in seen.page.xpath("//h2")]
    assert headings[:2] == ["You can fix these in config.toml", "The journal can fix these in its own system"]
    assert "The article has no DOI. 2 records Fixing this releases 2 records. What to do: Assign a DOI" in seen.text
    assert 'set prefixes = ["10.1"] under [crossref]' in seen.text  # with the values of the only one
    assert seen.page.xpath("//ul[@class='examples']//a")[0].get("href").startswith("/record?")


def test_number_leads_to_the_records_with_the_same_filters(browser: Browser, three: None):
    link = browser.get("/findings?source=wetlands").links()["2 records"]
    assert link == "/findings/doi-missing?source=wetlands"
    assert len(browser.get(link).page.xpath("//tbody/tr")) == 3


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", {"doi-missing", "license-unclear", "doi-foreign-prefix"}),
        ("severity=error", {"doi-missing", "doi-foreign-prefix"}),
        ("journal=1234-5679", {"doi-foreign-prefix"}),
        ("source=rivers", set()),
        ("severity=unknown", set()),
    ],
)
def test_filters(browser: Browser, three: None, query: str, codes: set[str]):
    seen = browser.get(f"/findings?{query}")
    links = seen.page.xpath("//main//a[starts-with(@href, '/findings/')]/@href")
    assert {link.partition("?")[0].rpartition("/")[2] for link in links} == codes
    rows = csv.DictReader(io.StringIO(browser.get(f"/findings.csv?{query}").body.decode("utf-8-sig")))
    assert {row["code"] for row in rows} == codes
    assert codes or "Nothing matches these filters." in seen.text


def test_json_has_every_finding(browser: Browser, three: None):
    found = browser.get("/findings.json").json["findings"]
    assert [(one["record"], one["code"]) for one in found] == [
        (name(3), "doi-foreign-prefix"),
        (name(2), "doi-missing"),
        (name(2), "doi-missing"),
        (name(1), "doi-missing"),
        (name(1), "license-unclear"),
    ]


def test_batches_of_csv_are_joined(browser: Browser, three: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harvester.web.listing.BATCH", 2)
    assert len(browser.get("/findings.json").json["findings"]) == 5
    assert len(browser.get("/findings/doi-missing.json").json["findings"]) == 3


def test_one_finding_is_explained_with_its_records(browser: Browser, three: None):
    seen = browser.get("/findings/doi-missing")
    assert seen.heading == "Finding doi-missing"
    assert "The record is held back until this is fixed." in seen.text
    assert [code[-4:] for code in seen.page.xpath("//tbody//th//code//text()")] == ["0002", "0002", "0001"]
    assert seen.links()["CSV"] == "/findings/doi-missing.csv"


def test_finding_that_no_record_has(browser: Browser, three: None):
    assert "No record has this finding." in browser.get("/findings/title-missing").text


@pytest.mark.parametrize("code", ["unknown", "x" * 999, "%3Cscript%3E"])
def test_finding_that_is_not_there(browser: Browser, code: str):
    for form in ("", ".json", ".csv"):
        assert browser.get(f"/findings/{code}{form}").status == 404


@pytest.mark.parametrize("after", ["x", "1", "1-", "-1", "1-x"])
def test_key_that_is_no_place_is_refused(browser: Browser, three: None, after: str):
    assert browser.get("/findings/doi-missing", query_string={"after": after}).status == 400


def test_nothing_found(browser: Browser):
    assert "Nothing found." in browser.get("/findings").text


def test_too_many_findings_name_the_next_step(browser: Browser, three: None, monkeypatch: pytest.MonkeyPatch):
    def slow(*_: object) -> None:
        raise QueryTimeout("takes too long")

    monkeypatch.setattr("harvester.store.search.Search.codes", slow)
    assert "There are too many to count in a second." in browser.get("/findings").text
