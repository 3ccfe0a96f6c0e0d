"""The journals of the demo, served as a user would, and a Chromium before them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from lxml import html
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from harvester.config import Config, load
from harvester.demo import run
from harvester.web.server import serve
from harvester.web.site import Site

CHROMIUM, DRIVER = which("chromium"), which("chromedriver")
AXE = Path(__file__).parents[3] / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1200,900"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--disable-quic", "--no-default-browser-check", "--metrics-recording-only", "--disable-domain-reliability"),
)
_MISSING = [name for name, found in (("chromium", CHROMIUM), ("chromedriver", DRIVER)) if found is None]
_MISSING += [] if AXE.exists() else ["axe-core"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            if _MISSING:
                item.add_marker(pytest.mark.skip(reason=f"{', '.join(_MISSING)} not installed; .ci/run does it"))


@pytest.fixture(scope="session")
def demo_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The configuration of the demo after its whole way, from harvest to registered DOIs."""
    folder = tmp_path_factory.mktemp("demo")
    run.run(folder)
    return load(folder / "config.toml")


@pytest.fixture(scope="session")
def site_address(demo_config: Config) -> Iterator[str]:
    with serve(Site(lambda: demo_config), "127.0.0.1:0") as address:
        yield address.rstrip("/")


def opened(*, scripts: bool = True) -> Chrome:
    """A Chromium without a window that logs its requests."""
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return Chrome(options=options, service=Service(DRIVER))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chrome]:
    driver = opened()
    yield driver
    driver.quit()


@pytest.fixture
def page(chromium: Chrome) -> Iterator[Chrome]:
    """The Chromium in its first state: bright, 1200 pixels wide, without cookies, its log of requests empty."""
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.get_log("performance")
    chromium.get_log("browser")
    yield chromium
    chromium.get("about:blank")


def requested(driver: Chrome) -> set[str]:
    """The addresses that the Chromium has requested since this was last asked."""
    messages = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
    sent = (message["params"] for message in messages if message["method"] == "Network.requestWillBeSent")
    return {params["request"]["url"] for params in sent}


def kinds_of_page(address: str, kind_of: Callable[[str], str | None]) -> dict[str, str]:
    """One address of each kind of page that links lead to from the first one, by the name of its kind."""
    found: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop(0)
        name = kind_of(urlsplit(path).path)
        if name is None or name in found:
            continue
        with urlopen(address + path) as answer:
            if answer.headers.get_content_type() != "text/html":
                continue
            document = html.document_fromstring(answer.read())
        found[name] = path
        waiting += [link for anchor in document.iter("a") if (link := anchor.get("href", "")).startswith("/")]
    return found
