"""HTTP in front of the servers that act as DOAJ and DataCite, on 127.0.0.1 only, and the faults that tests set."""

from __future__ import annotations

import json
import logging
import threading
from abc import ABC, abstractmethod
from enum import Enum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from msgspec import Struct, field

from harvester.standin.exchange import Answer, NoAnswer, Request, text
from harvester.system.loopback import LoopbackServer

MAX_BODY = 8 * 1024 * 1024  # bytes of a request that are read at all

log = logging.getLogger(__name__)


class ApiFault(Enum):
    """What happens to one request that would change something."""

    THROTTLED = "429; nothing was changed"
    UNAVAILABLE = "503; nothing was changed"
    ERROR = "500; nothing was changed"
    OTHER_PAGE = "404 with a web page, as of another program; nothing was changed"
    DROP = "the connection is closed without an answer; nothing was changed"
    LOST_ANSWER = "it was done, and the connection is closed without an answer"


class ApiKnobs(Struct, kw_only=True):
    """The settings that tests change at any time."""

    faults: list[ApiFault] = field(default_factory=list)  # each is for one request, in this order
    retry_after: int | None = None  # seconds, in each 429 and 503
    errors: dict[str, tuple[int, str]] = field(default_factory=dict)  # by DOI in lower case: status and words


class Exchange(Struct, frozen=True):
    """One request as it was answered. Its status is 0 without an answer. The query may have a key, and is not kept."""

    method: str
    path: str
    status: int


class JsonApi(LoopbackServer, ABC):
    """A running stand-in. `root` is the `api_url` of a configuration."""

    name: str

    def __init__(self, knobs: ApiKnobs | None = None, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.knobs = knobs or ApiKnobs()
        self.exchanges: list[Exchange] = []
        self.lock = threading.Lock()

    @abstractmethod
    def handle(self, request: Request) -> Answer:
        """The answer to a request without a fault."""

    def answer(self, request: Request) -> Answer:
        """The answer to any request. Raises `NoAnswer` if the connection is to be closed."""
        fault = self.knobs.faults.pop(0) if self.knobs.faults and request.method != "GET" else None
        match fault:
            case None:
                return self.handle(request)
            case ApiFault.THROTTLED | ApiFault.UNAVAILABLE:
                status = 429 if fault is ApiFault.THROTTLED else 503
                seconds = self.knobs.retry_after
                headers = () if seconds is None else (("Retry-After", str(seconds)),)
                return Answer(status, "application/json", b"{}", headers)
            case ApiFault.ERROR:
                return text(500, "Internal Server Error")
            case ApiFault.OTHER_PAGE:
                return Answer(404, "text/html", b"<html><h1>Not here</h1></html>")
            case ApiFault.LOST_ANSWER:
                self.handle(request)
        raise NoAnswer


def body_of(request: Request) -> Any:
    """The JSON of a request; `None` if its body is something else."""
    try:
        return json.loads(request.body)
    except ValueError:
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sys_version = ""
    wbufsize = -1  # head and body are sent in one write
    timeout = 60
    server: JsonApi

    def do_GET(self) -> None:
        self._respond(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY:
            self.close_connection = True
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._respond(self.rfile.read(int(length)))

    do_PUT = do_POST

    def version_string(self) -> str:
        return self.server.name

    def _respond(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        with self.server.lock:
            try:
                answer = self.server.answer(request)
            except NoAnswer:
                self.server.exchanges.append(Exchange(request.method, request.path, 0))
                self.close_connection = True
                return
            self.server.exchanges.append(Exchange(request.method, request.path, answer.status))
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.status != HTTPStatus.NO_CONTENT:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: ARG002
        log.debug("%s %s", self.command, self.path.partition("?")[0])  # the query has the API key
