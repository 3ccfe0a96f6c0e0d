"""Every link from the first page leads somewhere, and no address answers odd parameters with an error."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from harvester.config import Config
from harvester.store.store import Store
from harvester.web.addresses import routes
from harvester.web.site import Site
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


ODD = st.text(max_size=30) | st.sampled_from(
    ["-1", "0", "9" * 19, "9" * 5000, "1e9", "\0", "%00", "../../etc/passwd", "' OR 1=1 --", "NaN", "[]", "\u202e", "1"]
)
NAMES = (
    *("after", "limit", "state", "source", "kind", "light", "q", "id", "code", "next", "x"),
    *("severity", "journal", "year", "format", "version"),
)
PATHS = sorted({rule.rule for rule in routes().iter_rules()})


@pytest.fixture(scope="module")
def shared_browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    from harvester import store
    from harvester.config import load
    from tests.web.conftest import CONFIG

    folder = tmp_path_factory.mktemp("site")
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    config: Config = load(folder / "config.toml")
    with store.connect(config.store_url) as opened:
        fill(opened, article_to_save(1))
        begin(opened)
    return Browser(Site(lambda: config, now=lambda: NOW))


@pytest.mark.slow
@given(
    path=st.sampled_from(PATHS),
    part=ODD,
    query=st.dictionaries(
        st.sampled_from(NAMES) | ODD,
        ODD,
    ),
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS"]),
)
def test_odd_parameters_are_no_error(shared_browser, path, part, query, method):
    for piece in ("<id:id>", "<name>", "<file>", "<code>"):
        path = path.replace(piece, quote(part, safe=""))
    seen = shared_browser.request(path, query_string=query, method=method)
    assert seen.status < 500 or "The store cannot be read" in seen.text
    assert seen.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.slow
@given(headers=st.dictionaries(st.sampled_from(["Host", "Origin", "Cookie", "Authorization", "X-Forwarded-For"]), ODD))
def test_odd_headers_are_no_error(shared_browser, headers):
    safe = {name: value.encode("latin-1", "replace").decode("latin-1") for name, value in headers.items()}
    safe = {name: value.replace("\r", "").replace("\n", "") for name, value in safe.items()}
    assert shared_browser.get("/", headers=safe).status < 500
