"""HTTP in front of the stand-in, on 127.0.0.1 only."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from harvester.standin import reading, servlet
from harvester.standin.exchange import Answer, NoAnswer, Request, html, text
from harvester.standin.limits import Limits
from harvester.standin.page import page
from harvester.standin.state import State
from harvester.system.loopback import HOST, LoopbackServer, running

NAME = "crossref-standin"
MAX_BODY = 32 * 1024 * 1024  # bytes of a request that are read at all

log = logging.getLogger(__name__)


class StandIn(LoopbackServer):
    """The running stand-in. `state` controls it, `root` is both `deposit_url` and `api_url` of a configuration."""

    def __init__(self, state: State, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.state = state
        self._api = reading.Api(state, Limits())

    def answer(self, request: Request) -> Answer:
        """The answer to any request. Raises `NoAnswer` if the connection is to be closed."""
        posted = request.method == "POST"
        match request.segments:
            case ["servlet", "deposit"] if posted:
                return servlet.deposit(self.state, request)
            case ["v2", "deposits"] if posted:
                return servlet.deposit_synchronously(self.state, request)
            case ["servlet", "submissionDownload"]:
                return servlet.submission_download(self.state, request)
            case ["getResolvedRefs"] | ["servlet", "query"] | ["search", "doi"] if servlet.is_out(self.state):
                return servlet.outage(self.state)
            case ["getResolvedRefs"]:
                return reading.matched_references(self.state, request)
        if posted:
            return text(405, f"{NAME}: no POST to this path\n")
        return self._read(request)

    def _read(self, request: Request) -> Answer:
        match request.segments:
            case [""]:
                return html(200, page(self.state))
            case ["servlet", "query"] | ["search", "doi"]:
                return reading.query(self.state, request)
            case ["mail", name]:
                return servlet.mailed(self.state, name)
            case ["titlelist", "titleFile.csv"]:
                return reading.title_list(self.state)
            case ["ra", *name]:
                return reading.agency(self.state, "/".join(name))
        return self._api.answer(request) or text(404, reading.NOT_FOUND)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open
    server_version = NAME
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body are sent in one write
    timeout = 60
    server: StandIn

    def do_GET(self) -> None:
        self._respond(b"")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > MAX_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._respond(self.rfile.read(int(length)))

    def version_string(self) -> str:
        return NAME

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        """The Date header, from the stand-in's clock; it may be set wrong."""
        state = self.server.state
        return format_datetime(state.now() + state.knobs.date_offset, usegmt=True)

    def _refuse(self, status: HTTPStatus) -> None:
        """Refuses a request whose body was not read, so that the connection cannot be used again."""
        self.close_connection = True
        self.send_error(status)

    def _respond(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        try:
            answer = self.server.answer(request)
        except NoAnswer:
            self._log(request, 0)
            self.close_connection = True
            return
        self._log(request, answer.status)
        time.sleep(self.server.state.knobs.answer_delay)
        self._send(answer)

    def _log(self, request: Request, status: int) -> None:
        fields, files = request.multipart()
        names = [*request.query, *request.form(), *fields, *(["fname"] if files else [])]
        self.server.state.log(request.method, request.path, names, status)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: ARG002
        log.debug("%s %s", self.command, self.path.partition("?")[0])  # the query could contain a password


@contextmanager
def serve(state: State, port: int = 0, *, host: str = HOST) -> Iterator[StandIn]:
    """Runs a stand-in on loopback in the block. Port 0 is any free port.

    Raises `ValueError` for any other host than 127.0.0.1, `OSError` or `OverflowError` if the port cannot be used.
    """
    if host != HOST:
        raise ValueError(f"the stand-in of Crossref listens on {HOST} only, not on {host}")
    with running(StandIn(state, port), NAME) as server:
        yield server
