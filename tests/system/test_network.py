"""Where connections may go, and TLS."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from pathlib import Path

import pytest

from harvester.errors import ConfigError
from harvester.model import Access, Window
from harvester.oai import Provider, RefusedAddress, Stopped, TooSlow, Unreachable
from harvester.system import network
from tests.providers.server import Answer, Server, listing, record, redirect, reply

DC = Window(prefix="oai_dc")
PAGE = listing(record(1))
GUARD = network.RequestGuard(lambda: False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0", "2130706433", "0x7f000001"])
def test_a_private_address_is_refused_before_anything_is_sent(host):
    with Server([reply(PAGE)]) as server, Provider(Access(url=f"http://{host}:{server.port}/oai")) as provider:
        with pytest.raises(RefusedAddress, match="allow_private = true"):
            provider.page(DC)
        assert server.connections == 0


def test_a_redirect_into_a_private_network_is_refused(monkeypatch):
    """One loopback address stands for a public host here; the other stays what it is."""
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    with Server([redirect("http://127.0.0.2:1/latest/meta-data?verb=x")]) as server:
        with Provider(Access(url=server.url)) as provider, pytest.raises(RefusedAddress, match=r"127\.0\.0\.2"):
            provider.page(DC)
        assert server.connections == 1


def test_a_name_with_a_private_and_a_public_address_goes_to_the_public_one(monkeypatch):
    places = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: places)
    assert network._addresses("mixed.example", 80, False, GUARD, "") == places[1:]
    assert network._addresses("mixed.example", 80, True, GUARD, "") == places


def test_the_name_is_looked_up_once_for_check_and_connection(monkeypatch):
    """A name that says something else the second time (DNS rebinding) finds nobody asking."""
    asked = []
    real = socket.getaddrinfo

    def lookup(host, *rest):
        asked.append(host)
        return real("127.0.0.1", *rest)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with Server([reply(PAGE)]) as server:
        settings = Access(url=f"http://rebound.example:{server.port}/oai", allow_private=True)
        with Provider(settings) as provider:
            provider.page(DC)
            provider.page(DC)
            assert asked == ["rebound.example"]
    assert server.requests[0].headers["Host"] == f"rebound.example:{server.port}"


def test_a_stop_is_heard_while_connecting():
    """The second half-open connection to a listener with a full queue hangs."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        settings = Access(url=f"http://127.0.0.1:{address[1]}/", allow_private=True)
        threading.Timer(0.2, stop.set).start()
        began = time.monotonic()
        with Provider(settings, stop=stop.is_set) as provider, pytest.raises(Stopped):
            provider.page(DC)
        assert time.monotonic() - began < 1.2
        for filler in fillers:
            filler.close()


@pytest.fixture
def name_server_is_silent(monkeypatch):
    """Looking up a name takes until the end of the test."""
    over = threading.Event()

    def lookup(*_):
        over.wait(30)
        raise OSError("too late")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield
    over.set()


@pytest.mark.usefixtures("name_server_is_silent")
def test_a_stop_is_heard_while_a_name_is_looked_up():
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    settings = Access(url="http://slow.example/oai")
    with Provider(settings, stop=stop.is_set) as provider, pytest.raises(Stopped):
        provider.page(DC)
    assert time.monotonic() - began < 1.2


@pytest.mark.usefixtures("name_server_is_silent")
def test_looking_up_a_name_has_an_end(monkeypatch):
    monkeypatch.setattr(network, "LOOK_UP", 0.3)
    settings = Access(url="http://slow.example/oai", retries=0)
    with Provider(settings) as provider, pytest.raises(Unreachable, match="no answer from the name server"):
        provider.page(DC)


# -------------------------------------------------------------------------------------------------- TLS


@pytest.fixture
def mute():
    """A listener that takes connections and never says a word; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_stop_is_heard_during_the_handshake(mute):
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    settings = Access(url=f"https://127.0.0.1:{mute}/oai", allow_private=True)
    with Provider(settings, stop=stop.is_set) as provider, pytest.raises(Stopped):
        provider.page(DC)
    assert time.monotonic() - began < 1.2


def test_a_handshake_has_an_end(mute, monkeypatch):
    monkeypatch.setattr(network, "CONNECT", 0.3)
    settings = Access(url=f"https://127.0.0.1:{mute}/oai", allow_private=True, retries=0)
    with Provider(settings) as provider, pytest.raises(Unreachable, match=r"no encryption within 0\.3 seconds"):
        provider.page(DC)


def test_a_slow_handshake_goes_on_where_it_was(certificate):
    """Each half of it comes after more than one slice."""
    with Server([reply(PAGE)], certificate) as server, socket.create_server(("127.0.0.1", 0)) as front:
        relay = threading.Thread(target=slow_relay, args=(front, server.port))
        relay.start()
        address = f"https://127.0.0.1:{front.getsockname()[1]}/oai"
        with Provider(Access(url=address, allow_private=True, ca_file=certificate)) as provider:
            assert len(provider.page(DC).records) == 1
        relay.join()


def slow_relay(front, port):
    """Hands bytes on between one client and the server, the first four pieces late."""
    near, far = front.accept()[0], socket.create_connection(("127.0.0.1", port))
    late = iter([0.6] * 4)
    with near, far:
        while True:
            for line in select.select([near, far], [], [])[0]:
                if not (data := line.recv(65536)):
                    return
                time.sleep(next(late, 0))
                (far if line is near else near).sendall(data)


def test_an_untrusted_certificate_is_final(certificate):
    with Server([reply(PAGE)], certificate) as server:
        settings = Access(url=server.url, allow_private=True)
        with Provider(settings) as provider, pytest.raises(Unreachable, match="certificate of 127") as caught:
            provider.page(DC)
    assert not caught.value.transient
    assert server.requests == []


def test_https_where_only_http_is_spoken():
    def answer(listening: socket.socket) -> None:
        line, _ = listening.accept()
        with line:
            line.recv(65536)
            line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        settings = Access(url=f"https://127.0.0.1:{listening.getsockname()[1]}/oai", allow_private=True)
        with Provider(settings) as provider, pytest.raises(Unreachable, match="does not speak https") as caught:
            provider.page(DC)
    assert not caught.value.transient


def session(certificates):
    return network.Session(GUARD, allow_private=True, proxy="", certificates=certificates)


def test_certificates_are_looked_at_once_until_they_change(certificate, tmp_path, monkeypatch):
    """A thousand sources have thousands of sessions, and most of these never need a certificate."""
    read, real = [], network.trust

    def trust(context, name):
        read.append(name)
        real(context, name)

    monkeypatch.setattr(network, "trust", trust)
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(Path(certificate).read_bytes())
    for _ in range(3):
        session(str(trusted))
    assert read == [str(trusted)]
    trusted.write_text("not a certificate", encoding="ascii")
    os.utime(trusted, ns=(0, 0))  # two changes may have one date on a coarse clock
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"trusted\.pem cannot be read"):
            session(str(trusted))


def trusting(server, certificate, **settings):
    return Provider(Access(url=server.url, allow_private=True, ca_file=certificate, **settings))


def test_pages_over_tls(certificate):
    with (
        Server([Answer(reply(PAGE), every=0.001), reply(PAGE)], certificate) as server,
        trusting(server, certificate) as provider,
    ):
        assert len(provider.page(DC).records) == 1
        assert len(provider.page(DC).records) == 1
        assert server.connections == 1


def test_the_deadline_holds_over_tls(certificate):
    with Server([Answer(reply(PAGE), every=0.02)], certificate) as server:
        began = time.monotonic()
        with (
            trusting(server, certificate, deadline=0.6) as provider,
            pytest.raises(TooSlow),
        ):
            provider.page(DC)
        assert time.monotonic() - began < 2


def test_a_silent_line_is_slow_over_tls_but_read_on(certificate):
    """Longer than one slice without a byte: the read begins again and loses nothing."""
    with (
        Server([Answer(reply(PAGE), hang=0.7)], certificate) as server,
        trusting(server, certificate) as provider,
    ):
        assert len(provider.page(DC).records) == 1


@pytest.mark.parametrize("tls", [False, True])
def test_a_write_ends_on_a_stop_although_nobody_reads(tls, certificate):
    """`Server` reads a body only if it has a Content-Length."""
    blocks = (b"x" * 65536 for _ in range(1000))
    with Server([Answer(reply(PAGE), hang=9)], certificate if tls else None) as server:
        began = time.monotonic()
        guard = network.RequestGuard(lambda: time.monotonic() > began + 0.6)
        with network.Session(guard, True, "", certificate) as session, pytest.raises(Stopped):
            session.post(server.url, data=blocks, timeout=(5, network.SLICE), stream=True)
        assert time.monotonic() - began < 1.5
