"""The list of runs, and one run."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from harvester.model import Token, Window
from harvester.store.store import Store
from harvester.system import locks
from harvester.web.listing import ROWS
from tests.store.samples import NOW, article_to_save, bad, begin, fill, page, raw, save_page
from tests.web.conftest import Browser

HOSTILE = '<script>alert("1")</script>'


@pytest.fixture
def three(opened: Store) -> None:
    """Three runs: one complete, one failed with a hostile message, one of another source."""
    fill(opened, article_to_save(1))
    run, _ = begin(opened)
    opened.runs.finish(run.id, "failed", NOW + timedelta(minutes=2), f"The provider answered {HOSTILE}")
    run, _ = begin(opened, "rivers")
    opened.runs.finish(run.id, "waiting", NOW)


def test_runs_are_listed_newest_first(browser: Browser, three: None):
    seen = browser.get("/runs")
    assert (seen.status, seen.heading) == (200, "Runs")
    assert [link.text for link in seen.page.xpath("//tbody//th/a")] == ["Run 3", "Run 2", "Run 1"]
    assert seen.page.xpath("//tbody/tr[1]/td[2]/bdi/text()") == ["rivers"]
    assert "✕ failed" in seen.text
    assert HOSTILE in seen.text  # as text
    assert not seen.page.xpath("//main//script")


def test_numbers_of_a_facet_add_up_and_lead_to_their_rows(browser: Browser, three: None):
    seen = browser.get("/runs")
    assert {words: link for words, link in seen.links().items() if "state=" in link} == {
        "failed 1": "/runs?state=failed",
        "waiting 1": "/runs?state=waiting",
        "complete 1": "/runs?state=complete",
    }
    failed = browser.get("/runs?state=failed")
    assert [link.text for link in failed.page.xpath("//tbody//th/a")] == ["Run 2"]
    assert failed.links()["failed ✕Remove the filter State"] == "/runs"


def test_filters_are_combined(browser: Browser, three: None):
    seen = browser.get("/runs?source=wetlands&state=complete&other=1")
    assert [link.text for link in seen.page.xpath("//tbody//th/a")] == ["Run 1"]
    assert seen.links()["complete ✕Remove the filter State"] == "/runs?source=wetlands"
    assert seen.links()["CSV"] == "/runs.csv?state=complete&source=wetlands"


def test_filter_without_a_run_can_be_removed(browser: Browser, three: None):
    seen = browser.get("/runs?source=lakes")
    assert "Nothing matches these filters." in seen.text
    assert seen.links()["Show everything"] == "/runs"
    assert seen.links()["lakes ✕Remove the filter Source"] == "/runs"


def test_empty_list_names_the_next_step(browser: Browser):
    assert "Nothing has been harvested yet. harvester harvest begins." in browser.get("/runs").text


def test_runs_are_paged_by_key(browser: Browser, opened: Store):
    for _ in range(ROWS + 3):
        begin(opened)
    first = browser.get("/runs?source=wetlands")
    assert len(first.page.xpath("//tbody/tr")) == ROWS
    assert "First page" not in first.links()
    second = browser.get(first.links()["Next page"])
    assert [link.text for link in second.page.xpath("//tbody//th/a")] == ["Run 3", "Run 2", "Run 1"]
    assert second.links()["First page"] == "/runs?source=wetlands"
    assert "Next page" not in second.links()
    assert "There are no more." in browser.get("/runs?after=1").text


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30, "²"])
def test_key_that_is_no_number_is_refused(browser: Browser, three: None, after: str):
    seen = browser.get("/runs", query_string={"after": after})
    assert (seen.status, "after must be a whole number" in seen.text) == (400, True)


def test_json_is_the_document_of_the_command(browser: Browser, three: None):
    answer = browser.get("/runs.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert (answer.json["schema"], [run["id"] for run in answer.json["runs"]]) == (1, [3, 2, 1])
    assert [run["id"] for run in browser.get("/runs.json?state=failed").json["runs"]] == [2]
    assert [run["id"] for run in browser.get("/runs.json?limit=2").json["runs"]] == [3, 2]


def test_csv_has_all_runs(browser: Browser, opened: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harvester.web.listing.BATCH", 4)
    for _ in range(10):
        begin(opened)
    answer = browser.get("/runs.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="runs.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [str(number) for number in range(10, 0, -1)]
    assert (rows[0]["source"], rows[0]["state"]) == ("wetlands", "running")


def test_one_run(browser: Browser, three: None):
    seen = browser.get("/runs/2")
    assert seen.heading == "Run 2 of wetlands"
    assert "State ✕ failed" in seen.text
    assert "Took 2 min" in seen.text
    assert HOSTILE in seen.text
    assert browser.get("/runs/2.json").json["run"]["state"] == "failed"


def test_run_with_rejected_records(browser: Browser, opened: Store):
    run, _ = begin(opened)
    saved = page(raw(1))
    opened.apply(run.id, (), type(saved)(records=saved.records, bad=(bad(HOSTILE, "no metadata"), bad(None, "cut"))))
    seen = browser.get(f"/runs/{run.id}")
    assert f"{HOSTILE} : no metadata" in seen.text
    assert "a record without an identifier : cut" in seen.text
    assert [one["reason"] for one in browser.get(f"/runs/{run.id}.json").json["rejected"]] == ["no metadata", "cut"]


def test_run_under_way_shows_how_far_it_came(browser: Browser, opened: Store, config):
    run, window = begin(opened, windows=[Window(prefix="oai_dc", set_spec="reeds", since="2024-01-01")])
    save_page(opened, run.id, window.id, page(raw(1), raw(2)), token=Token("t", 8, 0, None))
    with locks.hold(config.locks_dir, "source-wetlands", what="a harvest"):
        seen = browser.get(f"/runs/{run.id}")
        (polled,) = seen.page.xpath("//@data-poll")
        fragment = browser.get(polled)
    assert "set reeds , from 2024-01-01 : 2 of 8 records, 1 page" in seen.text
    assert "… under way" in seen.text
    assert seen.page.xpath("//*[@data-running]//*[local-name()='rect'][@class='fill']/@width") == ["25.0"]
    assert b"<html" not in fragment.body
    assert fragment.body in seen.body


def test_run_that_a_crash_ended_is_not_under_way(browser: Browser, opened: Store):
    run, _ = begin(opened)
    seen = browser.get(f"/runs/{run.id}")
    assert "The program ended in the middle of this run." in seen.text
    assert not seen.page.xpath("//@data-poll | //@data-running")


@pytest.mark.parametrize("number", ["0", "99", "9" * 18, "9" * 19, "9" * 5000, "-1", "x", "١"])
def test_run_that_is_not_there(browser: Browser, opened: Store, number: str):
    assert browser.get(f"/runs/{number}").status == 404
