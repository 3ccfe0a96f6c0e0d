"""Connections to allowed addresses only, whose reads and writes end on a stop and at a deadline."""

from __future__ import annotations

import logging
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from harvester.addresses import is_public
from harvester.errors import ConfigError, PrivateAddress, Stopped, TooSlow, Unreachable
from harvester.system.head import Reply

logging.getLogger("urllib3").setLevel(logging.WARNING)  # it logs addresses, and some have a key or are a secret

SLICE = 0.25  # seconds that a read waits before it checks whether to give up
LOOK_UP = 30.0  # seconds for the name server
CONNECT = 15.0  # seconds for one connection, and for its TLS handshake
SILENCE = 120.0  # seconds without a byte; OJS 3.3 on a small host needs 10 for a page of jats


class RequestGuard:
    """Decides during a request when to give up: on a stop, at the deadline of the page, or when no data comes.

    The timeout of `requests` is for each read: a server that sent single bytes held a request 16 s with `timeout=2`.
    """

    def __init__(self, stop: Callable[[], bool]) -> None:
        self.stop = stop
        self.start(SILENCE)

    def start(self, seconds: float) -> None:
        """Starts the deadline of a page."""
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        if self.stop():
            raise Stopped("stopped while the provider was answering; the same command resumes from here")
        if time.monotonic() > self._end:
            raise TooSlow(
                f"one page took longer than {self._seconds:g} seconds; "
                "ask for smaller date windows, or allow a longer deadline for this source"
            )

    def wait_for(self, read: Callable[..., int], *args: Any) -> int:
        """Repeats a read or write whose socket times out after `SLICE`, until data passes or it is time to give up."""
        silent = time.monotonic() + SILENCE
        while True:
            self.check()
            try:
                return read(*args)
            except TimeoutError:
                if time.monotonic() > silent:
                    raise


class _PlainSocket(socket.socket):
    guard: RequestGuard

    def sendall(self, data: Any, flags: int = 0) -> None:
        self.settimeout(SLICE)
        rest = memoryview(data).cast("B")
        while rest:
            rest = rest[self.guard.wait_for(self.send, rest, flags) :]

    def recv_into(self, *args: Any) -> int:
        return self.guard.wait_for(super().recv_into, *args)


class _TlsSocket(ssl.SSLSocket):
    guard: RequestGuard  # of a class made for one session: the handshake comes before anyone has the socket

    def do_handshake(self, block: bool = False) -> None:
        """In slices. The progress of the handshake is kept between them."""
        try:
            self._shake_hands(block)
        except BaseException:
            self.close()  # ssl does this for its own errors only
            raise

    def _shake_hands(self, block: bool) -> None:
        end = time.monotonic() + CONNECT
        self.settimeout(SLICE)
        while True:
            self.guard.check()
            try:
                return super().do_handshake(block)
            except TimeoutError as error:
                if time.monotonic() > end:
                    problem = f"{self.server_hostname} agreed on no encryption within {CONNECT:g} seconds"
                    raise Unreachable(f"{problem}; harvest again later") from error

    def send(self, *args: Any) -> int:  # which sendall calls for each part
        self.settimeout(SLICE)  # urllib3 sets that of the connection before each request
        return self.guard.wait_for(super().send, *args)

    def recv_into(self, *args: Any) -> int:
        return self.guard.wait_for(super().recv_into, *args)


# ------------------------------------------------------------------------------------------- addresses


AddressInfo = tuple[Any, Any, int, str, Any]  # one row of getaddrinfo


def _addresses(host: str, port: int, allow_private: bool, guard: RequestGuard, setting: str) -> list[AddressInfo]:
    """The allowed addresses of a name, looked up once: the checked address is the one that is connected to.

    Raises `Unreachable` for an unknown name, and `PrivateAddress`.
    """
    addresses = _look_up(host, port, guard)
    if isinstance(addresses, Exception):
        raise Unreachable(
            f"the name {host} cannot be found ({getattr(addresses, 'strerror', None) or addresses}); "
            f"check {setting} and the network of this machine"
        ) from addresses
    allowed = [address for address in addresses if allow_private or is_public(str(address[4][0]))]
    if not allowed:
        raise _private(host, addresses[0])
    return allowed


def check_behind_proxy(host: str, port: int, guard: RequestGuard) -> None:
    """Raises `PrivateAddress` if a host that a proxy is to connect to has a private address, as far as we can tell.

    The proxy looks the name up itself, so no address of it may be private. A name that only the proxy knows is left to
    the proxy.
    """
    addresses = _look_up(host, port, guard)
    for address in [] if isinstance(addresses, Exception) else addresses:
        if not is_public(str(address[4][0])):
            raise _private(host, address)


def _private(host: str, address: AddressInfo) -> PrivateAddress:
    return PrivateAddress(
        f"{host} leads to {address[4][0]}, an address of a private network; "
        "set allow_private = true for this source if that is meant"
    )


def _look_up(host: str, port: int, guard: RequestGuard) -> list[AddressInfo] | OSError | UnicodeError:
    """The result of getaddrinfo, called in a thread of its own: it cannot be interrupted, only abandoned."""
    result: SimpleQueue[list[AddressInfo] | OSError | UnicodeError] = SimpleQueue()

    def look_up() -> None:
        try:
            result.put(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            result.put(error)

    threading.Thread(target=look_up, name=f"look-up of {host}", daemon=True).start()
    end = time.monotonic() + LOOK_UP
    while time.monotonic() < end:
        try:
            return result.get(timeout=SLICE)
        except Empty:
            guard.check()
    return TimeoutError(f"no answer from the name server within {LOOK_UP:g} seconds")


def _connect(info: AddressInfo, options: Any, timeout: float, guard: RequestGuard) -> socket.socket:
    """A connected socket. Raises `OSError`, and what the guard raises meanwhile."""
    family, kind, protocol, _, address = info
    sock = _PlainSocket(family, kind, protocol)
    sock.guard = guard
    try:
        for option in options or ():
            sock.setsockopt(*option)
        sock.setblocking(False)
        sock.connect_ex(address)
        _await_connection(sock, timeout, guard)
        sock.settimeout(timeout)
    except BaseException:
        sock.close()
        raise
    return sock


def _await_connection(sock: socket.socket, timeout: float, guard: RequestGuard) -> None:
    poll = select.poll()
    poll.register(sock, select.POLLOUT)
    end = time.monotonic() + timeout
    while not poll.poll(SLICE * 1000):
        guard.check()
        if time.monotonic() > end:
            raise TimeoutError(f"no connection within {timeout:g} seconds")
    if fault := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(fault, os.strerror(fault))


class _Gated:
    """Mixed into urllib3's connections: looks up the name itself, and connects to a checked address only."""

    response_class: Any = Reply

    def __init__(self, *args: Any, guard: RequestGuard, allow_private: bool, setting: str, **kwargs: Any) -> None:
        self._guard = guard
        self._allow_private = allow_private
        self._setting = setting  # that has the host, for messages
        super().__init__(*args, **kwargs)

    def _new_conn(self: Any) -> socket.socket:
        fault: OSError | None = None
        for address in _addresses(self._dns_host, self.port, self._allow_private, self._guard, self._setting):
            try:
                return _connect(address, self.socket_options, self.timeout or CONNECT, self._guard)
            except OSError as error:
                fault = error
        raise Unreachable(
            f"nothing answers at {self.host}:{self.port} ({getattr(fault, 'strerror', None) or fault}); "
            f"check {self._setting}, or harvest again later"
        ) from fault


class _GatedHttp(_Gated, HTTPConnection):
    pass


class _GatedHttps(_Gated, HTTPSConnection):
    pass


_SOURCE = "the address of the source"
_PROXY = "the proxy (the setting proxy of the source, or HTTP_PROXY and HTTPS_PROXY in the environment)"


class _Adapter(HTTPAdapter):
    """`certificates` is a file, or a folder, of certificates that are trusted in addition to the usual ones."""

    def __init__(self, guard: RequestGuard, allow_private: bool, certificates: str | None) -> None:
        direct: dict[str, Any] = {"guard": guard, "allow_private": allow_private, "setting": _SOURCE}
        proxied: dict[str, Any] = {"guard": guard, "allow_private": True, "setting": _PROXY}
        self._direct = {"http": partial(_GatedHttp, **direct), "https": partial(_GatedHttps, **direct)}
        self._proxied = {"http": partial(_GatedHttp, **proxied), "https": partial(_GatedHttps, **proxied)}
        self._guard, self._certificates = guard, certificates
        super().__init__(max_retries=0)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """Made for the first connection that needs it: to read all certificates takes 40 ms."""
        return _tls(self._guard, self._certificates)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = (self._proxied if pool.proxy else self._direct)[pool.scheme]
        if pool.scheme == "https":
            pool.conn_kw["ssl_context"] = self._context
        return pool


def _tls(guard: RequestGuard, certificates: str | None) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.sslsocket_class = type("TlsSocket", (_TlsSocket,), {"guard": guard})
    trust(context, certificates)
    return context


def trust(context: ssl.SSLContext, certificates: str | None) -> None:
    """Trusts a file, or a folder, of certificates too. Raises `ConfigError` if it cannot be read."""
    if not certificates:
        return
    try:
        context.load_verify_locations(**{"capath" if Path(certificates).is_dir() else "cafile": certificates})
    except OSError as error:
        raise ConfigError(
            [f"{certificates} cannot be read ({error}); let ca_file, SSL_CERT_FILE or REQUESTS_CA_BUNDLE name a file "
             "with certificates in PEM"]
        ) from error  # fmt: skip


@lru_cache(maxsize=64)
def _check_readable(version: tuple[str, int | None]) -> None:
    """Raises `ConfigError` if this version of a file, or a folder, of certificates cannot be read; looks at it once."""
    trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), version[0])


def _changed(file: str) -> int | None:
    """When it was changed, in nanoseconds; `None` if that cannot be seen."""
    try:
        return Path(file).stat().st_mtime_ns
    except OSError:
        return None


class Session(requests.Session):
    """A session that keeps connections, knows no netrc, and leaves redirects to its user.

    `proxy` is its URL, "" for none, and `None` for what the environment says. Raises `ConfigError` for certificates
    that cannot be read.
    """

    def __init__(self, guard: RequestGuard, allow_private: bool, proxy: str | None, certificates: str | None) -> None:
        super().__init__()
        self.trust_env = False
        self._proxy = proxy
        self._proxies: dict[str, dict[str, str]] = {}  # by scheme and host
        if certificates:
            _check_readable((certificates, _changed(certificates)))
        self.adapters.clear()
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(guard, allow_private, certificates))

    def proxies_for(self, url: str) -> dict[str, str]:
        """The proxy for a URL, by its scheme; empty for none.

        The environment is read once for each host, because that takes as long as a tenth of a small request.
        """
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._proxies:
            proxy = select_proxy(url, get_environ_proxies(url)) if self._proxy is None else self._proxy
            self._proxies[host] = {parts.scheme: proxy} if proxy else {}
        return self._proxies[host]

    def resolve_redirects(self, *_: Any, **__: Any) -> Any:
        """No redirects: the original reads the whole body of a redirect, however large it is."""
        return iter(())


def certificates_of_environment() -> str | None:
    """The file or folder of certificates that the environment names."""
    return os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE") or None
