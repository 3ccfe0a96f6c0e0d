"""What people do with the page: by keyboard, without scripts, on paper."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By

from tests.web.chromium.conftest import opened

FOCUS = "return document.activeElement.textContent.trim() || document.activeElement.name"
OUTLINE = "return getComputedStyle(document.activeElement).outlineStyle"


@pytest.fixture
def without_scripts() -> Iterator[Chrome]:
    driver = opened(scripts=False)
    yield driver
    driver.quit()


def press(page: Chrome, *keys: str) -> None:
    ActionChains(page).send_keys(*keys).perform()


def heading(page: Chrome) -> str:
    return page.find_element(By.TAG_NAME, "h1").text


def test_tab_goes_from_the_skip_link_through_the_menu_and_is_seen(page: Chrome, site_address: str):
    page.get(f"{site_address}/records")
    menu = [link.text for link in page.find_elements(By.CSS_SELECTOR, "header nav a")]
    reached = []
    for _ in range(len(menu) + 1):
        press(page, Keys.TAB)
        reached.append(page.execute_script(FOCUS))
        assert page.execute_script(OUTLINE) != "none"
    assert reached == ["Skip to the content", *menu]


def test_skip_link_leads_to_the_content(page: Chrome, site_address: str):
    page.get(f"{site_address}/records")
    press(page, Keys.TAB, Keys.ENTER)
    assert page.execute_script("return document.activeElement.id") == "content"


def test_two_keys_open_a_page_and_a_slash_the_search(page: Chrome, site_address: str):
    page.get(f"{site_address}/runs")
    press(page, "g", "r")
    assert heading(page) == "Records"
    press(page, "/")
    assert page.execute_script("return document.activeElement.type") in ("search", "text")
    press(page, "g", "u")  # typed into the field
    assert heading(page) == "Records"


def test_everything_is_found_without_scripts(without_scripts: Chrome, site_address: str):
    page = without_scripts
    page.get(f"{site_address}/records")
    field = page.find_element(By.CSS_SELECTOR, "main form input:not([type=hidden])")
    field.send_keys("kitchen scales")
    field.submit()
    page.find_element(By.PARTIAL_LINK_TEXT, "Twelve kitchen scales").click()
    assert heading(page).startswith("Twelve kitchen scales")
    assert "is in the future" in page.find_element(By.TAG_NAME, "main").text


def test_paper_has_the_content_without_the_menu(page: Chrome, site_address: str):
    page.get(f"{site_address}/findings")
    assert base64.b64decode(page.print_page()).startswith(b"%PDF")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not page.find_element(By.CSS_SELECTOR, "header nav").is_displayed()
    assert page.find_element(By.TAG_NAME, "h1").is_displayed()
