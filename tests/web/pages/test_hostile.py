"""A record whose every text attacks the page, through all pages that show records."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html

from harvester.model import (
    Abstract,
    Affiliation,
    Contributor,
    File,
    Finding,
    Funding,
    Issn,
    Journal,
    Keyword,
    LangText,
    License,
    Paragraph,
    Reference,
    Relation,
    Title,
)
from harvester.store.store import Store
from tests.store.samples import article, article_to_save, begin, fill, page, raw, save_page
from tests.web.conftest import Browser

SCRIPT = "<script>alert(1)</script>"
ATTACK = f"\"'>{SCRIPT}<img src=x onerror=alert(1)>\u202e}}]]>&lt;b&gt;\x00"
LINK = "javascript:alert(1)"
IDENTIFIER = f"oai:evil:{SCRIPT}\"'&?#/../%2e%2e/\u202e"
HUGE = "م" * 1_000_000


def hostile(title: str):
    """An article with the attack in every text, as far as the model allows."""
    return article(
        1,
        doi=f"10.5555/{SCRIPT}",
        landing_page=LINK,
        type=ATTACK,
        language="en",
        titles=(Title(text=(title,), subtitle=(SCRIPT,), lang='en" onclick="alert(1)'),),
        abstracts=(Abstract(blocks=(Paragraph((SCRIPT,)),), lang="<script>"),),
        contributors=(
            Contributor(surname=SCRIPT, given=LINK, orcid=LINK, affiliations=(Affiliation(name=SCRIPT, ror=LINK),)),
        ),
        journal=Journal(titles=(LangText((SCRIPT,)),), issns=(Issn(SCRIPT[:9]),), publisher=SCRIPT),
        volume=SCRIPT,
        issue=SCRIPT,
        keywords=(Keyword(SCRIPT),),
        licenses=(License(url=LINK),),
        funding=(Funding(funder=SCRIPT, awards=(SCRIPT,)),),
        relations=(Relation(kind=SCRIPT, target=LINK),),
        files=(File(url=LINK, mime=SCRIPT),),
        references=(Reference(key=SCRIPT, text=SCRIPT),),
        provenance={"doi": SCRIPT, "titles": SCRIPT},
    )


@pytest.fixture(params=["script", "huge"])
def evil(request: pytest.FixtureRequest, opened: Store) -> None:
    title = HUGE if request.param == "huge" else ATTACK
    payload = f"<metadata>{ATTACK}{HUGE if request.param == 'huge' else ''}</metadata>"
    findings = (
        Finding("doi-invalid", f"doi{SCRIPT}", SCRIPT),
        Finding("doi-missing", "doi", ATTACK),
    )
    save = article_to_save(1, hostile(title), identifier=IDENTIFIER, source="wetlands", findings=findings)
    run, window = begin(opened)
    record = raw(1, identifier=IDENTIFIER, payload=payload.encode())
    save_page(opened, run.id, window.id, page(record, articles=(save,)))


PATHS = (
    "/records",
    f"/records?q={'x' * 400}",
    "/findings",
    "/findings/doi-missing",
    "/findings/doi-invalid",
    "/completeness",
)


def check(body: bytes) -> None:
    """No element, attribute or link of the record has become one of the page, and it stays small."""
    text = body.decode()
    document: Any = html.document_fromstring(text)
    assert not document.xpath("//script[not(@src)] | //img | //b | //@style | //@*[starts-with(name(), 'on')]")
    assert not [link for link in document.xpath("//@href | //@src | //@action") if not link.startswith(("/", "#", "h"))]
    assert "\u202e" not in text
    assert "\x00" not in text
    assert len(body) < 1_000_000


def test_no_page_lets_a_record_in(browser: Browser, evil: None):
    for path in PATHS:
        seen = browser.get(path)
        assert seen.status == 200, path
        check(seen.body)


def test_its_own_page_shows_it_as_text(browser: Browser, evil: None):
    seen = browser.get("/record", query_string={"id": IDENTIFIER, "source": "wetlands"})
    assert seen.status == 200
    check(seen.body)
    assert not [link for link in seen.page.xpath("//@href") if "javascript" in link.partition("?")[0]]
    assert SCRIPT in seen.page.xpath("string(//*[@id='fields']/..)")


def test_its_links_lead_back_to_it(browser: Browser, evil: None):
    link = browser.get("/records").page.xpath("//tbody//th//a/@href")[0]
    seen = browser.get(link)
    assert seen.status == 200
    for download in seen.page.xpath("//a[text()='Download']/@href"):
        answer = browser.get(download)
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].isascii()
        assert "script" not in answer.headers["Content-Type"]


def test_other_forms_have_it_as_data(browser: Browser, evil: None):
    for path in ("/records", "/findings", "/findings/doi-missing", "/completeness"):
        assert browser.get(f"{path}.json").headers["Content-Type"] == "application/json"
        assert browser.get(f"{path}.csv").headers["Content-Type"].startswith("text/csv")
    assert browser.get("/record.json", query_string={"id": IDENTIFIER}).json["record"] == IDENTIFIER


VALUES = (SCRIPT, "\u202e\x00", "' OR 1=1 --", "%", "\ufffd" * 700, "9" * 30, ":source")
NAMES = ("q", "state", "source", "code", "severity", "journal", "year", "after", "id", "format", "version")


def test_parameters_are_text_too(browser: Browser, opened: Store):
    fill(opened, article_to_save(1))
    for path in ("/records", "/record", "/findings", "/findings/doi-missing", "/completeness", "/record/sent"):
        alone = [{name: SCRIPT} for name in NAMES]
        for query in (*alone, *(dict.fromkeys(("q", "source", "id"), value) for value in VALUES)):
            seen = browser.get(path, query_string=query)
            assert seen.status in (200, 400, 404), (path, query)
            check(seen.body)


def test_text_from_right_to_left_is_isolated(browser: Browser, opened: Store):
    titles = ("مجلة دراسات الورق 10.5555/ورق", "نیزار در دلتا 10.5555/نی")
    run, _ = begin(opened)
    for number, title in enumerate(titles, 1):
        content = article(number, doi=f"10.5555/{number}", titles=(Title(text=(title,), lang="ar"),))
        save_page(opened, run.id, None, page(raw(number), articles=(article_to_save(number, content),)))
    seen = browser.get("/records")
    assert set(titles) <= set(seen.page.xpath("//bdi/text()"))
    one = browser.get(seen.page.xpath("//tbody//th//a/@href")[0])
    assert one.page.xpath("//h1/bdi/text()") == [titles[1]]
    assert one.page.xpath("//*[@class='fields']//bdi[@lang='ar']/text()") == [titles[1]]
    assert {pre.get("dir") for pre in one.page.iter("pre")} == {"ltr"}
