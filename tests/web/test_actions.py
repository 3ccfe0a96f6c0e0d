"""An action is done for those who may act, from a page of this server only, and is logged."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from harvester.config import Config, Web
from harvester.store.store import Store
from harvester.web import addresses
from harvester.web.access.passwords import hashed
from harvester.web.addresses import Address
from harvester.web.asked import Asked
from harvester.web.kinds import Action, Done
from harvester.web.site import Site
from tests.store.samples import NOW, begin
from tests.web.conftest import Browser

OWN = {"Origin": "http://localhost"}
READER = "battery staple"


def _stop(asked: Asked) -> Done:
    """Writes to the store, as an action may."""
    asked.store.runs.finish(asked.path["id"], "failed", asked.now, asked.query["why"])
    return Done(f"stopped run {asked.path['id']}", "run", {"id": asked.path["id"]})


@pytest.fixture
def acting(config: Config, opened: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A browser for a site with an action, and with these settings of [web]."""
    begin(opened)
    address = Address("/runs/<id:id>/stop", "stop-run", Action(perform=_stop))
    monkeypatch.setattr(addresses, "ADDRESSES", (*addresses.ADDRESSES, address))
    monkeypatch.setitem(addresses.TARGETS, "stop-run", address.target)

    def browser(**settings: Any) -> Browser:
        changed = structs.replace(config, web=Web(**settings))
        return Browser(Site(lambda: changed, now=lambda: NOW))

    return browser


def stop(browser: Browser, headers: dict[str, str] = OWN, **more: Any) -> Any:
    return browser.post("/runs/1/stop", data={"why": "by hand"}, headers=headers, **more)


def test_action_writes_and_leads_to_the_page_that_shows_it(acting, opened: Store, caplog):
    with caplog.at_level(logging.INFO):
        done = stop(acting(), environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    assert (done.status, done.headers["Location"]) == (303, "/runs/1")
    assert opened.runs.get(1).error == "by hand"
    assert "this machine (127.0.0.1): stopped run 1" in caplog.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site", **OWN}],
)
def test_other_pages_cannot_act(acting, opened: Store, headers: dict[str, str]):
    assert stop(acting(), headers).status == 403
    assert opened.runs.get(1).state == "running"


def test_link_cannot_act(acting, opened: Store):
    assert acting().get("/runs/1/stop").status == 405
    assert opened.runs.get(1).state == "running"


def test_nobody_acts_where_it_is_read_only(acting, opened: Store):
    seen = stop(acting(read_only=True))
    assert (seen.status, "[web] read_only" in seen.text) == (403, True)
    assert opened.runs.get(1).state == "running"


def test_anonymous_and_readers_cannot_act(acting, opened: Store, tmp_path: Path):
    assert stop(acting(anonymous="read")).status == 403
    (tmp_path / "reader").write_text(hashed(READER))
    browser = acting(reader_password_file=str(tmp_path / "reader"))
    assert stop(browser).status == 401
    browser.post("/login", data={"password": READER}, headers=OWN)
    seen = stop(browser)
    assert (seen.status, "You may read and not act" in seen.text) == (403, True)
    assert opened.runs.get(1).state == "running"


def test_program_with_the_token_may_act(acting, opened: Store, tmp_path: Path):
    (tmp_path / "token").write_text("t" * 40)
    browser = acting(token_file=str(tmp_path / "token"))
    assert stop(browser, {"Authorization": f"Bearer {'t' * 40}"}).status == 303
    assert opened.runs.get(1).state == "failed"


def test_person_whom_a_proxy_names_is_logged(acting, caplog):
    browser = acting(user_header="Remote-User", proxies=("192.0.2.1",))
    headers = {**OWN, "Remote-User": "ada\x1b[31m", "X-Forwarded-For": "203.0.113.5"}
    with caplog.at_level(logging.INFO):
        stop(browser, headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert "ada\ufffd[31m (203.0.113.5): stopped run 1" in caplog.text
