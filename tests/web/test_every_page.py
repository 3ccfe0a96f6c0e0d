"""Every link from the first page leads somewhere."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from msgspec import structs

from harvester.store.store import Store
from harvester.web.addresses import routes
from tests.store.samples import NOW, article, article_to_save, bad, begin, fill, page, raw
from tests.web.conftest import Browser

HOSTILE = "<script>alert(1)</script>\"'&\u202e\x07"


@pytest.fixture
def filled(opened: Store) -> None:
    """A store with a bit of everything, in which every text is hostile."""
    hostile = article(2, HOSTILE, doi=f"10.5555/{HOSTILE}", volume=HOSTILE, landing_page="javascript:alert(1)")
    fill(opened, article_to_save(1), article_to_save(2, hostile), article_to_save(3, deleted=True))
    run, _ = begin(opened)
    opened.apply(run.id, (), structs.replace(page(raw(4)), bad=(bad(HOSTILE, HOSTILE), bad(None, HOSTILE))))
    opened.runs.finish(run.id, "failed", NOW, HOSTILE)
    begin(opened, "rivers")


def followed(browser: Browser, start: str) -> dict[str, int]:
    """Every address of this server that can be reached by links, with its status."""
    found: dict[str, int] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address in found or not address.startswith("/"):
            continue
        seen = browser.get(address)
        found[address] = seen.status
        if "html" in seen.headers.get("Content-Type", "") and seen.body.startswith(b"<!DOCTYPE"):
            links = seen.page.xpath("//@href | //@src | //@data-poll")
            waiting += [urlsplit(link)._replace(fragment="").geturl() for link in links if not link.startswith("#")]
            assert not seen.page.xpath("//main//script | //@*[starts-with(name(), 'on')] | //@style")
            assert not seen.page.xpath("//*[starts-with(@href, 'javascript')]")
    return found


@pytest.mark.usefixtures("filled")
def test_every_link_leads_somewhere(browser: Browser):
    found = followed(browser, "/")
    assert {address: status for address, status in found.items() if status != 200} == {}
    plain = {urlsplit(address).path for address in found}
    rules = [rule for rule in routes().iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    pages = {rule.rule for rule in rules if "." not in rule.endpoint}
    only_with_settings = {"/login", "/record/deposit", "/deposits/files.zip"}
    assert pages - plain <= only_with_settings | {"/deposits/doi"}  # no DOI was deposited


@pytest.mark.usefixtures("filled")
def test_every_link_stays_below_a_sub_path(browser_below: Callable[[str], Browser]):
    found = followed(browser_below("/library/harvester"), "/library/harvester/")
    assert set(found.values()) == {200}
    assert {address for address in found if not address.startswith("/library/harvester/")} == set()
    assert len(found) > 10
