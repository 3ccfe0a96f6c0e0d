"""Which language a page has, through the whole site."""

from __future__ import annotations

import pytest
from msgspec import structs

from harvester.config import Config
from harvester.store.store import Store
from harvester.web.site import Site
from tests.store.samples import NOW
from tests.web.conftest import Browser, Seen


def language(seen: Seen) -> str:
    assert seen.headers["Content-Language"] == seen.page.get("lang")
    return str(seen.page.get("lang"))


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de,ru;q=0.5,en;q=0.3", "ru"),
        ("de", "en"),
        ("xx;q=nonsense,,;", "en"),
    ],
)
def test_browser_says_which_languages_its_person_reads(browser: Browser, accepted: str, expected: str):
    assert language(browser.get("/help", headers={"Accept-Language": accepted})) == expected


def test_configuration_has_the_language_of_all_others(config: Config, opened: Store):
    spanish = structs.replace(config, web=structs.replace(config.web, language="es"))
    browser = Browser(Site(lambda: spanish, now=lambda: NOW))
    assert language(browser.get("/help")) == "es"
    assert language(browser.get("/help", headers={"Accept-Language": "de"})) == "es"
    assert language(browser.get("/help", headers={"Accept-Language": "en"})) == "en"


def test_choice_is_remembered_and_changed(browser: Browser):
    russian = {"Accept-Language": "ru"}
    assert language(browser.get("/?lang=es", headers=russian)) == "es"
    assert language(browser.get("/runs", headers=russian)) == "es"
    assert language(browser.get("/runs?lang=en", headers=russian)) == "en"
    assert language(browser.get("/help", headers=russian)) == "en"


@pytest.mark.parametrize("odd", ["xx", "", "../ru", "RU", "<script>"])
def test_other_languages_are_not_remembered(browser: Browser, odd: str):
    seen = browser.get("/help", query_string={"lang": odd})
    assert language(seen) == "en"
    assert "Set-Cookie" not in seen.headers


def test_links_lead_to_the_same_page_in_each_language(browser: Browser):
    seen = browser.get("/records?state=ready&lang=ru")
    links = {link.get("hreflang"): link.get("href") for link in seen.page.xpath("//footer//a[@hreflang]")}
    assert links == {code: f"/records?state=ready&lang={code}" for code in ("en", "es", "ru")}
    (here,) = seen.page.xpath("//footer//a[@aria-current]")
    assert (here.text, here.get("lang")) == ("Русский", "ru")


def test_failure_leads_to_the_first_page_in_each_language(browser: Browser):
    seen = browser.get("/nowhere", headers={"Accept-Language": "es"})
    assert (seen.status, seen.heading) == (404, "No existe esa página")
    assert {link.get("href") for link in seen.page.xpath("//footer//a[@hreflang]")} == {
        "/?lang=en",
        "/?lang=es",
        "/?lang=ru",
    }


def test_cookie_is_for_this_site_below_its_path_only(browser_below):
    seen = browser_below("/library").get("/library/help?lang=ru")
    assert seen.headers["Set-Cookie"].startswith("harvester-language=ru;")
    assert "Path=/library/" in seen.headers["Set-Cookie"]
    assert "HttpOnly" in seen.headers["Set-Cookie"]


def test_programs_get_english_whatever_they_accept(browser: Browser):
    russian = {"Accept-Language": "ru"}
    assert browser.get("/runs.csv", headers=russian).body == browser.get("/runs.csv").body
    assert browser.get("/nowhere.json", headers=russian).json["error"] == "There is no such page"
