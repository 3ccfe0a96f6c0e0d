"""What became of each DOI, and one DOI with its history."""

from __future__ import annotations

import pytest

from harvester.config import Config
from harvester.store import Event
from harvester.store.store import Store
from tests.store.samples import NOW
from tests.web.conftest import Browser, Seen
from tests.web.ledger import HOSTILE, decide, doi, fill_articles, write_file


@pytest.fixture
def filled(opened: Store, config: Config) -> Store:
    fill_articles(opened)
    write_file(opened, config.path.parent, 1, 2, 3)
    decide(opened, "refused", 1, kind="other", message=HOSTILE, who="person")
    decide(opened, "registered", 2)
    decide(opened, "registered_with_conflict", 3, conflict_id="9", dois_in_conflict=("10.5555/other",))
    return opened


def listed(seen: Seen) -> list[str]:
    return [link.text_content() for link in seen.page.xpath("//tbody//th/a")]


def test_every_doi_has_one_state(browser: Browser, filled: Store):
    seen = browser.get("/deposits/dois")
    assert [one.lower() for one in listed(seen)] == [doi(n).lower() for n in range(1, 6)]
    chips = {words: link for words, link in seen.links().items() if "state=" in link}
    numbers = [int(words.rpartition(" ")[2]) for words in chips]
    assert sum(numbers) == 5
    for words, link in chips.items():
        assert len(listed(browser.get(link))) == int(words.rpartition(" ")[2])


def test_actions_are_about_the_filter(browser: Browser, filled: Store):
    links = browser.get("/deposits/dois?state=refused").links()
    assert links["Send all of these again"] == "/ask/retry?subject=crossref&state=refused"
    assert links["Mark all as registered"] == "/ask/mark?subject=crossref&registered=yes&state=refused"
    assert "Send all of these again" not in browser.get("/deposits/dois").links()
    assert "Send all of these again" not in browser.get("/deposits/dois?state=never_sent").links()
    narrow = browser.get("/deposits/dois?state=refused&class=other").links()
    assert narrow["Send all of these again"] == "/ask/retry?subject=crossref&state=refused&class=other"


def test_json_is_that_of_the_command(browser: Browser, filled: Store):
    rows = browser.get("/deposits/dois.json?state=refused").json["deposits"]
    assert [(one["state"], one["class"], one["who"], one["message"]) for one in rows] == [
        ("refused", "other", "person", HOSTILE)
    ]
    assert len(browser.get("/deposits/dois.csv").body.splitlines()) == 6


def test_doi_with_its_history(browser: Browser, filled: Store):
    event = Event(at=NOW, state="refused", words=HOSTILE, batch_id="b1", doi=doi(1))
    filled.submissions.note("crossref", "live", [event])
    seen = browser.get("/deposits/doi", query_string={"doi": doi(1).upper()})
    assert seen.heading.lower() == doi(1).lower()
    assert "✕ refused" in seen.text
    assert f"refused : {HOSTILE}" in seen.text
    assert seen.links()["b1"] == "/deposits/b1"
    assert seen.links()["Send again"].startswith("/ask/retry?subject=crossref&doi=10.5555/")
    assert not seen.page.xpath("//main//script")
    document = browser.get("/deposits/doi.json", query_string={"doi": doi(1)}).json
    assert sorted(document) == ["at_crossref", "deposits", "files", "history", "schema"]


def test_conflict_leads_to_the_other_doi(browser: Browser, filled: Store):
    seen = browser.get("/deposits/doi", query_string={"doi": doi(3)})
    assert seen.links()["10.5555/other"] == "/deposits/doi?doi=10.5555/other"


def test_doi_that_was_never_sent(browser: Browser, filled: Store):
    seen = browser.get("/deposits/doi", query_string={"doi": doi(4)})
    assert "Nothing was sent yet." in seen.text
    assert "Send again" not in seen.links()


@pytest.mark.parametrize(("text", "status"), [("", 400), ("x", 400), (HOSTILE, 400), ("10.5555/nowhere", 404)])
def test_doi_that_is_not_there(browser: Browser, filled: Store, text: str, status: int):
    assert browser.get("/deposits/doi", query_string={"doi": text}).status == status


def test_empty_store_names_the_next_step(browser: Browser):
    assert "No article has a DOI yet. harvester check says why." in browser.get("/deposits/dois").text
