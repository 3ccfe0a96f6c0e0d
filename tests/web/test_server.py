"""The real server: addresses it listens on, and clients that are too slow or send too much."""

from __future__ import annotations

import socket
import stat
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
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


HALVES = (
    b"",  # connected, and silent
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nhalf a body",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
)


@contextmanager
def slow_clients(address: str, number: int) -> Iterator[list[socket.socket]]:
    """Clients of each kind that have sent half a request."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(address)) for _ in range(number)]
        for place, client in enumerate(clients):
            client.sendall(HALVES[place % len(HALVES)])
        yield clients


def seconds_to_answer(address: str) -> float:
    begun = time.monotonic()
    with urllib.request.urlopen(f"{address}page", timeout=20) as answer:
        assert answer.read() == b"/page"
    return time.monotonic() - begun


def is_cut(client: socket.socket) -> bool:
    """Whether the server closes the connection, with or without words about it."""
    try:
        while client.recv(4096):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.slow
def test_others_are_served_at_once_while_many_send_slowly():
    with serve(application, "127.0.0.1:0") as address, slow_clients(address, 100) as clients:
        assert max(seconds_to_answer(address) for _ in range(5)) < 2
        clients[0].sendall(b"GET /first HTTP/1.1\r\nHost: localhost\r\n\r\n")  # they are not cut yet
        answer = b""
        while b"/first" not in answer and (more := clients[0].recv(4096)):
            answer += more
        assert b"/first" in answer


@pytest.mark.slow
@pytest.mark.parametrize("limits", [Limits(connections=40, hurried=0.3), Limits(connections=40, request=0.3, idle=1)])
def test_all_connections_in_use_by_slow_clients_are_cut_for_others(limits: Limits):
    """Twice as many as the server accepts: the others wait in its queue, and are cut in their turn."""
    with serve(application, "127.0.0.1:0", limits) as address, slow_clients(address, 80) as clients:
        assert seconds_to_answer(address) < 15
        assert all(map(is_cut, clients[:40]))


@pytest.mark.slow
def test_answer_that_takes_long_is_not_cut():
    """Slow is who sends slowly, and not who waits for an answer."""

    def works(environ: Any, start_response: Any) -> Iterable[bytes]:
        time.sleep(1)
        return application(environ, start_response)

    limits = Limits(connections=8, request=0.3, hurried=0.3)
    with serve(works, "127.0.0.1:0", limits) as address, ExitStack() as stack:
        clients = [stack.enter_context(connected(address)) for _ in range(5)]
        for client in clients:
            client.sendall(b"GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answers = [client.makefile("rb").read() for client in clients]
    assert [answer.endswith(b"/page") for answer in answers] == [True] * 5


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
