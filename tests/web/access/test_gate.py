"""Who is let in, through the whole application: hosts, proxies, passwords, tokens, forged requests."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from harvester.config import Config, Web
from harvester.store.store import Store
from harvester.web.access.passwords import hashed
from harvester.web.access.tries import PER_ADDRESS
from harvester.web.site import Site
from tests.store.samples import NOW, begin
from tests.web.conftest import Browser

PASSWORD, READER, TOKEN = "correct horse", "battery staple", "t" * 40
HASHES = {PASSWORD: hashed(PASSWORD), READER: hashed(READER)}
OWN = {"Origin": "http://localhost"}
PEER = {"REMOTE_ADDR": "192.0.2.1"}


@pytest.fixture
def served(config: Config, opened: Store, tmp_path: Path) -> Any:
    """A browser for a site with these settings of [web]."""
    begin(opened)

    def browser(*, password: bool = False, reader: bool = False, token: bool = False, **settings: Any) -> Browser:
        for wanted, name, content in (
            (password, "password_file", HASHES[PASSWORD]),
            (reader, "reader_password_file", HASHES[READER]),
            (token, "token_file", TOKEN),
        ):
            if wanted:
                (tmp_path / name).write_text(content)
                settings[name] = str(tmp_path / name)
        listen = settings.pop("listen", "127.0.0.1:8765")
        changed = structs.replace(config, web=Web(**settings))
        return Browser(Site(lambda: changed, listen=listen, now=lambda: NOW))

    return browser


def log_in(browser: Browser, password: str, **more: Any) -> Any:
    return browser.post("/login", data={"password": password, **more}, headers=OWN, environ_overrides=PEER)


# ------------------------------------------------------------------------------------------------ hosts


def test_this_machine_is_let_in_without_a_password(served):
    assert served().get("/runs").status == 200


def test_foreign_name_is_refused_and_the_setting_named(served):
    seen = served().get("/runs", headers={"Host": "evil.example"})
    assert seen.status == 403
    assert '[web] hosts = ["evil.example"]' in seen.text
    assert served(hosts=("evil.example",)).get("/runs", headers={"Host": "evil.example:80"}).status == 200


def test_foreign_name_gets_neither_style_nor_log_in(served):
    browser = served(password=True)
    assert browser.get("/login", headers={"Host": "evil.example"}).status == 403
    assert browser.get("/static/web.css", headers={"Host": "evil.example"}).status == 403


def test_name_of_a_host_is_only_text(served):
    seen = served().get("/runs", headers={"Host": "<script>alert(1)</script>"})
    assert seen.status == 403
    assert not seen.page.xpath("//main//script")


# ---------------------------------------------------------------------------------------------- proxies


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Forwarded-User", "Via"])
def test_proxy_that_is_not_configured_is_refused(served, header):
    seen = served().get("/runs", headers={header: "x"}, environ_overrides=PEER)
    assert (seen.status, '[web] proxies = ["192.0.2.1"]' in seen.text) == (403, True)


def test_proxy_names_the_person(served):
    browser = served(user_header="X-Forwarded-User", proxies=("192.0.2.1",), hosts=("public.example",))
    headers = {"X-Forwarded-User": "ada", "X-Forwarded-Host": "public.example", "X-Forwarded-Prefix": "/library"}
    seen = browser.get("/runs", headers=headers, environ_overrides=PEER)
    assert seen.status == 200
    assert seen.links()["Runs"] == "/library/runs"


def test_stranger_cannot_name_himself(served):
    browser = served(user_header="Remote-User", proxies=("192.0.2.9",))
    assert browser.get("/runs", headers={"Remote-User": "ada"}, environ_overrides=PEER).status == 403


def test_proxy_that_names_nobody_lets_nobody_in(served):
    seen = served(user_header="Remote-User", proxies=("192.0.2.1",)).get("/runs", environ_overrides=PEER)
    assert (seen.status, "Remote-User" in seen.text) == (403, True)


# --------------------------------------------------------------------------------------------- passwords


def test_log_in_leads_to_the_page_that_was_wanted(served):
    browser = served(password=True)
    first = browser.get("/runs?state=running")
    assert (first.status, first.headers["Location"]) == (303, "/login?next=/runs?state%3Drunning")
    form = browser.get(first.headers["Location"])
    (wanted,) = form.page.xpath("//input[@name='next']/@value")
    done = log_in(browser, PASSWORD, next=wanted)
    assert (done.status, done.headers["Location"]) == (303, "/runs?state=running")
    cookie = done.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    seen = browser.get("/runs")
    assert (seen.status, "Log out" in seen.text) == (200, True)


def test_cookie_is_secure_behind_https(served):
    browser = served(password=True, proxies=("192.0.2.1",))
    headers = {**OWN, "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/library"}
    done = browser.post("/login", data={"password": PASSWORD}, headers=headers, environ_overrides=PEER)
    assert {"Secure", "Path=/library/"} <= set(done.headers["Set-Cookie"].split("; "))


def test_log_out_ends_the_session(served):
    browser = served(password=True)
    log_in(browser, PASSWORD)
    assert browser.post("/logout", headers=OWN).status == 303
    assert browser.get("/runs").status == 303


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x", "[", "x"]
)
def test_log_in_leads_to_no_other_server(served, wanted):
    location = log_in(served(password=True), PASSWORD, next=wanted).headers["Location"]
    assert location.startswith("/")
    assert "evil" not in location


def test_wrong_password_is_refused_and_logged(served, caplog):
    browser = served(password=True)
    seen = log_in(browser, "wrong password")
    assert (seen.status, "This password is wrong." in seen.text) == (401, True)
    assert "a wrong password from 192.0.2.1" in caplog.text
    assert 'wrong password"' not in caplog.text
    assert browser.get("/runs").status == 303


def test_passwords_cannot_be_guessed(served, monkeypatch):
    monkeypatch.setattr("harvester.web.access.passwords.matches", lambda given, line: given == PASSWORD)
    browser = served(password=True)
    assert {log_in(browser, f"guess {number}").status for number in range(PER_ADDRESS)} == {401}
    seen = log_in(browser, PASSWORD)
    assert (seen.status, "may be tried at 2025-03-01 13:00 UTC" in seen.text) == (429, True)
    assert "Retry-After" in seen.headers


def test_nothing_is_read_without_a_log_in(served):
    browser = served(password=True, token=True)
    for path in ("/runs.json", "/runs.csv", "/runs/1.json", "/runs/1/progress"):
        seen = browser.get(path)
        assert seen.status == 401
        assert b"wetlands" not in seen.body


def test_reader_may_not_act(served):
    browser = served(password=True, reader=True)
    log_in(browser, READER)
    assert browser.get("/runs").status == 200


def test_anonymous_may_read_if_that_is_said(served):
    seen = served(password=True, anonymous="read").get("/runs")
    assert (seen.status, seen.links()["Log in"]) == (200, "/login")


# ----------------------------------------------------------------------------------------------- tokens


def test_program_with_the_token_is_let_in(served):
    browser = served(password=True, token=True)
    assert browser.get("/runs.json", headers={"Authorization": f"Bearer {TOKEN}"}).status == 200
    seen = browser.get("/runs.json", headers={"Authorization": "Bearer wrong"})
    assert (seen.status, "token is wrong" in seen.json["error"]) == (401, True)
    assert browser.get("/runs.json", headers={"Authorization": "Basic eDp5"}).status == 401


def test_tokens_cannot_be_guessed(served):
    browser = served(password=True, token=True)
    wrong = {"Authorization": "Bearer wrong"}
    assert {browser.get("/runs.json", headers=wrong).status for _ in range(PER_ADDRESS)} == {401}
    assert browser.get("/runs.json", headers={"Authorization": f"Bearer {TOKEN}"}).status == 429


# ------------------------------------------------------------------------------------- forged log-in


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_other_pages_can_neither_log_in_nor_out(served, headers):
    browser = served(password=True)
    assert browser.post("/login", data={"password": PASSWORD}, headers=headers).status == 403
    assert browser.post("/logout", headers=headers).status == 403


def test_log_ins_are_logged(served, caplog):
    with caplog.at_level(logging.INFO):
        log_in(served(password=True), PASSWORD)
    assert "log-in from 192.0.2.1, to act" in caplog.text
    assert PASSWORD not in caplog.text
