"""HTTP servers of our own on 127.0.0.1: the providers and registration agencies to try things out with.

No other machine can reach them.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

HOST = "127.0.0.1"

log = logging.getLogger(__name__)


class LoopbackServer(ThreadingHTTPServer):
    """A server with one thread for each connection, which closes while clients keep their connections open."""

    daemon_threads = False  # so that closing waits for every answer
    block_on_close = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        """Port 0 is any free port. Raises `OSError` or `OverflowError` if the port cannot be used."""
        super().__init__((HOST, port), handler)
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()

    @property
    def root(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Logs an error, only for debugging if the client closed the connection."""
        level = logging.DEBUG if isinstance(sys.exc_info()[1], OSError) else logging.ERROR
        log.log(level, "a request from %s failed", client_address, exc_info=True)

    def hang_up(self) -> None:
        """Ends the connections that clients keep open. Otherwise the server would never close."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)


AnyServer = TypeVar("AnyServer", bound=LoopbackServer)


@contextmanager
def running(server: AnyServer, name: str) -> Iterator[AnyServer]:
    """Answers requests in the block, in a thread called `name`, and closes the server after it."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), name=name, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.hang_up()
