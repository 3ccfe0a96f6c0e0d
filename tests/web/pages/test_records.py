"""The list of records: search, facets whose numbers add up, pages by key, JSON and CSV."""

from __future__ import annotations

import csv
import io
import re

import pytest

from harvester.errors import QueryTimeout
from harvester.model import Journal, Title
from harvester.store import BatchMember
from harvester.store.store import Store
from harvester.web.listing import ROWS
from tests.store.samples import NOW, article, article_to_save, fill, finding, name
from tests.web.conftest import Browser, Seen


@pytest.fixture
def four(opened: Store) -> None:
    """Four articles: ready, held back, deleted, and one in Russian that is in a file."""
    other = article(4, titles=(Title(text=("Плавни и камыш",), lang="ru"),), journal=Journal())
    fill(
        opened,
        article_to_save(1),
        article_to_save(2, findings=(finding("error"),)),
        article_to_save(3, deleted=True),
        article_to_save(4, other),
    )
    found = opened.articles.find(name(4))[0]
    members = [BatchMember(found.id, found.doi or "", found.fingerprint or "")]
    opened.ledger.plan("crossref", "b1", 20250301120000000, "5.4.0", members, NOW)
    opened.ledger.mark_exported("b1", "/exports/b1.xml", "cd" * 32, 1, NOW)


def numbers(seen: Seen) -> list[int]:
    return [int(one[-4:]) for one in seen.page.xpath("//tbody//th//code//text()")]


def test_records_are_listed_newest_first_with_their_states(browser: Browser, four: None):
    seen = browser.get("/records")
    assert (seen.status, seen.heading, numbers(seen)) == (200, "Records", [4, 3, 2, 1])
    assert "✕ held back" in seen.text
    assert seen.page.xpath("//tbody//th//a/bdi/text()")[0] == "Плавни и камыш"


def test_numbers_of_the_states_add_up_and_lead_to_their_records(browser: Browser, four: None):
    seen = browser.get("/records")
    states = {words: link for words, link in seen.links().items() if "state=" in link}
    assert states == {
        "held back 1": "/records?state=held_back",
        "ready for deposit 1": "/records?state=ready",
        "in a file that was not sent 1": "/records?state=in_file",
        "deleted by the provider 1": "/records?state=deleted",
    }
    for words, link in states.items():
        assert len(numbers(browser.get(link))) == int(words.rpartition(" ")[2])


def test_every_number_of_a_facet_is_that_of_its_list(browser: Browser, four: None):
    for link in browser.get("/records").page.xpath("//nav[@aria-label='Filters']//a"):
        number = int(re.sub(r"\D", "", link.xpath("string(.//*[@class='count'])")))
        assert len(numbers(browser.get(link.get("href")))) == number, link.get("href")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("10.5555/reeds.2", [2]),
        ("https://doi.org/10.5555/Reeds.2", [2]),
        (name(3), [3]),
        ("growth phragmites", [3, 2, 1]),
        ("ПЛАВНИ", [4]),
        ("nothing like this", []),
        ("oai:unknown", []),
    ],
)
def test_search(browser: Browser, four: None, query: str, expected: list[int]):
    seen = browser.get("/records", query_string={"q": query})
    assert numbers(seen) == expected
    assert seen.page.xpath("//input[@name='q']/@value") == [query]
    assert any("Remove the filter Search" in words for words in seen.links())


def test_search_keeps_the_other_filters(browser: Browser, four: None):
    seen = browser.get("/records?state=ready&q=growth")
    assert numbers(seen) == [1]
    assert dict(zip(seen.page.xpath("//form//input/@name"), seen.page.xpath("//form//input/@value"), strict=True)) == {
        "q": "growth",
        "state": "ready",
    }


@pytest.mark.parametrize("query", ["state=unknown", "state=ready&source=x", "journal=0000-0000", "year=1800", "code=x"])
def test_filter_without_a_record_offers_all(browser: Browser, four: None, query: str):
    seen = browser.get(f"/records?{query}")
    assert "Nothing matches these filters." in seen.text
    assert seen.links()["Show everything"] == "/records"


def test_year_that_is_no_number_is_refused(browser: Browser, four: None):
    assert browser.get("/records?year=x").status == 400


def test_empty_store_names_the_next_step(browser: Browser):
    assert "There is no record yet. harvester harvest fetches" in browser.get("/records").text


def test_pages_are_by_key(browser: Browser, opened: Store):
    fill(opened, *map(article_to_save, range(1, ROWS + 4)))
    first = browser.get("/records?source=wetlands")
    second = browser.get(first.links()["Next page"])
    assert numbers(first)[-1] - 1 == numbers(second)[0]
    assert numbers(second) == [3, 2, 1]
    assert "offset" not in first.links()["Next page"]


def test_json_and_csv_have_all_that_match(browser: Browser, four: None):
    rows = browser.get("/records.json?state=held_back").json["records"]
    assert [(row["record"], row["state"], row["doi"]) for row in rows] == [(name(2), "held_back", "10.5555/Reeds.2")]
    table = list(csv.DictReader(io.StringIO(browser.get("/records.csv").body.decode("utf-8-sig"))))
    assert [row["state"] for row in table] == ["in_file", "deleted", "held_back", "ready"]
    assert table[2]["held_back"]


def test_what_could_not_be_counted_is_said(browser: Browser, four: None, monkeypatch: pytest.MonkeyPatch):
    def slow(*_: object) -> None:
        raise QueryTimeout("takes too long")

    for part in ("counts", "codes", "sent"):
        monkeypatch.setattr(f"harvester.store.search.Search.{part}", slow)
    seen = browser.get("/records")
    assert numbers(seen) == [4, 3, 2, 1]
    assert "not counted: it takes too long" in seen.text
    assert "held back 1" in seen.links()  # known without counting
    assert "registered" in seen.links()  # without a number


def test_a_search_that_takes_too_long_says_so_and_keeps_its_filters(
    browser: Browser, four: None, monkeypatch: pytest.MonkeyPatch
):
    def lines(*_: object, **__: object) -> None:
        raise QueryTimeout("interrupted")

    monkeypatch.setattr("harvester.store.search.Search.lines", lines)
    seen = browser.get("/records?q=reeds&source=reeds")
    assert seen.status == 200
    assert "takes more than a second, so it was given up" in seen.text
    assert seen.page.xpath("//input[@name='q']/@value") == ["reeds"]
    assert "Nothing matches" not in seen.text
    assert any(link.endswith("/records?q=reeds") for link in seen.links().values())
