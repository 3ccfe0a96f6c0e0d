"""The server: waitress on a port or a socket, with limits that no client can exceed."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from msgspec import Struct
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from harvester.errors import HarvesterError
from harvester.system.listening import UNIX, address_of

Application = Callable[[Any, Any], Iterable[bytes]]

log = logging.getLogger("harvester.web")


class Limits(Struct, frozen=True, kw_only=True):
    """What a client may use at most. Times are seconds."""

    threads: int = 8  # requests answered at once
    connections: int = 200
    header: int = 32 * 1024  # bytes
    body: int = 2 * 1024 * 1024  # bytes; a log of Crossref for 10,000 DOIs has as many
    request: float = 20.0  # from the first byte of a request to its last one
    idle: float = 30.0  # without a byte in either direction
    hurried: float = 2.0  # instead of both, once most of the connections are in use


@contextmanager
def serve(application: Application, listen: str, limits: Limits | None = None) -> Iterator[str]:
    """Serves in the block, in threads of its own; yields the address for a browser, or that of the socket.

    Raises `HarvesterError` if it cannot listen there.
    """
    limits, stopping = limits or Limits(), Event()
    with _bound(listen) as bound:
        sockets: dict[Any, Any] = {}
        server = create_server(
            application,
            map=sockets,
            sockets=[bound],
            threads=limits.threads,
            connection_limit=limits.connections,
            max_request_header_size=limits.header,
            max_request_body_size=limits.body,
            channel_timeout=int(limits.idle),
            cleanup_interval=5,
            ident=None,
            clear_untrusted_proxy_headers=False,  # `access` reads them, and refuses those of strangers
        )
        assert isinstance(server, BaseWSGIServer)
        server.channel_class = _channel_class(limits, sockets)
        thread = Thread(target=_loop, args=(sockets, stopping), name="web", daemon=True)
        thread.start()
        try:
            yield _address(bound)
        finally:
            stopping.set()
            server.pull_trigger()
            thread.join()
            server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
            wasyncore.close_all(sockets, ignore_all=True)


def _loop(sockets: dict[Any, Any], stopping: Event) -> None:
    while not stopping.is_set():
        wasyncore.loop(timeout=1.0, map=sockets, count=1)


def _channel_class(limits: Limits, sockets: Mapping[Any, Any]) -> type[HTTPChannel]:
    """Connections that are closed when their client is too slow. Waitress itself waits as long as any byte comes.

    At its limit of connections, waitress accepts no further one. So while most are in use, clients get less time.
    `sockets` has all that are open.
    """
    many = limits.connections * 3 // 4

    class Channel(HTTPChannel):
        _begun: float | None = None  # when the first byte of a request came that is not complete yet

        def readable(self) -> bool:
            """Called about once a second for every connection."""
            if self.request is None:
                self._begun = None
            elif self._begun is None:
                self._begun = time.monotonic()
            if not self.connected:
                return False
            if self._is_stalled():
                self.handle_close()  # frees the thread that waits to send more
                return False
            if self._is_slow():
                self.will_close = True
            return bool(super().readable())

        def _is_stalled(self) -> bool:
            """Whether its client reads nothing of an answer."""
            return bool(self.total_outbufs_len > 0 and time.time() - self.last_activity > limits.idle)

        def _is_slow(self) -> bool:
            """Whether its client has not sent a whole request in time. One that is being answered does not count."""
            is_crowded = len(sockets) > many
            if self._begun is not None:
                longest = min(limits.request, limits.hurried) if is_crowded else limits.request
                return time.monotonic() - self._begun > longest
            is_idle = not self.requests and not self.total_outbufs_len
            return bool(is_crowded and is_idle and time.time() - self.last_activity > limits.hurried)

        def writable(self) -> bool:
            return self.connected and bool(super().writable())

    return Channel


@contextmanager
def _bound(listen: str) -> Iterator[socket.socket]:
    """A socket bound to the address. A file that a killed process has left there is replaced."""
    try:
        bound = _bind_file(Path(listen.removeprefix(UNIX))) if listen.startswith(UNIX) else _bind_port(listen)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise HarvesterError(f"[web] listen: {listen} cannot be used: {reason}; name another address") from error
    try:
        yield bound
    finally:
        bound.close()
        if listen.startswith(UNIX):
            with suppress(OSError):
                Path(listen.removeprefix(UNIX)).unlink()


def _bind_port(listen: str) -> socket.socket:
    host, port = address_of(listen)
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _bind_file(path: Path) -> socket.socket:
    """A socket that the owner and the group of the file may use, such as the group of a proxy."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket() and bound.connect_ex(str(path)) != 0:
            path.unlink()
        bound.close()
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        bound.bind(str(path))
        path.chmod(0o660)
    except OSError:
        bound.close()
        raise
    return bound


def _address(bound: socket.socket) -> str:
    if bound.family == socket.AF_UNIX:
        return f"{UNIX}{bound.getsockname()}"
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
