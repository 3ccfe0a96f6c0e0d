"""Malformed header lines, and replies before the reply."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.oai import Unreachable
from harvester.system import head
from tests.oai.one_page import PAGE, Naps, harvest, refused
from tests.providers.server import Answer, reply

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
MALFORMED = [
    b"Bad Header Line\r\n",
    b"Access-Control-Expose-Headers : X-Page\r\n",
    b"<b>Notice</b>: Undefined index in oai.php\r\n",
    b": no name\r\n",
    b"X-\xc3\xa9t\xc3\xa9: warm\r\n",
    b"From here on\r\n",
    b"X-Note: one\rtwo without a colon\r\n",
    b"no colon\r\n and its continuation\r\n",
    b" a continuation of nothing\r\n",
    b"Content-Type: multipart/mixed\r\n",
]


def with_line(line: bytes, answer: bytes, *, last: bool = False) -> bytes:
    if last:
        before, body = answer.split(b"\r\n\r\n", 1)
        return before + b"\r\n" + line + b"\r\n" + body
    status, rest = answer.split(b"\r\n", 1)
    return status + b"\r\n" + line + rest


@pytest.mark.parametrize("line", MALFORMED)
@pytest.mark.parametrize("last", [False, True])
def test_a_malformed_line_costs_nothing(line, last, caplog):
    """The connection stays open, so that the body only ends where Content-Length says."""
    page, server = harvest(with_line(line, reply(PAGE, Content_Encoding="gzip"), last=last))
    assert len(page.records) == 2
    assert len(server.requests) == 1
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("line", MALFORMED)
def test_what_comes_after_a_malformed_line_counts(line):
    naps = Naps()
    slow = with_line(line, reply("busy", 503, Retry_After="7"))
    page, _ = harvest(slow, reply(PAGE), naps=naps, retries=1)
    assert len(page.records) == 2
    assert naps.total >= 7
    moved = with_line(line, reply("moved", 302, Location="/there?verb=ListRecords"))
    _, server = harvest(moved, reply(PAGE))
    assert server.requests[1].target.startswith("/there")


def test_transfer_encoding_counts_next_to_content_length(caplog):
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE.encode())
    page, _ = harvest(reply(body, Content_Length=str(len(PAGE)), Transfer_Encoding="chunked"))
    assert len(page.records) == 2
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("status", [100, 102, 103])
def test_a_reply_before_the_reply_is_skipped(status):
    early = f"HTTP/1.1 {status} Wait\r\nLink: </style.css>; rel=preload\r\nno colon\r\n\r\n".encode()
    page, server = harvest(early * 2 + reply(PAGE))
    assert len(page.records) == 2
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300, b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000]
)
def test_a_head_without_end_is_refused(answer):
    fault, *_ = refused(Answer(answer, close=True), retries=0)
    assert isinstance(fault, Unreachable)


@given(st.lists(st.binary(max_size=40)))
def test_a_field_that_is_well_formed_is_kept_among_any_lines(noise):
    rows = [row.replace(b"\n", b"") + b"\r\n" for row in noise if row.strip(b"\r\n")]
    raw = b"HTTP/1.1 200 OK\r\n" + b"".join(rows[:90]) + b"Retry-After: 7\r\n\r\nthe body"
    line = io.BytesIO(raw)
    said = head.final(line)
    assert b"Retry-After: 7\r\n" in said
    assert said.endswith(b"\r\n\r\n")
    assert line.read() == b"the body"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Tue, 03 Feb 2026 04:06:06 GMT", 60),
        ("Tuesday, 03-Feb-26 04:06:06 GMT", 60),
        ("Tue, 03 Feb 2026 05:06:06 +0100", 60),
        ("Tue, 03 Feb 2026 04:06:06", 60),
        ("Mon, 02 Feb 2026 04:05:06 GMT", 0),  # gone by
        ("soon", None),
        ("", None),
        (None, None),
        ("-5", None),
        ("٣", None),
        (f"Fri, 31 Dec {'9' * 20} 23:59:59 GMT", None),
        (f"Fri, 31 Dec 2026 {'9' * 11}:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
    ],
)
def test_retry_after(header, seconds):
    assert head.retry_after(header, NOW) == seconds


@given(st.text())
def test_any_retry_after_is_a_number_or_nothing(header):
    seconds = head.retry_after(header, NOW)
    assert seconds is None or seconds >= 0
