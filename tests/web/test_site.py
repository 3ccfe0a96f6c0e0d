"""Requests become answers; every failure has a page of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harvester.errors import QueryTimeout
from harvester.store.store import Store
from harvester.web.layout import MENU
from harvester.web.replies import HEADERS
from tests.web.conftest import Browser


def test_every_answer_has_the_headers_that_protect_it(browser: Browser):
    for path in ("/runs", "/runs.json", "/nowhere", "/runs/7"):
        seen = browser.get(path)
        assert HEADERS.items() <= dict(seen.headers).items()
        assert seen.headers["Cache-Control"] == "no-store"
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_pages_have_neither_scripts_nor_styles_of_their_own(browser: Browser):
    page = browser.get("/runs").page
    assert not page.xpath("//style | //@style | //script[not(@src)] | //@*[starts-with(name(), 'on')]")


def test_links_stay_below_the_sub_path(browser_below):
    browser = browser_below("/library/harvester")
    seen = browser.get("/runs")
    addresses = seen.page.xpath("//@href | //@src")
    assert [one for one in addresses if not one.startswith(("/library/harvester/", "#"))] == []
    assert browser.get(seen.links()["Runs"]).status == 200


def test_sub_path_without_a_slash_is_the_first_page(browser_below):
    seen = browser_below("/library").request("", method="GET", base_url="http://localhost/library")
    assert (seen.status, seen.links()["Runs"]) == (200, "/library/runs")


def test_unknown_page_names_the_nearest_one(browser: Browser):
    seen = browser.get("/run")
    assert (seen.status, seen.heading) == (404, "There is no such page")
    assert seen.links()["/runs"] == "/runs"


def test_failure_of_json_is_json(browser: Browser):
    seen = browser.get("/runs/7.json")
    assert (seen.status, seen.json) == (404, {"schema": 1, "error": "There is no run 7"})


def test_other_methods_are_refused(browser: Browser):
    assert browser.post("/runs").status == 405
    assert browser.request("/runs", method="TRACE").status == 405
    assert browser.request("/runs", method="HEAD").body == b""


def test_store_that_cannot_be_read_is_a_page(browser: Browser, opened: Store):
    opened.close()
    Path(opened.where).unlink()
    for path in ("/runs", "/runs.csv", "/runs/1"):
        seen = browser.get(path)
        assert (seen.status, seen.heading) == (503, "The store cannot be read")
        assert "is missing" in seen.text


def test_query_that_takes_too_long_is_a_page(browser: Browser, opened: Store, monkeypatch: pytest.MonkeyPatch):
    def slow(*_: object, **__: object) -> None:
        raise QueryTimeout("takes too long")

    monkeypatch.setattr("harvester.store.runs.Runs.count_by", slow)
    assert "not counted: it takes too long" in browser.get("/runs").text
    monkeypatch.setattr("harvester.store.runs.Runs.find", slow)
    seen = browser.get("/runs")
    assert (seen.status, seen.heading) == (200, "Runs")
    assert "so it was given up" in seen.text
    monkeypatch.setattr("harvester.store.runs.Runs.get", slow)
    seen = browser.get("/runs/1")
    assert (seen.status, seen.heading) == (503, "This takes too long")


def test_error_in_the_program_has_the_number_of_its_log_line(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("harvester.store.runs.Runs.find", lambda *_, **__: 1 / 0)
    seen = browser.get("/runs")
    (number,) = re.findall(r"at error ([0-9a-f]{8})\.", seen.text)
    assert seen.status == 500
    assert f"error {number} in GET /runs" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in seen.text


def test_menu_has_the_pages_that_are_there(browser: Browser):
    links = browser.get("/runs").page.xpath("//nav[@aria-label='Main']//a")
    assert {link.text for link in links} <= {words for words, _ in MENU.values()}
    assert [link.text for link in links if link.get("aria-current")] == ["Runs"]
