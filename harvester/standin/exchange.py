"""One request and one answer, without a socket."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_NAME = re.compile(rb'\bname="([^"]*)"')
_FILE_NAME = re.compile(rb'\bfilename="([^"]*)"')


class Upload(Struct, frozen=True):
    """A file in a multipart body."""

    name: str
    data: bytes


class Request(Struct, frozen=True):
    """A request, its body read. `target` is the path with the query, as it was sent."""

    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path as it was sent, so that an encoded slash of a DOI is still encoded."""
        return self.target.partition("?")[0]

    @property
    def segments(self) -> list[str]:
        return [unquote(part) for part in self.path.split("/")[1:]]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def form(self) -> dict[str, str]:
        """The fields of a body that is a form."""
        if self.content_type != FORM:
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def multipart(self) -> tuple[dict[str, str], list[Upload]]:
        """The fields and files of a multipart body; nothing if the body is something else (RFC 7578)."""
        fields: dict[str, str] = {}
        files: list[Upload] = []
        if self.content_type != MULTIPART:
            return fields, files
        boundary = _BOUNDARY.search(self.headers["content-type"])
        delimiter = b"\r\n--" + (boundary[1] if boundary else "").encode("latin-1")
        for part in (b"\r\n" + self.body).split(delimiter)[1:-1]:
            head, _, data = part.partition(b"\r\n\r\n")
            if name := _FILE_NAME.search(head):
                files.append(Upload(name[1].decode("utf-8", "replace"), data))
            elif name := _NAME.search(head):
                fields[name[1].decode("utf-8", "replace")] = data.decode("utf-8", "replace")
        return fields, files


class Answer(Struct, frozen=True):
    """An answer with its whole body."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class NoAnswer(Exception):
    """The connection is closed without an answer."""


def html(status: int, body: str) -> Answer:
    return Answer(status, "text/html;charset=UTF-8", body.encode())


def text(status: int, body: str) -> Answer:
    return Answer(status, "text/plain;charset=UTF-8", body.encode())


def xml(body: bytes) -> Answer:
    return Answer(200, "text/xml;charset=UTF-8", body)


def as_json(value: Any, status: int = 200) -> Answer:
    return Answer(status, "application/json", json.dumps(value, ensure_ascii=False).encode())
