"""What people ask for in the browser is done by the daemon, and they see it happen: from harvest to registered DOIs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from msgspec import Struct, structs
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from harvester import store
from harvester.config import Config, Web, load
from harvester.daemon.service import Daemon
from harvester.demo.crossref import QUICK_KNOBS
from harvester.standin import Account, State, serve
from harvester.web.access.passwords import hashed
from harvester.web.server import serve as serve_web
from harvester.web.site import Site
from tests.providers import small_journal
from tests.providers.server import Request
from tests.providers.truth import Truth, page_of

PASSWORD = "correct horse"
SENDING = """
deposit = "live"
deposit_url = "{root}"
api_url = "{root}"
login = "demo"
password_file = "crossref.txt"
pace = 0.01

[sources.small]"""
LONGEST = 30  # seconds until the page must show something


class Work(Struct, frozen=True):
    """The address of a page whose daemon harvests a provider, which sends its second page when it is `let_go`."""

    address: str
    let_go: threading.Event
    folder: Path


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    folder, let_go = tmp_path_factory.mktemp("work"), threading.Event()

    def waits(request: Request, _: Truth) -> None:
        if page_of(request, 2) == 2:
            let_go.wait(LONGEST)

    with ExitStack() as stack:
        account = Account(login="demo", password=PASSWORD, prefixes=("10.12345",))
        crossref = stack.enter_context(serve(State([account], knobs=QUICK_KNOBS)))
        provider = stack.enter_context(small_journal.serving(waits))
        configure(folder, provider.url, crossref.root)
        daemon = Daemon(folder / "config.toml", tick=0.05)
        thread = threading.Thread(target=daemon.run)
        thread.start()
        stack.callback(thread.join)
        stack.callback(daemon.stop)
        stack.callback(let_go.set)
        address = stack.enter_context(serve_web(Site(lambda: daemon.config), "127.0.0.1:0"))
        yield Work(address.rstrip("/"), let_go, folder)


def configure(folder: Path, url: str, crossref: str) -> None:
    (folder / "crossref.txt").write_text(PASSWORD, encoding="utf-8")
    (folder / "crossref.txt").chmod(0o600)
    text = small_journal.CONFIG.format(url=url)
    text = text.replace("\n[sources.small]", SENDING.format(root=crossref))
    (folder / "config.toml").write_text(text, encoding="utf-8")
    with store.connect(load(folder / "config.toml").store_url):
        pass


def until_it_says(page: Chrome, *words: str) -> str:
    """The text of the page as soon as it has these words. Nothing is loaded again."""

    def text(driver: Chrome) -> str | None:
        found = driver.find_element(By.TAG_NAME, "main").text
        return found if all(one in found for one in words) else None

    replaced = (StaleElementReferenceException,)  # by the script, while it was read
    return str(WebDriverWait(page, LONGEST, ignored_exceptions=replaced).until(text, f"{words} in {page.current_url}"))


def press(page: Chrome, words: str) -> None:
    """Clicks a button, or a link that looks like one."""
    page.find_element(By.XPATH, f"//main//*[self::button or self::a][normalize-space()='{words}']").click()


def test_harvest_and_deposit_are_asked_for_and_seen_until_their_end(page: Chrome, work: Work):
    _harvest(page, work)
    _deposit(page, work)


def _harvest(page: Chrome, work: Work) -> None:
    page.get(f"{work.address}/sources/small")
    press(page, "Harvest now")
    until_it_says(page, "under way", "Run 1")
    press(page, "Run 1")
    until_it_says(page, "2 of 4")
    page.execute_script("document.documentElement.dataset.same = 'page'")
    work.let_go.set()
    until_it_says(page, "complete", "1 list request done")
    assert page.execute_script("return document.documentElement.dataset.same") == "page"
    page.get(f"{work.address}/records")
    until_it_says(page, "On small things, part 3")


def _deposit(page: Chrome, work: Work) -> None:
    page.get(f"{work.address}/deposits")
    page.find_element(By.XPATH, "//main//a[contains(@href, '/ask/deposit')]").click()
    until_it_says(page, "3 articles", "Crossref")
    page.find_element(By.CSS_SELECTOR, "main form button").click()
    until_it_says(page, "done", "1 file sent to Crossref")

    def registered(driver: Chrome) -> int:
        driver.get(f"{work.address}/deposits/dois?state=registered")
        return len(driver.find_elements(By.PARTIAL_LINK_TEXT, "10.12345/small."))

    WebDriverWait(page, LONGEST).until(lambda driver: registered(driver) == 3)
    page.find_element(By.PARTIAL_LINK_TEXT, "10.12345/small.1").click()
    until_it_says(page, "registered", "Successfully added")


def test_file_is_downloaded_and_not_shown(page: Chrome, site_address: str, demo_config: Config, tmp_path: Path):
    page.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.get(f"{site_address}/deposits")
    page.find_element(By.CSS_SELECTOR, "main tbody th a").click()
    address = page.current_url
    press(page, "Download")
    (downloaded,) = WebDriverWait(page, LONGEST).until(lambda _: list(tmp_path.glob("*.xml")))
    assert downloaded.read_bytes() == (demo_config.exports_dir / downloaded.name).read_bytes()
    assert page.current_url == address


def test_log_in_opens_the_page_that_was_wanted_and_log_out_closes_it(page: Chrome, work: Work):
    file = work.folder / "password"
    file.write_text(hashed(PASSWORD), encoding="utf-8")
    config = structs.replace(load(work.folder / "config.toml"), web=Web(password_file=str(file)))
    with serve_web(Site(lambda: config), "127.0.0.1:0") as address:
        page.get(f"{address}runs")
        log_in(page, "another horse")
        assert "This password is wrong" in page.find_element(By.CSS_SELECTOR, "[role=alert]").text
        log_in(page, PASSWORD)
        assert page.current_url == f"{address}runs"
        page.find_element(By.XPATH, "//button[.='Log out']").click()
        page.get(f"{address}runs")
        assert page.find_element(By.TAG_NAME, "h1").text == "Log in"


def log_in(page: Chrome, password: str) -> None:
    """Types into the field that has the focus, as a person does."""
    ActionChains(page).send_keys(password, Keys.ENTER).perform()
    WebDriverWait(page, LONGEST).until(lambda _: page.execute_script("return document.readyState") == "complete")
