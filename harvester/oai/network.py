"""Connections that go only where they may, and that hear a stop and a deadline in the middle of a read."""

from __future__ import annotations

import ipaddress
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from harvester.errors import PrivateAddress, Stopped, TooSlow, Unreachable
from harvester.oai.head import Reply

SLICE = 0.25  # seconds a read sleeps before it looks whether to go on
LOOK_UP = 30.0  # seconds for the name server
CONNECT = 15.0  # seconds for one connection, and for its TLS handshake
SILENCE = 120.0  # seconds without a byte; OJS 3.3 on a small host needs 10 for a page of jats


class Watch:
    """Says in the middle of a request when to give up: a stop, the page's deadline, a silent line.

    The timeout that requests has is per read: a dripping server held one request 16 s with `timeout=2`.
    """

    def __init__(self, stop: Callable[[], bool]) -> None:
        self.stop = stop
        self.start(SILENCE)

    def start(self, seconds: float) -> None:
        """A new page begins, and has so many seconds."""
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        if self.stop():
            raise Stopped("stopped while the provider was answering; the same command goes on from here")
        if time.monotonic() > self._end:
            raise TooSlow(
                f"one page took longer than {self._seconds:g} seconds; "
                "ask for smaller date windows, or allow a longer deadline for this source"
            )

    def patiently(self, read: Callable[..., int], *args: Any) -> int:
        """A read whose socket times out after `SLICE`, until something comes or it is time to give up."""
        silent = time.monotonic() + SILENCE
        while True:
            self.check()
            try:
                return read(*args)
            except TimeoutError:
                if time.monotonic() > silent:
                    raise


class _PlainSocket(socket.socket):
    watch: Watch

    def recv_into(self, *args: Any) -> int:
        return self.watch.patiently(super().recv_into, *args)


class _TlsSocket(ssl.SSLSocket):
    watch: Watch  # of the class that a session makes for itself: the handshake comes before anyone has the socket

    def do_handshake(self, block: bool = False) -> None:
        """In slices; what came of the handshake is kept between them."""
        try:
            self._shake_hands(block)
        except BaseException:
            self.close()  # ssl does so for its own errors only
            raise

    def _shake_hands(self, block: bool) -> None:
        end = time.monotonic() + CONNECT
        self.settimeout(SLICE)
        while True:
            self.watch.check()
            try:
                return super().do_handshake(block)
            except TimeoutError as error:
                if time.monotonic() > end:
                    said = f"{self.server_hostname} agreed on no encryption within {CONNECT:g} seconds"
                    raise Unreachable(f"{said}; harvest again later") from error

    def recv_into(self, *args: Any) -> int:
        return self.watch.patiently(super().recv_into, *args)


# ------------------------------------------------------------------------------------------- addresses


def is_public(address: str) -> bool:
    """Whether the whole internet can reach an IP address; those that wrap an IPv4 address count as that one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _wrapped(ip)
        if inner is None and ip not in _GLOBAL_UNICAST:
            return False
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


# All that IANA gives out (RFC 4291, section 2.4). Python calls more of the rest global: ::127.0.0.1, fec0::1, 5f00::1.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


Place = tuple[Any, Any, int, str, Any]  # one row of getaddrinfo


def _places(host: str, port: int, allow_private: bool, watch: Watch) -> list[Place]:
    """Where the name leads, looked up once: what was checked is what is connected to."""
    places = _looked_up(host, port, watch)
    if isinstance(places, Exception):
        raise Unreachable(
            f"the name {host} cannot be found ({getattr(places, 'strerror', None) or places}); "
            "check the address of the source and the network of this machine"
        ) from places
    allowed = [place for place in places if allow_private or is_public(str(place[4][0]))]
    if not allowed:
        raise PrivateAddress(
            f"{host} leads to {places[0][4][0]}, an address of a private network; "
            "set allow_private = true for this source if that is meant"
        )
    return allowed


def _looked_up(host: str, port: int, watch: Watch) -> list[Place] | OSError | UnicodeError:
    """What getaddrinfo says, asked in a thread of its own: it cannot be interrupted, only left behind."""
    said: SimpleQueue[list[Place] | OSError | UnicodeError] = SimpleQueue()

    def ask() -> None:
        try:
            said.put(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            said.put(error)

    threading.Thread(target=ask, name=f"look-up of {host}", daemon=True).start()
    end = time.monotonic() + LOOK_UP
    while time.monotonic() < end:
        try:
            return said.get(timeout=SLICE)
        except Empty:
            watch.check()
    return TimeoutError(f"no answer from the name server within {LOOK_UP:g} seconds")


def _connected(place: Place, options: Any, timeout: float, watch: Watch) -> socket.socket:
    """A connected socket; raises `OSError`, and what the watch raises while we wait."""
    family, kind, protocol, _, address = place
    sock = _PlainSocket(family, kind, protocol)
    sock.watch = watch
    try:
        for option in options or ():
            sock.setsockopt(*option)
        sock.setblocking(False)
        sock.connect_ex(address)
        _await_connection(sock, timeout, watch)
        sock.settimeout(timeout)
    except BaseException:
        sock.close()
        raise
    return sock


def _await_connection(sock: socket.socket, timeout: float, watch: Watch) -> None:
    poll = select.poll()
    poll.register(sock, select.POLLOUT)
    end = time.monotonic() + timeout
    while not poll.poll(SLICE * 1000):
        watch.check()
        if time.monotonic() > end:
            raise TimeoutError(f"no connection within {timeout:g} seconds")
    if fault := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(fault, os.strerror(fault))


class _Gated:
    """Mixed into urllib3's connections: looks the name up itself, and connects to a checked address only."""

    response_class: Any = Reply

    def __init__(self, *args: Any, watch: Watch, allow_private: bool, **kwargs: Any) -> None:
        self._watch = watch
        self._allow_private = allow_private
        super().__init__(*args, **kwargs)

    def _new_conn(self: Any) -> socket.socket:
        fault: OSError | None = None
        for place in _places(self._dns_host, self.port, self._allow_private, self._watch):
            try:
                return _connected(place, self.socket_options, self.timeout or CONNECT, self._watch)
            except OSError as error:
                fault = error
        raise Unreachable(
            f"nothing answers at {self.host}:{self.port} ({getattr(fault, 'strerror', None) or fault}); "
            "check the address of the source, or harvest again later"
        ) from fault


class _GatedHttp(_Gated, HTTPConnection):
    pass


class _GatedHttps(_Gated, HTTPSConnection):
    pass


class _Adapter(HTTPAdapter):
    def __init__(self, watch: Watch, allow_private: bool) -> None:
        self._connections = {
            "http": partial(_GatedHttp, watch=watch, allow_private=allow_private),
            "https": partial(_GatedHttps, watch=watch, allow_private=allow_private),
        }
        self._socket = type("TlsSocket", (_TlsSocket,), {"watch": watch})
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = create_urllib3_context()
        context.sslsocket_class = self._socket
        super().init_poolmanager(*args, **kwargs, ssl_context=context)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = self._connections[pool.scheme]
        return pool


class Session(requests.Session):
    """A session that keeps connections, knows no proxy and no netrc, and leaves redirects to its user."""

    def __init__(self, watch: Watch, allow_private: bool) -> None:
        super().__init__()
        self.trust_env = False
        self.adapters.clear()
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(watch, allow_private))

    def resolve_redirects(self, *_: Any, **__: Any) -> Any:
        """None: the original reads the whole body of a redirect, however large it is."""
        return iter(())
