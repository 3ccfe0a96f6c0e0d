"""Every text of ours on every page has its words, also in the pseudo-language of brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harvester import store
from harvester.config import Config, load
from harvester.store import PageToSave
from harvester.store.store import Store
from harvester.web.languages import catalogue, choice
from harvester.web.languages.catalogue import Language, coded_texts
from harvester.web.site import Site
from tests.store.samples import NOW, bad, begin, page, raw
from tests.web import ledger
from tests.web.conftest import CONFIG, Browser, Seen
from tests.web.languages.test_catalogue import OTHERS, texts

BRACKETS = "⟦", "⟧"
LETTERS = re.compile(r"[^\W\d_]{2}")
OF_OTHERS = frozenset({"bdi", "code", "pre", "kbd", "textarea", "time", "script", "style"})
MOST = 6  # pages of one kind that are looked at


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A store with a bit of everything."""
    folder = tmp_path_factory.mktemp("languages")
    (folder / "config.toml").write_text(CONFIG + ledger.CROSSREF, encoding="utf-8")
    config = load(folder / "config.toml")
    with store.connect(config.store_url) as opened:
        fill(opened, folder)
    return config


def fill(opened: Store, folder: Path) -> None:
    ledger.fill_articles(opened)
    ledger.write_file(opened, folder, 1, 2)
    ledger.write_file(opened, folder, 3, batch_id="b2", stamp=ledger.STAMP + 1)
    ledger.decide(opened, "refused", 1, batch_id="b1", kind="other", who="agency", message="no <b>")
    ledger.decide(opened, "registered", 2, batch_id="b1")
    for state in ("failed", "incomplete", "waiting"):
        run, _ = begin(opened)
        opened.runs.finish(run.id, state, NOW, "the list became shorter while it was read; harvest again later")
    run, _ = begin(opened)
    opened.apply(run.id, (), page(raw(9)))
    bad_one = bad(None, "the provider sent an empty answer; harvest again later")
    opened.apply(run.id, (), PageToSave(records=(), articles=(), bad=(bad_one,), response_date=""))
    for what, subject in (("harvest", "wetlands"), ("deposit", "crossref")):
        opened.wishes.ask(what, subject, {}, by="somebody", now=NOW)


@pytest.fixture
def browser(config: Config) -> Browser:
    return Browser(Site(lambda: config, now=lambda: NOW))


def every_page(browser: Browser, language: str) -> Iterator[tuple[str, Seen]]:
    """A few pages of each kind that links lead to, in the language, and a failure."""
    waiting, found, kinds = ["/", "/nowhere", "/login", "/record?id=x"], set(), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"[\d.]+|b\d", "N", urlsplit(address).path)
        if address in found or kinds.get(kind, 0) >= MOST or "lang=" in address:
            continue
        found.add(address)
        kinds[kind] = kinds.get(kind, 0) + 1
        seen = browser.get(address, headers={"Accept-Language": language})
        if "html" in seen.headers.get("Content-Type", ""):
            yield address, seen
            waiting += [link for link in seen.page.xpath("//a/@href | //@data-poll") if link.startswith("/")]


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_in_english(browser: Browser, language: str):
    left: dict[str, str] = {}
    for address, seen in every_page(browser, language):
        for one in seen.page.xpath("//*[@lang='en' and not(@hreflang) and not(self::bdi)]"):
            left.setdefault(" ".join(one.text_content().split()), address)
    assert left == {}


@pytest.mark.slow
def test_no_text_gets_past_the_words(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    """In the pseudo-language, all that is neither in brackets nor of others is a text that no language can say."""
    begin_, end = BRACKETS
    bracketed = {
        english: f"{begin_}{english}{end}"
        if isinstance(words, str)
        else dict.fromkeys(("one", "few", "many"), f"{begin_}{english}{end}") | {"en_one": words["en_one"]}
        for english, words in texts("ru").items()
    }
    coded = {key: f"{begin_}{text}{end}" for key, text in coded_texts().items()}
    pseudo = Language("ru", bracketed, coded)
    monkeypatch.setattr(choice, "language", lambda _: pseudo)
    bare: dict[str, str] = {}
    for address, seen in every_page(browser, "ru"):
        for one in seen.page.find("body").iter():
            if one.tag in OF_OTHERS or one.get("hreflang") or one.get("lang") == "en":
                continue
            pieces = [one.text or "", *(child.tail or "" for child in one)]
            whole = "".join(pieces)
            if LETTERS.search(whole) and not (begin_ in whole and end in whole):
                bare.setdefault(whole.strip(), address)
    assert bare == {}
    assert catalogue.language("ru") is not pseudo
