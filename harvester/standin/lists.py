"""Lists of works: filters, pages by cursor or offset, chosen members."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from harvester.standin.registry import Record, Version, plain_issn
from harvester.standin.work_json import Json, selected

MAX_ROWS, MAX_OFFSET = 1000, 10_000
CURSOR_LIFE = timedelta(minutes=5)  # without a request; not documented


class BadQuery(Exception):
    """The query is refused. The message says which part of it."""


class Entry(Struct, frozen=True):
    """A DOI as the API shows it: one of its versions, and when the API began to show that."""

    record: Record
    version: Version
    indexed: datetime


class Page(Struct, frozen=True):
    """One page of a list."""

    entries: list[Entry]
    total: int
    rows: int
    start: int
    next_cursor: str | None


_DATES: dict[str, Callable[[Entry], datetime]] = {
    "deposit-date": lambda entry: entry.version.at,
    "update-date": lambda entry: entry.version.at,
    "index-date": lambda entry: entry.indexed,
    "created-date": lambda entry: entry.record.created,
}


def page(entries: Sequence[Entry], query: Mapping[str, str], now: datetime) -> Page:
    """The page of `entries`, which are in a fixed order, that a query asks for. Raises `BadQuery`."""
    wanted = filtered(entries, query.get("filter", ""))
    rows, start = _number(query, "rows", 20, MAX_ROWS), _number(query, "offset", 0, MAX_OFFSET)
    cursor = query.get("cursor")
    if cursor is not None:
        start = _position(cursor, now)
    found = wanted[start : start + rows]
    return Page(found, len(wanted), rows, start, None if cursor is None else _cursor(start + len(found), now))


def filtered(entries: Iterable[Entry], expression: str) -> list[Entry]:
    """The entries for which every filter is true. Several values of one filter are alternatives. Raises `BadQuery`."""
    tests: dict[str, list[Callable[[Entry], bool]]] = {}
    for part in filter(None, expression.split(",")):
        name, _, value = part.partition(":")
        tests.setdefault(name, []).append(_test(name, value))
    return [entry for entry in entries if all(any(test(entry) for test in some) for some in tests.values())]


def _test(name: str, value: str) -> Callable[[Entry], bool]:
    edge, _, date = name.partition("-")
    if edge in ("from", "until") and date in _DATES and value:
        return _date_test(edge, _DATES[date], value)
    if name == "prefix":
        return lambda entry: entry.record.owner == value
    if name == "doi":
        return lambda entry: entry.record.doi.lower() == value.lower()
    if name == "issn":
        return lambda entry: entry.record.title is not None and plain_issn(value) in entry.record.title.issns
    raise BadQuery(f"Filter {name} is not available with the value {value}")


def _date_test(edge: str, date_of: Callable[[Entry], datetime], value: str) -> Callable[[Entry], bool]:
    """The value may be a year, a month, a day or a moment. Until a day includes that day."""

    def test(entry: Entry) -> bool:
        date = date_of(entry).strftime("%Y-%m-%dT%H:%M:%SZ")
        return date >= value if edge == "from" else date[: len(value)] <= value

    return test


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or int(value) > most:
        raise BadQuery(
            f"Integer specified as {value} for {name} must be a positive integer less than or equal to {most}"
        )
    return int(value)


def _cursor(position: int, now: datetime) -> str:
    return base64.urlsafe_b64encode(f"{position} {now.timestamp()}".encode()).decode()


def _position(cursor: str, now: datetime) -> int:
    """What a real API answers to an old cursor is not known."""
    if cursor == "*":
        return 0
    try:
        position, issued = base64.urlsafe_b64decode(cursor).decode().split()
        start, age = int(position), now.timestamp() - float(issued)
    except ValueError as error:
        raise BadQuery(f"Cursor {cursor} is not valid") from error
    if age > CURSOR_LIFE.total_seconds():
        raise BadQuery(f"Cursor {cursor} has expired")
    return start


def answer(found: Page, shown: Callable[[Entry], Json], query: Mapping[str, str]) -> dict[str, Any]:
    """The page as the API writes it; `select` names the members of each work."""
    names = [name for name in query.get("select", "").split(",") if name]
    message: Json = {
        "facets": {},
        "total-results": found.total,
        "items": [selected(shown(entry), names) for entry in found.entries],
        "items-per-page": found.rows,
        "query": {"start-index": found.start, "search-terms": None},
    }
    if found.next_cursor is not None:
        message["next-cursor"] = found.next_cursor
    return {"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message}
