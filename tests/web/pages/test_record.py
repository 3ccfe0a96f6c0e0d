"""One record: fields with origin and doubt, three forms, history, downloads."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from harvester.model import Finding
from harvester.store import BatchMember
from harvester.store.store import Store
from tests.store.samples import NOW, article, article_to_save, begin, fill, name, page, raw, save_page
from tests.web.conftest import CONFIG, Browser

HELD = Finding("doi-missing", "doi")


@pytest.fixture
def held(opened: Store) -> None:
    content = article(1, doi=None, landing_page="https://wetlands.example/1")
    fill(opened, article_to_save(1, content, findings=(HELD,)))


def test_record_that_is_held_back_says_why_and_what_to_do(browser: Browser, held: None):
    seen = browser.get("/record", query_string={"id": name(1)})
    assert (seen.status, seen.heading) == (200, "Growth of Phragmites, Reeds of the delta")
    assert "✕ held back" in seen.text
    assert "What holds it back ✕ The article has no DOI. What to do: Assign a DOI" in seen.text
    assert seen.links()["doi-missing"] == "/findings/doi-missing"
    assert seen.links()["https://wetlands.example/1"] == "https://wetlands.example/1"


def test_doubtful_fields_come_first_with_their_origin(browser: Browser, opened: Store):
    fill(opened, article_to_save(1, findings=(Finding("license-unclear", "licenses"),)))
    seen = browser.get("/record", query_string={"id": "10.5555/REEDS.1"})
    rows = [[cell.text_content() for cell in row] for row in seen.page.xpath("//*[@class='fields']//tbody/tr")]
    assert rows[0][:2] == ["Licenses", "absent"]
    assert ["DOI", "10.5555/Reeds.1", "dc:identifier", ""] in rows


def test_three_forms_each_with_its_download(browser: Browser, config, held: None):
    seen = browser.get("/record", query_string={"id": name(1), "source": "wetlands"})
    assert [one.text for one in seen.page.xpath("//*[@class='panes']//h2")] == ["As sent", "Article", "Deposit"]
    assert "<metadata><p>1 first" in seen.page.xpath("string(//*[@id='sent-0'])")
    assert json.loads(seen.page.xpath("string(//*[@id='article-text'])"))["landing_page"]
    sent, document = seen.page.xpath("//*[@class='panes']//a[text()='Download']/@href")[:2]
    for link, kind in ((sent, "application/xml"), (document, "application/json")):
        answer = browser.get(link)
        assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
        assert answer.headers["Content-Disposition"].startswith(
            'attachment; filename="oai-wetlands.example-article-0001'
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_deposit_needs_its_settings(browser: Browser, opened: Store):
    fill(opened, article_to_save(1))
    seen = browser.get("/record", query_string={"id": name(1)})
    assert "[crossref]" in " ".join(seen.page.xpath("//*[@id='deposit']/..//text()"))
    assert browser.get("/record/deposit", query_string={"id": name(1)}).status == 404


CROSSREF = """
[crossref]
depositor_name = "Wetlands"
depositor_email = "editor@wetlands.example"
registrant = "Wetlands"
"""


@pytest.mark.parametrize(("doi", "words"), [(None, "A preview"), ("10.5555/1", "As it would be written now.")])
def test_deposit_is_shown_and_nothing_is_written(config, opened: Store, doi: str | None, words: str):
    from harvester.config import load
    from harvester.web.site import Site

    config.path.write_text(CONFIG + CROSSREF, encoding="utf-8")
    content = article(1, doi=doi, landing_page="https://wetlands.example/1")
    fill(opened, article_to_save(1, content, findings=() if doi else (HELD,)))
    again = load(config.path)
    browser = Browser(Site(lambda: again, now=lambda: NOW))
    seen = browser.get("/record", query_string={"id": name(1)})
    assert words in seen.text
    assert "\n  <head>\n" in seen.page.xpath("string(//*[@id='deposit-text'])")
    assert b"<doi_batch" in browser.get("/record/deposit", query_string={"id": name(1)}).body
    assert opened.ledger.last_timestamp() == 0


def test_history_has_each_version_with_what_changed(browser: Browser, opened: Store):
    fill(opened, article_to_save(1))
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1, "second"), decision="changed"))
    seen = browser.get("/record", query_string={"id": name(1)})
    assert "<p>1 second" in seen.page.xpath("string(//*[@id='sent-0'])")
    assert "<p>1 first" in seen.page.xpath("string(//*[@id='sent-1'])")
    history = " ".join(" ".join(seen.page.xpath("//*[@id='history']/..//text()")).split())
    assert "run 1 , oai_dc , datestamp 2024-01-02T03:04:05Z, replaced by run 2" in history
    assert "-<p>1 first" in history
    assert "+<p>1 second" in history
    old = [link for link in seen.page.xpath("//@href") if "version=" in link]
    assert b"1 first" in browser.get(old[0]).body
    assert browser.get(f"{old[0]}999").status == 404


def test_files_are_in_the_history(browser: Browser, opened: Store):
    fill(opened, article_to_save(1))
    found = opened.articles.find(name(1))[0]
    members = [BatchMember(found.id, found.doi or "", found.fingerprint or "")]
    opened.ledger.plan("crossref", "b1", 20250301120000000, "5.4.0", members, NOW)
    opened.ledger.mark_exported("b1", "/exports/b1.xml", "cd" * 32, 1, NOW + timedelta(hours=1))
    seen = browser.get("/record", query_string={"id": name(1)})
    assert "2025-03-01 13:00 UTC in b1.xml" in seen.text
    assert "In a file that was not sent." in seen.text


def test_document_is_that_of_the_command(browser: Browser, opened: Store):
    fill(opened, article_to_save(1, findings=(HELD,)))
    answer = browser.get("/record.json", query_string={"id": name(1)}).json
    assert (answer["schema"], answer["record"], answer["state"], answer["also"]) == (1, name(1), "held", [])
    assert answer["findings"][0]["fix"].startswith("Assign a DOI")


def test_deleted_record_keeps_its_history(browser: Browser, opened: Store):
    fill(opened, article_to_save(1, deleted=True))
    seen = browser.get("/record", query_string={"id": name(1)})
    assert (seen.status, "deleted by the provider" in seen.text) == (200, True)


def test_several_records_with_a_doi_name_each_other(browser: Browser, opened: Store):
    fill(opened, article_to_save(1), article_to_save(2, article(1)))
    seen = browser.get("/record", query_string={"id": "10.5555/reeds.1"})
    assert f"Other records with this identifier or DOI: {name(2)}" in seen.text
    assert browser.get(seen.links()[name(2)]).status == 200


@pytest.mark.parametrize("query", [{"id": "oai:nowhere"}, {"id": name(1), "source": "rivers"}, {"id": "x" * 9000}])
def test_record_that_is_not_there(browser: Browser, held: None, query: dict[str, str]):
    for path in ("/record", "/record.json", "/record/sent", "/record/article", "/record/deposit"):
        assert browser.get(path, query_string=query).status == 404


def test_record_without_a_name_is_refused(browser: Browser):
    assert browser.get("/record").status == 400
    assert browser.get("/record?id=").status == 400
