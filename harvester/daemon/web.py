"""The HTTP server with /healthz, /readyz and /metrics, for probes and Prometheus."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from harvester.daemon.metrics import CONTENT_TYPE
from harvester.errors import HarvesterError
from harvester.system.listening import address_of

log = logging.getLogger(__name__)

Probe = Callable[[], str | None]  # returns what is wrong, `None` if nothing is


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listen: str, health: Probe, ready: Probe, metrics: Callable[[], bytes]) -> None:
        super().__init__(address_of(listen), _Handler)
        self.probes = {"/healthz": health, "/readyz": ready}
        self.metrics = metrics


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10  # seconds for one request

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self._answer_metrics()
        elif probe := self.server.probes.get(self.path):
            wrong = probe()
            self._answer(503 if wrong else 200, f"{wrong or 'ok'}\n".encode())
        else:
            self._answer(404, b"There are /healthz, /readyz and /metrics.\n")

    def _answer_metrics(self) -> None:
        try:
            self._answer(200, self.server.metrics(), CONTENT_TYPE)
        except HarvesterError as error:
            self._answer(503, f"{error}\n".encode())

    def _answer(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)


@contextmanager
def serve(listen: str, *, health: Probe, ready: Probe, metrics: Callable[[], bytes]) -> Iterator[tuple[str, int]]:
    """Serves in the block; yields host and port. Raises `HarvesterError` if it cannot listen there."""
    try:
        server = _Server(listen, health, ready, metrics)
    except OSError as error:
        raise HarvesterError(f"[daemon] listen: {listen} is not free: {error.strerror}; name another port") from error
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="web", daemon=True)
    thread.start()
    try:
        host, port = server.server_address[:2]
        yield str(host), int(port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def get(listen: str, path: str, *, timeout: float = 5.0) -> tuple[int, str]:
    """Requests a path from a daemon; returns status and body. Raises `HarvesterError` if none answers."""
    host, port = address_of(listen)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        raise HarvesterError(f"No daemon answers at {listen} ({error}); see its log, or start it.") from error
    finally:
        connection.close()
