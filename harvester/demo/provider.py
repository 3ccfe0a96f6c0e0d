"""The demo provider: repositories in memory behind a real HTTP server, on loopback only."""

from __future__ import annotations

import gzip
import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harvester import __version__
from harvester.demo.lists import Record
from harvester.demo.repository import JATS, OAI_DC, Repository
from harvester.system.loopback import LoopbackServer, running

__all__ = ["JATS", "OAI_DC", "Record", "Repository", "Server", "serve"]

MAX_FORM = 64 * 1024  # bytes of a POSTed request
_FORM = "application/x-www-form-urlencoded"
_GZIP = re.compile(r"\b(?:x-)?gzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s*,|\s*$))", re.IGNORECASE)

log = logging.getLogger(__name__)


class Server(LoopbackServer):
    """The running server. `requests` is how many it has answered, `url` the endpoint of its first repository."""

    def __init__(self, repositories: Mapping[str, Repository], port: int, latency: float) -> None:
        super().__init__(_Handler, port)
        self.repositories, self.latency, self.requests = dict(repositories), latency, 0

    @property
    def url(self) -> str:
        return self.root + next(iter(self.repositories))

    def count(self) -> None:
        with self._lock:
            self.requests += 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open
    server_version = f"journal-harvester-demo/{__version__}"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body are sent in one write
    timeout = 60
    server: Server

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Answers a request with its arguments as a form in the body (OAI-PMH, section 3.1.1.2)."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > MAX_FORM:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif self.headers.get_content_type() != _FORM:
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        else:
            self._answer(self.rfile.read(int(length)).decode("latin-1"))

    def _refuse(self, status: HTTPStatus) -> None:
        """Refuses a request whose body was not read, so that the connection cannot be used again."""
        self.close_connection = True
        self.send_error(status)

    def _answer(self, query: str) -> None:
        self.server.count()
        path = urlsplit(self.path).path
        repository = self.server.repositories.get(path)
        if repository is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        if self.server.latency:
            time.sleep(self.server.latency)
        arguments = parse_qsl(query, keep_blank_values=True)
        self._send(repository.answer(self.server.root + path, arguments))

    def _send(self, body: bytes) -> None:
        zipped = bool(_GZIP.search(self.headers.get("Accept-Encoding", "")))
        data = gzip.compress(body, 1) if zipped else body
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Vary", "Accept-Encoding")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


@contextmanager
def serve(
    repositories: Repository | Mapping[str, Repository], port: int = 0, *, latency: float = 0.0
) -> Iterator[Server]:
    """Serves one repository at /oai, or several by path, on 127.0.0.1 in the block.

    Port 0 is any free port. `latency` delays each answer, in seconds. Raises `OSError` if the port is in use.
    """
    paths = {"/oai": repositories} if isinstance(repositories, Repository) else repositories
    with running(Server(paths, port, latency), "demo-provider") as server:
        yield server
