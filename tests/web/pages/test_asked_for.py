"""Who does what was asked for and when, and what it did."""

from __future__ import annotations

import pytest

from harvester.config import Config
from harvester.standing import wishes
from harvester.store import Wish
from harvester.store.store import Store
from harvester.system import locks
from tests.store.samples import NOW, begin
from tests.web.conftest import Browser
from tests.web.ledger import HOSTILE


@pytest.fixture
def wish(opened: Store) -> Wish:
    return opened.wishes.ask("harvest", "wetlands", {}, by=HOSTILE, now=NOW)


def test_wish_that_nobody_takes_names_the_command(browser: Browser, wish: Wish, config: Config):
    seen = browser.get("/asked/1")
    assert seen.heading == "Harvest wetlands"
    assert "… waits" in seen.text
    assert f"This command does it: harvester --config {config.path} harvest --due" in seen.text
    assert HOSTILE in seen.text
    assert not seen.page.xpath("//main//script")


def test_daemon_takes_it_now(browser: Browser, wish: Wish, config: Config):
    with locks.hold(config.locks_dir, "daemon", what="the daemon"):
        assert "The daemon does this now." in browser.get("/asked/1").text


def test_run_under_way_is_linked_and_polled(browser: Browser, opened: Store, wish: Wish, config: Config):
    opened.wishes.take(wish.id, NOW)
    run, _ = begin(opened)
    with locks.hold(config.locks_dir, wishes.lane_lock(wishes.lane(wish)), what="the harvest"):
        seen = browser.get("/asked/1")
        (polled,) = seen.page.xpath("//@data-poll")
        assert browser.get(polled).body in seen.body
    assert seen.links()[f"Run {run.id}"] == f"/runs/{run.id}"
    assert seen.page.xpath("//*[@data-running]")


def test_outcome_is_told_sentence_by_sentence(browser: Browser, opened: Store, wish: Wish):
    opened.wishes.take(wish.id, NOW)
    opened.wishes.end(wish.id, NOW, f"Run 1: complete.\nSet `retries` for {HOSTILE}.", succeeded=True)
    seen = browser.get("/asked/1")
    assert "✓ done" in seen.text
    assert [item.text_content() for item in seen.page.xpath("//section//li")] == [f"Set retries for {HOSTILE}."]
    assert not seen.page.xpath("//@data-poll | //button | //main//script")


@pytest.mark.parametrize("ended", [True, False])
def test_failed_or_interrupted_wish_can_be_asked_for_again(browser: Browser, opened: Store, wish: Wish, ended: bool):
    opened.wishes.take(wish.id, NOW)
    if ended:
        opened.wishes.end(wish.id, NOW, "The disk is full.", succeeded=False)
    seen = browser.get("/asked/1")
    assert ("✕ did not succeed" if ended else "! interrupted") in seen.text
    assert seen.page.xpath("//main//form/@action") == ["/ask/harvest/do"]


def test_repeated_filter_is_counted_again(browser: Browser, opened: Store):
    opened.wishes.ask("retry", "crossref", {"state": "refused", "expected": "2"}, by="anna", now=NOW)
    opened.wishes.end(1, NOW, "Nothing was done: 3 DOIs match now.", succeeded=False)
    again = browser.get("/asked/1").links()["Request it again"]
    assert again == "/ask/retry?subject=crossref&state=refused"


def test_wishes_are_listed_newest_first(browser: Browser, opened: Store, wish: Wish):
    assert browser.get("/asked").links()["Harvest wetlands"] == "/asked/1"
    opened.wishes.ask("brew", "tea", {}, by="anna", now=NOW)  # of a newer program
    seen = browser.get("/asked")
    assert [link.text for link in seen.page.xpath("//tbody//th/a")] == ["brew tea", "Harvest wetlands"]
    assert [one["state"] for one in browser.get("/asked.json").json["wishes"]] == ["waiting", "waiting"]
    assert browser.get("/asked/2").status == 200
    assert browser.get("/asked.csv").status == 200
    assert browser.get("/asked/1.json").json["wish"]["what"] == "harvest"


def test_empty_list_and_unknown_wish(browser: Browser):
    assert "Nobody has asked for anything on this page yet." in browser.get("/asked").text
    assert browser.get("/asked/9").status == 404
