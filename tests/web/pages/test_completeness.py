"""How complete the articles of each journal are."""

from __future__ import annotations

import csv
import io

import pytest

from harvester.model import Issn, Journal, LangText, PubDate
from harvester.store.store import Store
from tests.store.samples import article, article_to_save, fill, finding
from tests.web.conftest import Browser


@pytest.fixture
def two_journals(opened: Store) -> None:
    other = Journal(titles=(LangText(("Bog Letters",)),), issns=(Issn("1234-5679"),))
    fill(
        opened,
        article_to_save(1),
        article_to_save(2, article(2, references=(), dates=(PubDate(year=1999),))),
        article_to_save(3, article(3, journal=other)),
        article_to_save(4, findings=(finding("error"),)),
    )


def test_shares_are_bars_with_their_numbers_as_text(browser: Browser, two_journals: None):
    seen = browser.get("/completeness")
    assert [one.text_content() for one in seen.page.xpath("//article//h2")] == ["Wetland Notes", "Bog Letters"]
    assert "Current are 2023 to 2025" in seen.text
    assert "1 current, 1 in the back file" in seen.text
    assert "References 100 % 0 %" in seen.text
    assert len(seen.page.xpath("//*[local-name()='svg' and @aria-hidden='true']")) == 3 * 11
    assert not seen.page.xpath("//@style")


def test_one_journal(browser: Browser, two_journals: None):
    seen = browser.get("/completeness?journal=1234-5679")
    assert [one.text_content() for one in seen.page.xpath("//article//h2")] == ["Bog Letters"]


def test_json_is_that_of_the_report_and_csv_is_flat(browser: Browser, two_journals: None):
    first, second = browser.get("/completeness.json").json["journals"]
    assert (first["journal"], first["current"]["percent"]["references"]) == ("2049-3630", 100.0)
    rows = list(csv.DictReader(io.StringIO(browser.get("/completeness.csv").body.decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == ["Wetland Notes", second["title"]]
    assert (rows[0]["back_file.articles"], rows[0]["back_file.percent.references"]) == ("1", "0.0")


def test_page_says_how_many_articles_it_read(browser: Browser, two_journals: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harvester.web.pages.completeness._BUDGET", -1.0)
    monkeypatch.setattr("harvester.web.pages.completeness._BATCH", 2)
    seen = browser.get("/completeness")
    assert "These are the shares of the newest 2 articles" in seen.text
    assert len(browser.get("/completeness.json").json["journals"]) == 2  # it reads all


def test_nothing_ready_names_the_next_step(browser: Browser):
    seen = browser.get("/completeness")
    assert "No article is ready for deposit here." in seen.text
    assert seen.links()["what holds records back"] == "/findings?severity=error"
