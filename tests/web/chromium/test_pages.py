"""Every kind of page: accessible in both schemes, no sideways scrolling, no error, nothing from elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome
from werkzeug.exceptions import HTTPException

from harvester.web.addresses import routes
from tests.web.chromium.conftest import AXE, kinds_of_page, requested

LEVEL = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Only the colours differ between the schemes.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0]}).then(result => done(result.violations.map(
  violation => [violation.id, violation.nodes[0].html.slice(0, 200)])));
"""


def _kind(path: str) -> str | None:
    try:
        name, _ = routes().bind("localhost").match(path)
    except HTTPException:
        return None
    return str(name)


@pytest.fixture(scope="module")
def pages(site_address: str) -> dict[str, str]:
    """One address of each kind of page."""
    return kinds_of_page(site_address, _kind)


@pytest.mark.parametrize(
    ("scheme", "language", "rules"), [("light", "en", LEVEL), ("dark", "en", COLOURS), ("light", "ru", LEVEL)]
)
def test_axe_finds_nothing(
    page: Chrome, site_address: str, pages: dict[str, str], scheme: str, language: str, rules: object
):
    page.get(f"{site_address}/help?lang={language}")
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    found = {}
    for name, path in pages.items():
        page.get(site_address + path)
        page.execute_script(AXE.read_text(encoding="utf-8"))
        found[name] = page.execute_async_script(RUN_AXE, rules)
    assert len(found) > 5
    assert {name: violations for name, violations in found.items() if violations} == {}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_scrolls_sideways_on_a_narrow_screen(
    page: Chrome, site_address: str, pages: dict[str, str], language: str
):
    page.get(f"{site_address}/help?lang={language}")
    narrow = {"width": 320, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    widths = {}
    for name, path in pages.items():
        page.get(site_address + path)
        widths[name] = page.execute_script("return document.documentElement.scrollWidth")
    assert {name: width for name, width in widths.items() if width > 320} == {}


def test_no_page_requests_anything_from_elsewhere_or_breaks_its_policy(
    page: Chrome, site_address: str, pages: dict[str, str]
):
    for path in pages.values():
        page.get(site_address + path)
    hosts = {urlsplit(url).netloc for url in requested(page) if url.startswith("http")}
    assert hosts == {urlsplit(site_address).netloc}
    assert page.get_log("browser") == []
