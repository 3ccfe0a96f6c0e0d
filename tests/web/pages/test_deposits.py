"""What is ready, the DOIs by state, and the files."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from harvester.config import Config, load
from harvester.store import Account
from harvester.store.store import Store
from harvester.web.pages.deposits import size_words
from harvester.web.site import Site
from tests.store.samples import NOW
from tests.web.conftest import Browser
from tests.web.ledger import CROSSREF, STAMP, XML, decide, fill_articles, write_file


@pytest.fixture
def filled(opened: Store, config: Config) -> Store:
    fill_articles(opened)
    write_file(opened, config.path.parent, 1, 2)
    write_file(opened, config.path.parent, 3, batch_id="b2", stamp=STAMP + 1)
    decide(opened, "refused", 1)
    decide(opened, "registered", 2)
    return opened


def test_numbers_of_dois_add_up_and_lead_to_their_lists(browser: Browser, filled: Store):
    seen = browser.get("/deposits")
    tiles = {
        " ".join(tile.xpath("dt")[0].text_content().split()): tile.xpath("dd/a")[0]
        for tile in seen.page.xpath("//dl[@class='tiles']/div")
    }
    assert {name: int(link.text) for name, link in tiles.items()} == {"✓registered": 1, "✕refused": 1, "…never sent": 3}
    assert "5 DOIs in all." in seen.text
    for link in tiles.values():
        assert len(browser.get(link.get("href")).page.xpath("//tbody[not(ancestor::details)]/tr")) == int(link.text)


def test_files_come_newest_first_with_what_became_of_them(browser: Browser, filled: Store):
    seen = browser.get("/deposits")
    assert [link.text_content() for link in seen.page.xpath("//tbody[not(ancestor::details)]//th/a")] == ["b2", "b1"]
    rows = [" ".join(row.text_content().split()) for row in seen.page.xpath("//tbody[not(ancestor::details)]/tr")]
    assert "not sent" in rows[0]
    assert "1 registered" in rows[1]
    assert "1 refused" in rows[1]
    assert [
        one.text_content()
        for one in browser.get("/deposits?state=completed").page.xpath("//tbody[not(ancestor::details)]//th/a")
    ] == ["b1"]
    assert browser.get("/deposits?state=written").links()["not sent ✕Remove the filter State"] == "/deposits"


def test_json_and_csv(browser: Browser, filled: Store):
    first, second = browser.get("/deposits.json").json["files"]
    assert (first["batch_id"], first["records"], first["state"], first["size"]) == (
        "b2",
        1,
        "written",
        len(XML.encode()),
    )
    assert second["dois"] == {"refused": 1, "registered": 1}
    assert second["timestamp"] == str(STAMP)
    assert len(browser.get("/deposits.csv").body.splitlines()) == 3


def test_pages_are_read_by_key(browser: Browser, opened: Store, config: Config):
    fill_articles(opened)
    for number in range(53):
        write_file(opened, config.path.parent, 1, batch_id=f"f{number}", stamp=STAMP + number)
    first = browser.get("/deposits")
    second = browser.get(first.links()["Next page"])
    assert [len(seen.page.xpath("//tbody[not(ancestor::details)]/tr")) for seen in (first, second)] == [50, 3]


def test_without_settings_the_page_says_what_to_set(browser: Browser, filled: Store):
    seen = browser.get("/deposits")
    assert "config.toml has no table [crossref]" in seen.text
    assert "Write files" not in seen.links()


@pytest.fixture
def with_crossref(config: Config) -> None:
    config.path.write_text(config.path.read_text() + CROSSREF)


def test_what_is_ready_can_be_written(with_crossref: None, config: Config, filled: Store):
    loaded = load(config.path)
    browser = Browser(Site(lambda: loaded, now=lambda: NOW))
    seen = browser.get("/deposits")
    assert "1 article is ready for Crossref: new, or changed since the last file." in seen.text
    assert "1 article of 5 held back." in seen.text
    assert seen.links()["Write files"] == "/ask/export?subject=crossref"
    assert "Sending to Crossref is off" in seen.text
    assert seen.links()["Download the file not sent (ZIP)"] == "/deposits/files.zip?target=crossref"


def test_refused_login_is_above_all(browser: Browser, filled: Store):
    filled.submissions.save_account(
        Account(target="crossref", system="live", login="x", stopped=NOW - timedelta(hours=1), answer="<b>401</b>")
    )
    seen = browser.get("/deposits")
    assert "Crossref refuses the login: <b>401</b>" in seen.text
    assert seen.links()["Try the login again"] == "/ask/retry?subject=crossref&login=yes"


def test_empty_store_names_the_next_step(browser: Browser):
    seen = browser.get("/deposits")
    assert "No deposit file was written yet. harvester export writes what is ready." in seen.text
    assert "No article has a DOI yet." in seen.text


def test_zip_has_what_was_not_sent(browser: Browser, filled: Store):
    answer = browser.get("/deposits/files.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert 'attachment; filename="crossref-' in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == {"b2.xml": XML}


def test_zip_of_nothing_or_of_a_changed_file_is_refused(browser: Browser, opened: Store, config: Config):
    assert browser.get("/deposits/files.zip").status == 404
    fill_articles(opened)
    write_file(opened, config.path.parent, 1).write_text("changed")
    seen = browser.get("/deposits/files.zip")
    assert (seen.status, "is not what was written any more" in seen.heading) == (404, True)


@pytest.mark.parametrize("path", ["/deposits", "/deposits/dois", "/deposits/doi", "/deposits/files.zip"])
def test_unknown_target_is_refused(browser: Browser, path: str):
    assert browser.get(path, query_string={"target": "nobody", "doi": "10.5555/a"}).status == 400


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 byte"), (999, "999 bytes"), (12_345, "12 kB"), (3_400_000, "3.4 MB")]
)
def test_sizes(size: int, words: str):
    assert size_words(size) == words


def test_articles_in_files_are_shown_week_by_week(browser: Browser, filled: Store):
    (chart,) = browser.get("/deposits").page.xpath("//section[h2='Articles in deposit files by week']")
    rows = [[cell.text_content() for cell in row] for row in chart.xpath(".//tbody/tr")]
    assert len(rows) == 26
    assert rows[0] == ["2025-02-24", "3"]
