"""A provider made of raw sockets: what it sends is byte for byte what the test says, however wrong.

An answer is bytes, or an `Answer` where the line should be slow or break. `Server` takes a list of answers, given one
per request and the last one for ever, or a function from `Request` to answer.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

OAI = "http://www.openarchives.org/OAI/2.0/"


@dataclass
class Request:
    target: str
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass
class Answer:
    """`every` seconds between two bytes, `hang` seconds before the first, `close` the line behind the last."""

    data: bytes
    close: bool = False
    every: float = 0.0
    hang: float = 0.0


Script = Sequence[bytes | Answer] | Callable[[Request], bytes | Answer]


@dataclass
class Server:
    script: Script
    certificate: str | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Server:
        self._open = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes the accepting thread
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @property
    def url(self) -> str:
        return f"http{'s' if self.certificate else ''}://127.0.0.1:{self.port}/oai"

    @property
    def queries(self) -> list[dict[str, str]]:
        return [request.query for request in self.requests]

    def _accept(self) -> None:
        while self._open:
            line, _ = self._listener.accept()
            if not self._open:
                line.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(line,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: Any) -> None:
        with contextlib.suppress(OSError), contextlib.closing(line):
            if self.certificate:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.certificate)
                line = context.wrap_socket(line, server_side=True)
            with contextlib.closing(line):
                line.settimeout(0.1)
                while request := self._request(line):
                    self.requests.append(request)
                    if self._answer(line, self._next(request)):
                        return

    def _request(self, line: socket.socket) -> Request | None:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (block := self._receive(line)):
                return None
            data += block
        head, _, body = data.partition(b"\r\n\r\n")
        first, *rows = head.decode("latin-1").split("\r\n")
        headers = dict(row.split(": ", 1) for row in rows)
        while len(body) < int(headers.get("Content-Length", 0)) and (block := self._receive(line)):
            body += block
        method, target, _ = first.split(" ")
        return Request(target, headers, method, body)

    def _receive(self, line: socket.socket) -> bytes:
        while self._open:
            with contextlib.suppress(TimeoutError):
                return line.recv(65536)
        return b""

    def _next(self, request: Request) -> Answer:
        if callable(self.script):
            answer = self.script(request)
        else:
            answer = self.script[min(len(self.requests), len(self.script)) - 1]
        return answer if isinstance(answer, Answer) else Answer(answer, close=b"Connection: close" in answer)

    def _answer(self, line: socket.socket, answer: Answer) -> bool:
        """Sends it; whether the line is to be closed."""
        self._sleep(answer.hang)
        if answer.every:
            for byte in answer.data:
                if not self._open:
                    return True
                line.sendall(bytes([byte]))
                self._sleep(answer.every)
        else:
            line.settimeout(30)
            line.sendall(answer.data)
            line.settimeout(0.1)
        return answer.close

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self._open and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))


def reply(body: bytes | str, status: int = 200, **headers: str) -> bytes:
    """A whole HTTP answer; `Retry_After="3"` becomes a header, `Content_Length=""` leaves that one out."""
    data = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": "text/xml", "Content-Length": str(len(data))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"HTTP/1.1 {status} Some words\r\n{head}\r\n".encode() + data


def chunked(body: str, *, whole: bool = True) -> bytes:
    data = body.encode()
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%s\r\n" % (len(data), data) + (b"0\r\n\r\n" if whole else b"")


def redirect(location: str, status: int = 302) -> bytes:
    return reply("moved", status, Location=location)


def envelope(content: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI}">'
        f"<responseDate>2026-02-03T04:05:06Z</responseDate><request>here</request>{content}</OAI-PMH>"
    )


def error(code: str, words: str = "so it is") -> str:
    return envelope(f'<error code="{code}">{words}</error>')


def record(number: int | str, title: str = "Bees", header: str = "") -> str:
    return (
        f"<record><header{header}><identifier>oai:x:{number}</identifier><datestamp>2026-01-01</datestamp>"
        "<setSpec>bees</setSpec></header>"
        '<metadata><dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></dc></metadata></record>'
    )


def listing(*records: str, token: str | None = None, verb: str = "ListRecords") -> str:
    end = "" if token is None else f"<resumptionToken>{token}</resumptionToken>"
    return envelope(f"<{verb}>{''.join(records)}{end}</{verb}>")
