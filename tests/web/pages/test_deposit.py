"""One deposit file."""

from __future__ import annotations

import pytest

from harvester.config import Config
from harvester.store import Event, FileLog
from harvester.store.store import Store
from tests.store.samples import NOW
from tests.web.conftest import Browser
from tests.web.ledger import HOSTILE, XML, decide, doi, fill_articles, write_file


@pytest.fixture
def filled(opened: Store, config: Config) -> Store:
    fill_articles(opened)
    write_file(opened, config.path.parent, 1, 2)
    return opened


def test_file_that_was_not_sent(browser: Browser, filled: Store):
    seen = browser.get("/deposits/b1")
    assert seen.heading == "b1"
    assert "not sent" in seen.text
    assert "In a file that was not sent." in seen.text
    links = seen.links()
    assert links["I uploaded it"] == "/ask/uploaded?subject=crossref&file=b1"
    assert links["Mark as registered"] == "/ask/mark?subject=crossref&registered=yes&file=b1"
    assert links["Hand in its log"] == "/ask/log?subject=crossref&file=b1"
    assert "Send again" not in links


def test_answer_of_each_doi_is_in_words(browser: Browser, filled: Store):
    decide(filled, "refused", 1, kind="other", message=f"ISSN of {HOSTILE}", who="person")
    decide(filled, "registered", 2)
    seen = browser.get("/deposits/b1")
    assert "✕ refused" in seen.text
    assert HOSTILE in seen.text  # in the title and in the message, as text
    assert not seen.page.xpath("//main//script")
    assert seen.links()[doi(1)] == f"/deposits/doi?doi={doi(1)}"
    assert [one["state"] for one in browser.get("/deposits/b1.json").json["deposits"]] == ["refused", "registered"]


def test_history_and_logs(browser: Browser, filled: Store):
    decide(filled, "registered", 1)
    file = filled.submissions.get("b1", "live")
    assert file is not None
    events = [Event(at=NOW, state="sent", words=HOSTILE, batch_id="b1")]
    filled.submissions.save(file, logs=[FileLog(name="b1.xml", received=NOW, raw=HOSTILE.encode())], events=events)
    seen = browser.get("/deposits/b1")
    assert f"sent : {HOSTILE}" in seen.text
    assert "In the words of Crossref" in seen.text
    assert not seen.page.xpath("//main//script")


def test_text_is_shown_as_text_and_downloaded_as_it_was_written(browser: Browser, filled: Store):
    seen = browser.get("/deposits/b1")
    assert "<doi_batch><title>Reeds &amp; \ufffd</title></doi_batch>" in seen.page.xpath("//pre")[-1].text_content()
    answer = browser.get("/deposits/b1/file")
    assert answer.body.decode() == XML
    assert answer.headers["Content-Disposition"] == 'attachment; filename="b1.xml"'
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_file_that_is_gone(browser: Browser, filled: Store, config: Config):
    (config.path.parent / "exports" / "b1.xml").unlink()
    seen = browser.get("/deposits/b1")
    assert "does not exist any more" in seen.text
    assert "Download" not in seen.links()
    assert browser.get("/deposits/b1/file").status == 404


@pytest.mark.parametrize("name", ["b9", "..%2Fconfig.toml", HOSTILE])
@pytest.mark.parametrize("form", ["", ".json", "/file"])
def test_file_that_is_not_in_the_ledger(browser: Browser, filled: Store, name: str, form: str):
    assert browser.get(f"/deposits/{name}{form}").status == 404
