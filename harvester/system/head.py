"""The head of an HTTP answer, without the lines that would cost the ones after them.

http.client hands a head to an e-mail parser, which takes the first malformed line for the end of it: every header below
that line is lost, Content-Length included.
"""

from __future__ import annotations

import http.client
import io
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO

_LINES = 200  # of a head; http.client refuses more than 100
_LENGTH = 65_536  # bytes of a line; http.client refuses a longer one
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:(.*)", re.DOTALL)
_INTERIM = re.compile(rb"HTTP/1\.\d 1(?!01)\d\d\b")  # RFC 9110, section 15.2; 101 would end HTTP on this connection


class Reply(http.client.HTTPResponse):
    """An answer whose headers are read in spite of malformed lines, and after interim replies (103 Early Hints)."""

    fp: Any

    def begin(self) -> None:
        line = self.fp
        self.fp = io.BytesIO(final(line))
        try:
            super().begin()
            self.headers.defects.clear()  # of a mail with parts; urllib3 logs them with a traceback
        finally:
            if self.fp is None:  # http.client closes what it cannot read
                line.close()
            else:
                self.fp = line


def final(line: BinaryIO) -> bytes:
    """The head of the final reply, well-formed; what does not begin as HTTP is left to http.client to refuse."""
    while True:
        status = line.readline(_LENGTH + 1)
        if not status.startswith(b"HTTP/"):
            return status
        rows = _rows(line)
        if not _INTERIM.match(status):
            return b"".join([status, *fields(rows), b"\r\n"])


def _rows(line: BinaryIO) -> list[bytes]:
    rows: list[bytes] = []
    while len(rows) < _LINES and (row := line.readline(_LENGTH + 1)).strip(b"\r\n"):
        rows.append(row)
        if len(row) > _LENGTH:
            break
    return rows


def fields(rows: list[bytes]) -> list[bytes]:
    """The header fields of a head: malformed lines are dropped, with the lines that continue them.

    RFC 9112: a blank before the colon is removed (section 5.1), a bare CR is a blank (2.2), and Content-Length does not
    count next to Transfer-Encoding (6.3).
    """
    out: list[bytes] = []
    kept = False
    for row in rows:
        text = row.rstrip(b"\r\n").replace(b"\r", b" ") + b"\r\n"
        if text[:1] not in b" \t":
            field = _FIELD.fullmatch(text)
            kept = field is not None
            text = b"%s:%s" % field.groups() if field else b""
        if kept:
            out.append(text)
    names = [text.partition(b":")[0].lower() for text in out]
    if b"transfer-encoding" not in names:
        return out
    return [text for name, text in zip(names, out, strict=True) if name != b"content-length"]


def retry_after(header: str | None, reference: datetime) -> float | None:
    """The seconds in a Retry-After header, in either form (RFC 9110, section 10.2.3); `None` for anything else.

    `reference` is when the answer was sent, by the provider's clock if it has a Date header.
    """
    value = (header or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    moment = http_date(value)
    return None if moment is None else max(0.0, (moment - reference).total_seconds())


def http_date(value: str) -> datetime | None:
    """The moment in a header (RFC 9110, section 5.6.7), with any time zone; `None` for anything else."""
    try:
        moment = parsedate_to_datetime(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
