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
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester.config import Alerts, Config
from harvester.daemon import notifications
from harvester.daemon.alerts import Notification
from harvester.daemon.notifications import NotificationError, message_of, send, turn_to_notify
from harvester.errors import BusyError
from tests.providers.server import Server
from tests.standing.test_incidents import INCIDENT, MADRID

assert INCIDENT
CONFIG = Config(path=Path("/srv/j/config.toml"), store_url="", exports_dir=Path(), report_file=Path(), zone=MADRID)
MESSAGE = message_of(Notification(incidents=(INCIDENT,)), CONFIG)
HOST = socket.gethostname()
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class MailServer:
    """As much of SMTP (RFC 5321) as one client needs. It keeps the commands and the message."""

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
        """Answers until the client quits, or starts TLS, which it returns."""
        for line in talk:
            command = line.decode().strip()
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


def test_mail_arrives():
    with mail_server() as server:
        send(mail(server.port), MESSAGE)
    message = email.message_from_bytes(server.message, policy=email.policy.default)
    assert message["Subject"] == f"harvester on {HOST}: reeds needs you"
    assert message["To"] == "library@example.org, it@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_body()
    assert body is not None
    assert body.get_content().rstrip().replace("\r\n", "\n") == MESSAGE.text


def test_mail_server_with_a_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    with mail_server() as server:
        send(mail(server.port, smtp_username="me", smtp_password_env="SMTP_PASSWORD"), MESSAGE)
    assert any(command.startswith("AUTH PLAIN") for command in server.commands)


def test_refused_mail_is_reported():
    with mail_server(refuse=True) as server, pytest.raises(NotificationError, match="check \\[alerts\\]"):
        send(mail(server.port), MESSAGE)


def test_missing_mail_server_is_reported():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotificationError):
        send(mail(port), MESSAGE)


def test_no_mail_is_sent_without_starttls():
    with mail_server() as server, pytest.raises(NotificationError):
        send(mail(server.port, smtp_security="starttls"), MESSAGE)
    assert server.message == b""


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_encrypted(security: str, certificate: str, monkeypatch: pytest.MonkeyPatch):
    """With a certificate authority of our own, which an administrator configures for OpenSSL."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    with mail_server(security=security, certificate=certificate) as server:
        alerts = mail(server.port, smtp_security=security, smtp_username="me", smtp_password_env="SMTP_PASSWORD")
        send(alerts, MESSAGE)
    assert f"Subject: harvester on {HOST}: reeds needs you".encode() in server.message
    assert [command.split()[0].upper() for command in server.commands][:2] == ["EHLO", "AUTH"]  # within TLS


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_no_mail_is_sent_to_an_untrusted_server(security: str, certificate: str):
    with (
        mail_server(security=security, certificate=certificate) as server,
        pytest.raises(NotificationError, match="self-signed certificate"),
    ):
        send(mail(server.port, smtp_security=security), MESSAGE)
    assert server.message == b""


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_server_of_an_own_authority_is_trusted(security: str, certificate: str):
    with mail_server(security=security, certificate=certificate) as server:
        send(mail(server.port, smtp_security=security, ca_file=certificate), MESSAGE)
    assert server.message


def test_certificates_that_cannot_be_read_are_reported(tmp_path: Path):
    alerts = mail(1, smtp_security="tls", ca_file=str(tmp_path / "missing.pem"))
    with pytest.raises(NotificationError, match=r"alerts\.ca_file: .*missing\.pem cannot be read"):
        send(alerts, MESSAGE)


@contextmanager
def silent() -> Iterator[int]:
    """The port of a server that accepts a connection and sends nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_hanging_mail_server_does_not_delay_a_stop(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notifications, "GRACE", 0.2)
    began = time.monotonic()
    with (
        silent() as port,
        pytest.raises(NotificationError, match=r"the mail server did not .* before the program was stopped"),
    ):
        send(mail(port), MESSAGE, lambda: True)
    assert time.monotonic() - began < notifications.TIMEOUT / 3


def test_mail_is_still_sent_while_stopping():
    with mail_server() as server:
        send(mail(server.port), MESSAGE, lambda: True)
    assert server.message


def hook(monkeypatch: pytest.MonkeyPatch, url: str) -> Alerts:
    monkeypatch.setenv("HOOK", url)
    return Alerts(webhook_url_env="HOOK")


def test_webhook_gets_one_json_object(monkeypatch: pytest.MonkeyPatch):
    with Server([OK]) as server:
        send(hook(monkeypatch, server.url), MESSAGE)
    document = json.loads(server.requests[0].body)
    assert document["text"] == MESSAGE.text
    assert [one["subject"] for one in document["troubles"]] == ["reeds"]
    assert (document["machine"], document["config"]) == (HOST, "/srv/j/config.toml")


def test_message_says_where_it_comes_from():
    assert MESSAGE.text.endswith(f" on {HOST}, /srv/j/config.toml")


@pytest.mark.parametrize("status", [b"500 Broken", b"302 Found"])
def test_webhook_that_fails_is_reported_without_its_url(monkeypatch: pytest.MonkeyPatch, status: bytes):
    with Server([OK.replace(b"200 OK", status)]) as server, pytest.raises(NotificationError, match="webhook") as caught:
        send(hook(monkeypatch, f"{server.url}/secret"), MESSAGE)
    assert "secret" not in str(caught.value)


def test_webhook_of_an_own_authority_is_trusted(monkeypatch: pytest.MonkeyPatch, certificate: str):
    with (
        Server([OK], certificate) as server,
        pytest.raises(NotificationError, match=r"self-signed certificate: ca_file"),
    ):
        send(hook(monkeypatch, server.url), MESSAGE)
    with Server([OK], certificate) as server:
        send(replace(hook(monkeypatch, server.url), ca_file=certificate), MESSAGE)
    assert len(server.requests) == 1


@pytest.mark.parametrize("by", ["the setting", "the environment"])
def test_webhook_goes_through_the_proxy(monkeypatch: pytest.MonkeyPatch, by: str):
    """To a name that only the proxy knows."""
    alerts = hook(monkeypatch, "http://hooks.invalid/secret")
    with Server([OK]) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        if by == "the environment":
            monkeypatch.setenv("HTTP_PROXY", address)
        send(replace(alerts, proxy=address if by == "the setting" else None), MESSAGE)
    assert proxy.requests[0].target == "http://hooks.invalid/secret"


def test_empty_proxy_and_no_proxy_connect_directly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Server([OK]) as server:
        send(replace(hook(monkeypatch, server.url), proxy=""), MESSAGE)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        send(hook(monkeypatch, server.url), MESSAGE)
    assert len(server.requests) == 2


def test_proxy_that_is_not_there_is_reported_without_the_url(monkeypatch: pytest.MonkeyPatch):
    alerts = replace(hook(monkeypatch, "http://hooks.invalid/secret"), proxy="http://127.0.0.1:9")
    with pytest.raises(NotificationError, match="webhook") as caught:
        send(alerts, MESSAGE)
    assert "secret" not in str(caught.value)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The addresses that something connects to; nothing answers there."""
    addresses: list[object] = []

    def connect(_: socket.socket, address: object) -> None:
        addresses.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


def test_nothing_is_sent_without_alerts(called: list[object]):
    send(Alerts(), MESSAGE)
    assert called == []


def test_mail_is_sent_to_the_configured_server_only(called: list[object]):
    with pytest.raises(NotificationError):
        send(mail(2525), MESSAGE)
    assert called == [("127.0.0.1", 2525)]


def test_one_process_notifies_at_a_time(tmp_path: Path):
    config = replace(CONFIG, path=tmp_path / "config.toml", store_url=f"sqlite:///{tmp_path}/harvester.sqlite")
    with turn_to_notify(config), pytest.raises(BusyError, match="alerts"), turn_to_notify(config):
        pass
    with turn_to_notify(config):
        pass


def test_people_are_notified_also_where_there_can_be_no_lock(tmp_path: Path):
    config = replace(CONFIG, path=tmp_path / "config.toml", store_url=f"sqlite:///{tmp_path}/harvester.sqlite")
    config.locks_dir.write_text("not a folder")
    with turn_to_notify(config):
        pass
