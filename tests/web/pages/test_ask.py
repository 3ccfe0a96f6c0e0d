"""What would be done is said before, with numbers, and is asked for by POST only."""

from __future__ import annotations

import io
import logging

import pytest

from harvester.config import Config, load
from harvester.standing import wishes
from harvester.store import Wish
from harvester.store.store import Store
from harvester.web.site import Site
from tests.store.samples import NOW, article, article_to_save, fill
from tests.web.conftest import Browser, Seen
from tests.web.ledger import CROSSREF, HOSTILE, decide, doi, fill_articles, write_file

OWN = {"Origin": "http://localhost"}
SENDS = f'{CROSSREF}deposit = "live"\nlogin = "demo"\npassword_file = "password.txt"\n'
EVERY = [
    *(("full", "wetlands"), ("compare", "wetlands"), ("rebuild", "wetlands"), ("export", "crossref")),
    *(("retry", "crossref"), ("mark", "crossref"), ("uploaded", "crossref"), ("log", "crossref")),
]


@pytest.fixture
def filled(opened: Store, config: Config) -> Store:
    fill_articles(opened)
    write_file(opened, config.path.parent, 1, 2, 3)
    decide(opened, "refused", 1, 2, kind="issn_not_owned", who="publisher")
    decide(opened, "registered", 3)
    return opened


def ask(browser: Browser, what: str, **form: str) -> Seen:
    return browser.post(f"/ask/{what}/do", data=form, headers=OWN)


def asked(store: Store) -> Wish:
    (wish,) = store.wishes.open()
    return wish


def test_number_is_said_before_and_goes_into_the_wish(browser: Browser, filled: Store):
    question = browser.get("/ask/retry?subject=crossref&state=refused")
    assert question.heading == "Send 2 DOIs to Crossref again?"
    assert "What Crossref holds of these DOIs is overwritten." in question.text
    form = {field.get("name"): field.get("value") for field in question.page.xpath("//form//input")}
    assert form == {"subject": "crossref", "state": "refused", "expected": "2"}
    assert filled.wishes.open() == []  # a GET asks for nothing
    (action,) = question.page.xpath("//form/@action")
    answer = browser.post(action, data=form, headers=OWN)
    assert (answer.status, answer.headers["Location"]) == (303, "/asked/1")
    assert asked(filled).choices == {"state": "refused", "expected": "2"}


def test_whole_filter_is_meant_and_not_one_page(browser: Browser, opened: Store, config: Config):
    fill(opened, *(article_to_save(n) for n in range(1, 61)))
    write_file(opened, config.path.parent, *range(1, 61))
    decide(opened, "refused", *range(1, 61))
    assert browser.get("/ask/retry?subject=crossref&state=refused").heading == "Send 60 DOIs to Crossref again?"


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("retry?subject=crossref&state=refused&class=issn_not_owned", "Send 2 DOIs to Crossref again?"),
        ("retry?subject=crossref&state=refused&class=other", "Send 0 DOIs to Crossref again?"),
        (f"retry?subject=crossref&doi={doi(1)}", "Send 1 DOI to Crossref again?"),
        ("retry?subject=crossref&login=yes", "Try the login at Crossref again?"),
        ("mark?subject=crossref&file=b1&registered=yes", "Mark 3 DOIs as registered at Crossref?"),
        ("mark?subject=crossref&state=registered&registered=no", "Mark 1 DOI as not registered at Crossref?"),
        ("uploaded?subject=crossref&file=b1", "Mark the file as uploaded?"),
        ("log?subject=crossref", "Hand in a log of Crossref"),
        ("export?subject=crossref", "Write deposit files for Crossref?"),
        ("full?subject=wetlands", "Harvest all records of wetlands?"),
        ("compare?subject=wetlands", "Compare wetlands with its provider?"),
        ("rebuild?subject=wetlands", "Rebuild the articles of wetlands?"),
    ],
)
def test_every_kind_has_its_question(browser: Browser, filled: Store, query: str, heading: str):
    seen = browser.get(f"/ask/{query}")
    assert (seen.status, seen.heading) == (200, heading)
    assert len(seen.page.xpath("//main//form")) == (not heading.startswith("Send 0"))


def test_comparison_says_what_it_may_delete(browser: Browser, filled: Store):
    text = browser.get("/ask/compare?subject=wetlands").text
    assert "compares it with 5 records in the store" in text
    assert "0 at most, which is 10% (max_deletion_share)" in text
    assert ask(browser, "compare", subject="wetlands", confirm="yes").status == 303
    assert asked(filled).choices == {"confirm": "yes"}


def test_export_says_how_many_are_ready(browser: Browser, filled: Store):
    words = "1 article is ready for Crossref: new, or changed since the last file."
    assert words in browser.get("/ask/export?subject=crossref").text
    assert "5 articles" in browser.get("/ask/rebuild?subject=wetlands").text


def test_without_anything_to_do_there_is_no_button(browser: Browser, opened: Store):
    seen = browser.get("/ask/export?subject=crossref")
    assert "No article is new or changed since the last files for Crossref." in seen.text
    assert not seen.page.xpath("//main//form")


def test_deposit_is_irreversible_and_needs_settings(browser: Browser, filled: Store, config: Config):
    assert "Sending to Crossref is off" in browser.get("/ask/deposit?subject=crossref").text
    config.path.write_text(config.path.read_text() + SENDS)
    sending = load(config.path)
    question = Browser(Site(lambda: sending, now=lambda: NOW)).get("/ask/deposit?subject=crossref")
    assert "A DOI that Crossref registers cannot be taken back." in question.text
    assert "They go to the real system." in question.text
    assert question.page.xpath("//main//button/text()") == ["Send 1 article"]


@pytest.mark.parametrize(("what", "subject"), EVERY)
def test_subject_that_does_not_exist_is_refused(browser: Browser, filled: Store, what: str, subject: str):
    for wrong in ("", "nowhere", HOSTILE):
        assert browser.get(f"/ask/{what}", query_string={"subject": wrong}).status == 400
        assert ask(browser, what, subject=wrong).status == 400
    assert filled.wishes.open() == []


@pytest.mark.parametrize("what", ["brew", HOSTILE, "harvest"])
def test_question_that_does_not_exist(browser: Browser, what: str):
    assert browser.get(f"/ask/{what}?subject=wetlands").status == 404


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("retry", {}),
        ("retry", {"state": "refused"}),  # without the number that the person was told
        ("retry", {"state": "refused", "expected": "many"}),
        ("mark", {"doi": "10.5555/x"}),
        ("mark", {"state": "refused", "expected": "2", "registered": "perhaps"}),
        ("uploaded", {}),
        ("log", {}),
        ("log", {"pasted": "  "}),
    ],
)
def test_incomplete_form_asks_for_nothing(browser: Browser, filled: Store, what: str, form: dict[str, str]):
    assert ask(browser, what, subject="crossref", **form).status == 400
    assert filled.wishes.open() == []


def test_log_is_uploaded_or_pasted(browser: Browser, opened: Store):
    ask(browser, "log", subject="crossref", pasted="<log/>")
    assert opened.wishes.upload(asked(opened).id) == b"<log/>"
    file = (io.BytesIO(b"<other/>"), "log.xml")
    answer = browser.post("/ask/log/do", data={"subject": "crossref", "file": "b1", "log": file}, headers=OWN)
    assert answer.status == 303
    second = opened.wishes.newest()[0]
    assert (opened.wishes.upload(second.id), second.choices) == (b"<other/>", {"file": "b1"})


def test_log_that_is_too_large_is_refused(browser: Browser, opened: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harvester.web.pages.ask.LARGEST_LOG", 10)
    assert ask(browser, "log", subject="crossref", pasted="x" * 11).status == 400
    assert opened.wishes.open() == []


def test_who_asked_for_what_is_logged(
    browser: Browser, opened: Store, config: Config, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO, "harvester.web"):
        ask(browser, "harvest", subject="wetlands")
    assert "asks for: Harvest wetlands" in caplog.text
    assert asked(opened).asked_by in caplog.text
    assert wishes.announced(config) == NOW


def test_other_sites_and_readers_ask_for_nothing(browser: Browser, opened: Store):
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert browser.post("/ask/harvest/do", data={"subject": "wetlands"}, headers=headers).status == 403
    assert opened.wishes.open() == []


def test_title_of_a_record_is_text(browser: Browser, opened: Store):
    fill(opened, article_to_save(1, article(1, HOSTILE)))
    assert not browser.get("/ask/rebuild?subject=wetlands").page.xpath("//main//script")
