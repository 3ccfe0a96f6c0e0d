"""The first page: what needs a person, at a glance."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from harvester.errors import QueryTimeout
from harvester.model import Token
from harvester.store.store import Store
from harvester.system import locks
from harvester.web.site import Site
from tests.store.samples import NOW, article_to_save, begin, fill, page, raw, save_page
from tests.web import ledger
from tests.web.conftest import Browser

BEFORE = NOW - timedelta(days=2)


def test_sources_are_listed_with_what_to_do(browser: Browser, opened: Store):
    seen = browser.get("/")
    assert (seen.status, seen.heading) == (200, "Overview")
    assert "… is not complete yet" in seen.text
    assert "never complete no schedule no run yet" in seen.text
    assert seen.links()["wetlands"] == "/sources/wetlands"


def test_source_that_failed_says_why(browser: Browser, opened: Store):
    run, _ = begin(opened)
    opened.runs.finish(run.id, "failed", NOW, "the provider answered <html>; run `harvester source test wetlands`")
    seen = browser.get("/")
    assert "✕ needs a person" in seen.text
    assert "the provider answered <html>" in seen.text
    assert "1 run, failed" in seen.text
    assert seen.links()["1"] == "/sources?light=bad"


def test_tiles_say_how_many(browser: Browser, opened: Store):
    fill(opened, article_to_save(1), article_to_save(2))
    seen = browser.get("/")
    numbers = {str(tile.find("dt").text): tile.xpath("string(dd)") for tile in seen.page.xpath("//dl/div")}
    assert numbers["new, in no file yet"] == "2"
    assert numbers["articles held back"] == "0"


def test_number_that_takes_too_long_is_not_counted(browser: Browser, opened: Store, monkeypatch: pytest.MonkeyPatch):
    def slow(*_: object) -> None:
        raise QueryTimeout("takes too long")

    monkeypatch.setattr("harvester.store.deposits.Deposits.counts", slow)
    seen = browser.get("/")
    assert (seen.status, "not counted" in seen.text) == (200, True)


def test_what_is_under_way_is_shown_and_refreshed(browser: Browser, opened: Store, config):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1), raw(2)), token=Token("t", 8, 0, None))
    begin(opened, "rivers")  # left by a crash
    with locks.hold(config.locks_dir, "source-wetlands", what="a harvest"):
        seen = browser.get("/")
        (polled,) = seen.page.xpath("//@data-poll")
        fragment = browser.get(polled)
    assert "wetlands oai_dc 2 of 8 records" in seen.text
    assert "rivers" not in fragment.body.decode()
    assert b'data-says="wetlands: 20 %"' in fragment.body
    assert b"data-running" not in browser.get(polled).body  # nobody is at work on it any more


def test_page_without_a_source_names_the_first_step(config, opened: Store):
    empty = structs.replace(config, sources={})
    seen = Browser(Site(lambda: empty, now=lambda: NOW)).get("/")
    assert "There is no source yet. harvester source probe URL" in seen.text


def test_source_that_is_not_configured_any_more_is_named(browser: Browser, opened: Store):
    fill(opened, article_to_save(1, source="rivers"), source="rivers")
    assert "rivers" in browser.get("/").text


def test_json_is_that_of_status(browser: Browser, opened: Store):
    document = browser.get("/.json").json
    assert document.keys() == {"schema", "sources", "leftovers", "deposits"}
    assert (document["sources"][0]["source"], document["sources"][0]["light"]) == ("wetlands", "wait")


def test_files_to_upload_and_refused_dois_are_counted_while_nothing_is_sent(
    browser: Browser, opened: Store, tmp_path: Path
):
    ledger.fill_articles(opened)
    ledger.write_file(opened, tmp_path, 1, 2)
    ledger.write_file(opened, tmp_path, 3, batch_id="b2", stamp=ledger.STAMP + 1)
    ledger.decide(opened, "refused", 1, batch_id="b1")
    seen = browser.get("/")
    numbers = {str(tile.find("dt").text): tile.xpath("string(dd)") for tile in seen.page.xpath("//dl/div")}
    assert (numbers["files to upload"], numbers["refused"]) == ("1", "1")
    links = seen.page.xpath("//dl/div[dt='files to upload' or dt='refused']//@href")
    assert links == ["/deposits?state=written", "/records?state=refused"]
