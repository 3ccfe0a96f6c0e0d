"""The real server: addresses it listens on, and clients that are too slow or send too much."""

from __future__ import annotations

import socket
import stat
import time
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harvester.errors import HarvesterError
from harvester.web.server import Limits, serve

FAST = Limits(request=0.2, idle=0.2, header=2048, body=10_000)


def application(environ: Any, start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/large":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (b"x" * 1_000_000 for _ in range(200))
    body = environ["wsgi.input"].read() or environ["PATH_INFO"].encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    assert parts.hostname is not None
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def test_server_answers_on_a_port():
    with serve(application, "127.0.0.1:0") as address, urllib.request.urlopen(f"{address}page") as answer:
        assert answer.read() == b"/page"
        assert "Server" not in answer.headers
    with pytest.raises(OSError, match="refused"):
        connected(address)


def test_port_in_use_names_the_setting():
    with serve(application, "127.0.0.1:0") as address:
        again = serve(application, urlsplit(address).netloc)
        with pytest.raises(HarvesterError, match=r"\[web\] listen: .* name another address"), again:
            pass


def test_server_answers_on_a_socket_that_others_cannot_use(tmp_path: Path):
    path = tmp_path / "web.sock"
    with serve(application, f"unix:{path}") as address:
        assert address == f"unix:{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b"GET /page HTTP/1.0\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.0 200 OK")
        with pytest.raises(HarvesterError, match="in use"), serve(application, f"unix:{path}"):
            pass
    assert not path.exists()


def test_socket_that_a_killed_process_left_is_replaced(tmp_path: Path):
    path = tmp_path / "web.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with serve(application, f"unix:{path}"):
        assert path.is_socket()


def test_file_in_the_place_of_the_socket_is_kept(tmp_path: Path):
    path = tmp_path / "important.txt"
    path.write_text("kept")
    with pytest.raises(HarvesterError, match="listen"), serve(application, f"unix:{path}"):
        pass
    assert path.read_text() == "kept"


@pytest.mark.slow
def test_client_that_sends_byte_by_byte_is_disconnected():
    """A slowloris: waitress alone would wait as long as a byte comes from time to time."""
    with serve(application, "127.0.0.1:0", FAST) as address, connected(address) as client:
        assert seconds_until(client, lambda: client.sendall(b"G")) < 5


@pytest.mark.slow
def test_client_that_reads_nothing_frees_its_thread():
    with serve(application, "127.0.0.1:0", FAST) as address, connected(address) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert seconds_until(client, lambda: client.sendall(b"G")) < 8


def seconds_until(client: socket.socket, send: Callable[[], None]) -> float:
    """How long the server accepts what is sent now and then, without reading anything."""
    begun = time.monotonic()
    with suppress(OSError):
        while time.monotonic() - begun < 10:
            send()
            time.sleep(0.05)
    return time.monotonic() - begun


def test_head_that_is_too_large_is_refused():
    with serve(application, "127.0.0.1:0", FAST) as address, connected(address) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 4000 + b"\r\n\r\n")
        assert b" 431 " in client.recv(4096)


def test_body_that_is_too_large_is_refused():
    with serve(application, "127.0.0.1:0", FAST) as address, connected(address) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20_000)
        assert b" 413 " in client.recv(4096)
