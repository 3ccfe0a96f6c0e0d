"""Mail and webhook against real servers on loopback."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BufferedRWPair

import pytest

from harvester.config import Alerts
from harvester.daemon import notifications
from harvester.daemon.incidents import News
from harvester.daemon.notifications import NotTold, tell
from tests.daemon.test_incidents import MADRID, TROUBLE
from tests.providers.server import Server

assert TROUBLE
NEWS = News(troubles=(TROUBLE,))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class MailServer:
    """As much of SMTP (RFC 5321) as one client needs; it keeps what it is told."""

    def __init__(self, refuse: bool, security: str, certificate: str | None) -> None:
        self.refuse, self.security = refuse, security
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if certificate:
            self._tls.load_cert_chain(certificate)
        self.commands: list[str] = []
        self.message = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def serve(self) -> None:
        line, _ = self._listener.accept()
        with suppress(OSError), closing(self._wrapped(line) if self.security == "tls" else line) as first:
            with first.makefile("rwb") as talk:
                self._say(talk, "220 here")
                wants_tls = self._talk(talk)
            if wants_tls:
                with closing(self._wrapped(first)) as second, second.makefile("rwb") as talk:
                    self._talk(talk)

    def _wrapped(self, line: socket.socket) -> socket.socket:
        try:
            return self._tls.wrap_socket(line, server_side=True)
        except OSError:
            line.close()
            raise

    def _talk(self, talk: BufferedRWPair) -> bool:
        """Until the client quits, or wants the rest in secret."""
        for asked in talk:
            command = asked.decode().strip()
            self.commands.append(command)
            verb = command.split(":")[0].split()[0].upper()
            if verb == "QUIT":
                self._say(talk, "221 bye")
                return False
            if verb == "STARTTLS":
                self.commands.clear()
                self._say(talk, "220 go ahead")
                return True
            if verb == "DATA":
                self._say(talk, "354 go on")
                self.message = b"".join(iter(talk.readline, b".\r\n"))
            self._say(talk, "550 no such person" if self.refuse and verb == "RCPT" else self._answer(verb))
        return False

    def _answer(self, verb: str) -> str:
        offers = "250-STARTTLS\r\n" if self.security == "starttls" else ""
        return {"EHLO": f"250-here\r\n{offers}250 AUTH PLAIN", "AUTH": "235 welcome"}.get(verb, "250 ok")

    def _say(self, talk: BufferedRWPair, words: str) -> None:
        talk.write(f"{words}\r\n".encode())
        talk.flush()

    def close(self) -> None:
        self._listener.close()


@contextmanager
def mail_server(
    *, refuse: bool = False, security: str = "none", certificate: str | None = None
) -> Iterator[MailServer]:
    server = MailServer(refuse, security, certificate)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        thread.join(10)
        server.close()


def mail(port: int, **more: str) -> Alerts:
    return Alerts(
        email_to=("library@example.org", "it@example.org"),
        email_from="harvester@example.org",
        smtp_host="127.0.0.1",
        smtp_port=port,
        **{"smtp_security": "none", **more},  # type: ignore[arg-type]
    )


def test_a_mail_arrives():
    with mail_server() as server:
        tell(mail(server.port), NEWS, MADRID)
    message = email.message_from_bytes(server.message, policy=email.policy.default)
    assert message["Subject"] == "harvester: reeds needs you"
    assert message["To"] == "library@example.org, it@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_body()
    assert body is not None
    assert body.get_content().rstrip().replace("\r\n", "\n") == NEWS.text(MADRID)


def test_a_mail_server_that_wants_a_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    with mail_server() as server:
        tell(mail(server.port, smtp_username="me", smtp_password_env="SMTP_PASSWORD"), NEWS, MADRID)
    assert any(command.startswith("AUTH PLAIN") for command in server.commands)


def test_a_mail_that_is_refused_is_said():
    with mail_server(refuse=True) as server, pytest.raises(NotTold, match="check \\[alerts\\]"):
        tell(mail(server.port), NEWS, MADRID)


def test_no_mail_server_at_all():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotTold):
        tell(mail(port), NEWS, MADRID)


def test_a_server_without_starttls_gets_no_mail():
    with mail_server() as server, pytest.raises(NotTold):
        tell(mail(server.port, smtp_security="starttls"), NEWS, MADRID)
    assert server.message == b""


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_in_secret(security: str, certificate: str, monkeypatch: pytest.MonkeyPatch):
    """With an authority of one's own, as an administrator names it to OpenSSL."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    with mail_server(security=security, certificate=certificate) as server:
        alerts = mail(server.port, smtp_security=security, smtp_username="me", smtp_password_env="SMTP_PASSWORD")
        tell(alerts, NEWS, MADRID)
    assert b"Subject: harvester: reeds needs you" in server.message
    assert [command.split()[0].upper() for command in server.commands][:2] == ["EHLO", "AUTH"]  # within TLS


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_may_be_another_gets_no_mail(security: str, certificate: str):
    with (
        mail_server(security=security, certificate=certificate) as server,
        pytest.raises(NotTold, match="self-signed certificate"),
    ):
        tell(mail(server.port, smtp_security=security), NEWS, MADRID)
    assert server.message == b""


@contextmanager
def silent() -> Iterator[int]:
    """The port of a server that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_server_that_hangs_does_not_hold_up_a_stop(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notifications, "GRACE", 0.2)
    began = time.monotonic()
    with silent() as port, pytest.raises(NotTold, match=r"the mail server did not .* before we were told to stop"):
        tell(mail(port), NEWS, MADRID, lambda: True)
    assert time.monotonic() - began < notifications.PATIENCE / 3


def test_a_server_that_answers_is_still_told_while_stopping():
    with mail_server() as server:
        tell(mail(server.port), NEWS, MADRID, lambda: True)
    assert server.message


def hook(monkeypatch: pytest.MonkeyPatch, url: str) -> Alerts:
    monkeypatch.setenv("HOOK", url)
    return Alerts(webhook_url_env="HOOK")


def test_a_webhook_gets_one_json_object(monkeypatch: pytest.MonkeyPatch):
    with BodyServer() as server:
        tell(hook(monkeypatch, server.url), NEWS, MADRID)
    said = json.loads(server.body)
    assert said["text"] == NEWS.text(MADRID)
    assert [one["subject"] for one in said["troubles"]] == ["reeds"]


@pytest.mark.parametrize("status", [b"500 Broken", b"302 Found"])
def test_a_webhook_that_does_not_take_it(monkeypatch: pytest.MonkeyPatch, status: bytes):
    with Server([OK.replace(b"200 OK", status)]) as server, pytest.raises(NotTold, match="webhook") as caught:
        tell(hook(monkeypatch, f"{server.url}/secret"), NEWS, MADRID)
    assert "secret" not in str(caught.value)


def test_without_alerts_nobody_is_called():
    tell(Alerts(), NEWS, MADRID)


class BodyServer:
    """An HTTP server that keeps the body of one request."""

    body = b""

    def __enter__(self) -> BodyServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/hook"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def _serve(self) -> None:
        line, _ = self._listener.accept()
        with line, line.makefile("rb") as asked:
            head = list(iter(asked.readline, b"\r\n"))
            length = next(int(one.split(b":")[1]) for one in head if one.lower().startswith(b"content-length"))
            self.body = asked.read(length)
            line.sendall(OK)

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._listener.close()
