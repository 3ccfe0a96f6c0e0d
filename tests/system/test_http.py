"""How far a request came when it failed, on raw sockets; addresses, proxies, limits and stops."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from harvester.errors import ConfigError, Stopped
from harvester.system import http
from harvester.system.http import Connection, Http, NoReply, Rate, Reply, checked_url
from tests.providers.server import Answer, Server, redirect, reply

SETTINGS = Connection(contact="editor@example.org")
SECRET = "s3cret-word"
FILE = b"x" * 3_000_000 + SECRET.encode()


def uploaded(url: str, settings: Connection = SETTINGS, seconds: float = 5.0, data: bytes = FILE) -> Reply | NoReply:
    with contextlib.closing(Http(settings)) as client:
        return client.upload(url, data, "application/octet-stream", seconds=seconds)


Stage = Callable[[socket.socket], None]


@contextlib.contextmanager
def host(stage: Stage) -> Iterator[str]:
    """A host that serves one connection as `stage` says, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            with contextlib.suppress(OSError), line:
                line.settimeout(10)
                stage(line)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/servlet/deposit"
        thread.join(10)


def head(line: socket.socket) -> int:
    """Reads the head; the number of bytes of the body that came with it."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += line.recv(1000)
    return len(data.partition(b"\r\n\r\n")[2])


def reset(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def body(line: socket.socket) -> None:
    left = len(FILE) - head(line)
    while left > 0:
        left -= len(line.recv(65536))


def after_head(line: socket.socket) -> None:
    head(line)
    reset(line)


def in_the_body(line: socket.socket) -> None:
    head(line)
    line.recv(100_000)
    reset(line)


def after_the_body(line: socket.socket) -> None:
    body(line)


def silent_after_the_body(line: socket.socket) -> None:
    body(line)
    time.sleep(1.5)


def in_the_status(line: socket.socket) -> None:
    body(line)
    line.sendall(b"HTTP/1.1 20")


def no_http(line: socket.socket) -> None:
    body(line)
    line.sendall(b"hello\r\n\r\n")


@pytest.mark.parametrize(
    "stage", [after_head, in_the_body, after_the_body, silent_after_the_body, in_the_status, no_http]
)
def test_what_fails_once_the_body_has_begun_to_leave(stage):
    with host(stage) as url:
        found = uploaded(url, seconds=1.0)
    assert isinstance(found, NoReply)
    assert found.body_left
    assert SECRET not in repr(found)


def never_in_tls(line: socket.socket) -> None:
    line.recv(1000)
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def silent_in_tls(line: socket.socket) -> None:
    line.recv(1000)
    time.sleep(1.5)


def gone_in_tls(line: socket.socket) -> None:
    line.recv(1000)  # a reset before it would meet Python's ssl, which leaves the socket open
    reset(line)


@pytest.mark.parametrize("stage", [never_in_tls, silent_in_tls, gone_in_tls])
def test_nothing_leaves_before_the_line_is_encrypted(stage):
    with host(stage) as url:
        found = uploaded(url.replace("http:", "https:"), seconds=0.6)
    assert isinstance(found, NoReply)
    assert not found.body_left


def test_nothing_leaves_without_a_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert uploaded(f"http://127.0.0.1:{port}/") == NoReply(reason="ConnectionRefusedError")
    found = uploaded("https://no-such-host.invalid/")
    assert isinstance(found, NoReply)
    assert not found.body_left


def test_an_untrusted_certificate_gets_nothing(certificate):
    with Server([reply("x")], certificate) as server:
        assert uploaded(server.url) == NoReply(reason="SSLCertVerificationError")
        assert server.requests == []
        found = uploaded(server.url, Connection(contact="a@b.org", ca_file=certificate), data=b"file")
        assert isinstance(found, Reply)
        assert server.requests[0].body == b"file"


def test_a_host_that_answers_early_and_hangs_up_is_heard():
    def early(line: socket.socket) -> None:
        head(line)
        line.sendall(reply("no", 401))
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass

    with host(early) as url:
        found = uploaded(url)
    assert isinstance(found, Reply)
    assert found.status == 401


def test_the_head_of_a_request():
    with Server([reply("x")]) as server:
        uploaded(server.url, data=b"file")
    (request,) = server.requests
    assert request.method == "POST"
    assert request.body == b"file"
    assert request.headers["Content-Length"] == "4"
    assert "Transfer-Encoding" not in request.headers
    assert request.headers["User-Agent"].startswith("harvester/")
    assert "mailto:editor@example.org" in request.headers["User-Agent"]
    assert "Cookie" not in request.headers


def test_a_contact_of_any_letters_is_sent():
    with Server([reply("x")]) as server:
        assert isinstance(uploaded(server.url, Connection(contact="zoë\r\n+doi@example.org"), data=b"file"), Reply)
    assert "(mailto:zo%C3%AB%0D%0A+doi@example.org)" in server.requests[0].headers["User-Agent"]


def test_no_redirect_is_followed():
    with Server([redirect("/elsewhere")]) as server:
        found = uploaded(server.url)
        assert isinstance(found, Reply)
        assert found.status == 302
        assert len(server.requests) == 1


def test_no_netrc_is_read(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Server([reply("x")]) as server:
        uploaded(server.url)
        assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize("settings", [SETTINGS, Connection(contact="a@b.org", proxy="http://127.0.0.1:9")])
def test_no_proxy_is_used_for_this_machine(monkeypatch, settings):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Server([reply("x")]) as server:
        assert isinstance(uploaded(server.url, settings), Reply)


@pytest.mark.parametrize("configured", [True, False])
def test_a_proxy_is_used_for_other_hosts(monkeypatch, configured):
    with Server([reply("no such host", 502, Connection="close")]) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        if not configured:
            monkeypatch.setenv("HTTPS_PROXY", address)
        settings = Connection(contact="a@b.org", proxy=address if configured else None)
        found = uploaded("https://doi.crossref.invalid/servlet/deposit", settings)
        assert isinstance(found, NoReply)
        assert not found.body_left
        assert (proxy.requests[0].method, proxy.requests[0].target) == ("CONNECT", "doi.crossref.invalid:443")
        assert proxy.requests[0].body == b""


def test_headers_that_are_kept():
    headers = {"Date": "Tue, 01 Dec 2026 10:00:00 GMT", "Retry_After": "Tue, 01 Dec 2026 10:01:00 GMT"}
    with Server(
        [reply("x", 429, Set_Cookie=SECRET, x_rate_limit_limit="10", x_rate_limit_interval="1s", **headers)]
    ) as server:
        found = uploaded(server.url)
    assert isinstance(found, Reply)
    assert found.server_time is not None
    assert found.server_time.isoformat() == "2026-12-01T10:00:00+00:00"
    assert found.retry_after == 60
    assert found.rate == Rate(10, 1)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("limit", "interval", "rate"),
    [
        ("5", "1s", Rate(5, 1)),
        ("50", "2", Rate(50, 2)),
        ("0", "1s", None),
        ("x", "1s", None),
        ("5", "", None),
        ("5", "m", None),
    ],
)
def test_rates(limit, interval, rate):
    assert http._rate({"x-rate-limit-limit": limit, "x-rate-limit-interval": interval}) == rate


def test_a_body_that_is_cut_short_is_known_to_be():
    with Server([Answer(reply("SUCCESS" * 100)[:-50], close=True)]) as server:
        found = uploaded(server.url)
    assert isinstance(found, Reply)
    assert (found.status, found.is_whole) == (200, False)


def test_an_endless_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(http, "LARGEST", 100_000)
    with Server([reply("x" * 1_000_000)]) as server:
        found = uploaded(server.url)
    assert isinstance(found, Reply)
    assert (len(found.body), found.is_whole) == (100_000, False)


def test_a_stop_is_heard_before_anything_left():
    with contextlib.closing(Http(SETTINGS, lambda: True)) as client, Server([reply("x")]) as server:
        with pytest.raises(Stopped):
            client.upload(server.url, FILE, "text/xml", seconds=5)
        with pytest.raises(Stopped):
            client.get(server.url, seconds=5)
        with pytest.raises(Stopped):
            client.ask(server.url, b"a=b", seconds=5)


@pytest.mark.parametrize(("hang", "answered"), [(0.5, True), (9.0, False)])
def test_a_file_that_is_leaving_gets_a_moment_after_a_stop(monkeypatch, hang, answered):
    monkeypatch.setattr(http, "GRACE", 1.5)
    with Server([Answer(reply("x"), hang=hang)]) as server:
        client = Http(SETTINGS, lambda: bool(server.requests))
        began = time.monotonic()
        found = client.upload(server.url, b"file", "text/xml", seconds=30)
        assert time.monotonic() - began < 4
        client.close()
    assert isinstance(found, Reply) if answered else found == NoReply(reason="Stopped", body_left=True)


def test_a_question_ends_at_once_on_a_stop():
    with Server([Answer(reply("x"), hang=9)]) as server:
        client = Http(SETTINGS, lambda: bool(server.requests))
        began = time.monotonic()
        with pytest.raises(Stopped):
            client.ask(server.url, b"a=b", seconds=30)
        assert time.monotonic() - began < 3
        client.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://doi.crossref.org",
        "https://doi.crossref.org/",
        "http://127.0.0.1:8080",
        "http://[::1]:1",
        "http://LOCALHOST:1",
    ],
)
def test_addresses_for_passwords(url):
    assert checked_url(url, "deposit_url") == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    ["http://doi.crossref.org", "http://127.0.0.1.example.org", "ftp://x", "doi.crossref.org", "https://", "https://[",
     f"https://me:{SECRET}@doi.crossref.org", "https://x:0", "https://x/?a=b", "http://10.0.0.1"],
)  # fmt: skip
def test_other_addresses_are_refused_and_not_repeated(url):
    with pytest.raises(ConfigError, match=r"deposit_url: .*must begin with https://") as caught:
        checked_url(url, "deposit_url")
    assert SECRET not in str(caught.value)


def test_over_tls_a_reset_in_the_body_is_after_the_first_byte(certificate):
    def stage(line: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        with context.wrap_socket(line, server_side=True) as safe:
            safe.recv(1000)
            reset(safe)

    with host(stage) as url:
        found = uploaded(url.replace("http:", "https:"), Connection(contact="a@b.org", ca_file=certificate))
    assert isinstance(found, NoReply)
    assert found.body_left
