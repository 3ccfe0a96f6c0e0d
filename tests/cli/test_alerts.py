"""`harvester alerts test`."""

from __future__ import annotations

import socket

from tests.cli.conftest import answer
from tests.providers.server import Server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def add(tmp_path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"{path.read_text()}\n[alerts]\n{text}\n")


def test_nothing_configured(configured):
    done = configured("alerts", "test")
    assert done.exit_code == 1
    assert "Neither mail nor webhook is configured." in done.stderr


def test_webhook_that_works(configured, tmp_path, monkeypatch):
    add(tmp_path, 'webhook_url_env = "HOOK"')
    with Server([OK]) as server:
        monkeypatch.setenv("HOOK", server.url)
        done = configured("alerts", "test")
    assert (done.exit_code, done.stdout) == (0, "webhook to the URL in HOOK: accepted\n")
    assert b"This is a test." in server.requests[0].body


def test_mail_server_that_does_not_answer(configured, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    mail = f'email_to = ["a@example.org"]\nemail_from = "b@example.org"\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}'
    add(tmp_path, mail)
    done = configured("alerts", "test", "--json")
    (outcome,) = answer(done)["outcomes"]
    assert (done.exit_code, outcome["way"], outcome["to"]) == (1, "mail", f"a@example.org by 127.0.0.1:{port}")
    assert "ConnectionRefusedError" in outcome["error"]
