"""The help names every sign, and the keys of the pages that are there."""

from harvester.standing.source import LIGHTS
from harvester.web.run_parts import STATES
from tests.web.conftest import Browser


def test_every_sign_is_explained(browser: Browser):
    text = browser.get("/help").text
    for words in (*LIGHTS.values(), *(words for _, words in STATES.values())):
        assert words in text


def test_keys_can_be_turned_off(browser: Browser):
    page = browser.get("/help").page
    assert page.xpath("//input[@data-shortcuts]/@id") == page.xpath("//label/@for")
    assert "g u" in page.xpath("//kbd/text()")


def test_help_is_reached_from_everywhere(browser: Browser):
    assert browser.get("/runs").links()["Help"] == "/help"
