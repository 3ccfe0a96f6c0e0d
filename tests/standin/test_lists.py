"""Pages and filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harvester.standin.lists import BadQuery, Entry, answer, filtered, page
from harvester.standin.registry import Registry, Version

AT = datetime(2026, 1, 10, 12, tzinfo=UTC)


def entry(number: int) -> Entry:
    """A DOI that was registered on a day of January, and indexed on the next."""
    registry, at = Registry(), datetime(2026, 1, number, 12, tzinfo=UTC)
    title = registry.put_title("A", "10.5555", "P", [("2049-3630" if number < 5 else "0000-0019", "print")])
    version = Version(number=number, xml=b"", at=at, submission=1)
    record = registry.put(f"10.5555/{number}", "journal_article", version, (), title)
    return Entry(record, version, at + timedelta(days=1))


ENTRIES = [entry(number) for number in range(1, 10)]


def numbers(entries: list[Entry]) -> list[int]:
    return [each.version.number for each in entries]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("", list(range(1, 10))),
        ("from-deposit-date:2026-01-08", [8, 9]),
        ("from-update-date:2026-01-08T12:00:00Z", [8, 9]),
        ("until-deposit-date:2026-01-02", [1, 2]),
        ("from-index-date:2026-01-09,until-index-date:2026-01-09", [8]),
        ("from-created-date:2027", []),
        ("doi:10.5555/3,doi:10.5555/4", [3, 4]),
        ("issn:20493630,from-deposit-date:2026-01-04", [4]),
        ("prefix:10.1234", []),
    ],
)
def test_filter(expression: str, found: list[int]) -> None:
    assert numbers(filtered(ENTRIES, expression)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "from-moon-date:2026"},
        {"filter": "from-index-date"},
        {"filter": "type:journal"},
        {"rows": "1001"},
        {"rows": "-1"},
        {"offset": "10001"},
        {"cursor": "x"},
    ],
)
def test_query_that_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadQuery):
        page(ENTRIES, query, AT)


def test_offset() -> None:
    found = page(ENTRIES, {"rows": "3", "offset": "6"}, AT)
    assert (numbers(found.entries), found.total, found.next_cursor) == ([7, 8, 9], 9, None)
    message = answer(found, lambda each: {"DOI": each.record.doi, "x": 1}, {"select": "DOI"})["message"]
    assert message["items"] == [{"DOI": "10.5555/7"}, {"DOI": "10.5555/8"}, {"DOI": "10.5555/9"}]
    assert (message["items-per-page"], message["query"]["start-index"]) == (3, 6)
    assert "next-cursor" not in message


def test_cursor_ends_and_expires() -> None:
    first = page(ENTRIES, {"rows": "6", "cursor": "*"}, AT)
    query = {"rows": "6", "cursor": first.next_cursor or ""}
    last = page(ENTRIES, query, AT + timedelta(minutes=5))
    assert numbers(last.entries) == [7, 8, 9]
    assert answer(last, lambda each: {}, {})["message"]["next-cursor"] == last.next_cursor
    with pytest.raises(BadQuery, match="expired"):
        page(ENTRIES, query, AT + timedelta(minutes=5, seconds=1))
