"""What was seen at the agency, and the bytes of our files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from harvester.answers import HeldRecord
from harvester.store import Matches, SeenDoi
from harvester.store.store import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LONG = 2026112412000000099


def seen(doi: str = "10.5555/A", version: int | None = LONG, **changes: Any) -> SeenDoi:
    record = HeldRecord(doi=doi, version=version, owner="10.5555", updated=NOW, facts={"title": ("Lamps",)})
    values: dict[str, Any] = {"mark": "m", "read": NOW, "refs": 3, "matched": 1}
    return SeenDoi(record=record, **values | changes)


def test_what_was_seen_comes_back_whatever_the_case_of_the_doi(opened: Store):
    opened.held_records.save("crossref", "live", [seen(), seen("10.5555/b", None)])
    assert opened.held_records.of_dois("crossref", "live", ["10.5555/a", "10.5555/c"]) == {"10.5555/a": seen()}
    assert opened.held_records.of_dois("crossref", "test", ["10.5555/a"]) == {}
    opened.held_records.save("crossref", "live", [seen(version=5)])
    assert opened.held_records.of_dois("crossref", "live", ["10.5555/A"]) == {"10.5555/a": seen(version=5)}


def test_a_version_is_a_floor_and_never_falls(opened: Store):
    opened.held_records.save("crossref", "live", [seen(), seen("10.5555/b", None)])
    opened.held_records.save("crossref", "live", [seen(version=5)])
    assert opened.registrations.floors("crossref", "live", ["10.5555/a", "10.5555/b"]) == {"10.5555/a": LONG}


def test_matches_are_added_to_what_was_seen(opened: Store):
    opened.held_records.save("crossref", "live", [seen()])
    read = Matches(refs=9, matched=8, found={"r1": "10.1/x"})
    opened.held_records.save_matches("crossref", "live", {"10.5555/a": read, "10.5555/b": Matches(refs=1)})
    found = opened.held_records.of_dois("crossref", "live", ["10.5555/a", "10.5555/b"])
    assert found["10.5555/a"] == seen(refs=9, matched=8, found={"r1": "10.1/x"})
    assert (found["10.5555/b"].read, found["10.5555/b"].refs) == (None, 1)
    assert opened.held_records.matches("crossref", "live") == (10, 8)
    assert opened.held_records.matches("crossref", "test") == (0, 0)


def test_the_last_reading_is_known(opened: Store):
    assert opened.held_records.last_seen("crossref", "live") is None
    opened.held_records.save("crossref", "live", [seen(), seen("10.5555/b", read=None)])
    assert opened.held_records.last_seen("crossref", "live") == NOW


def test_a_file_that_was_not_kept_is_none(opened: Store):
    assert opened.held_records.file("b1") is None
    assert opened.held_records.own_files("crossref", ["10.5555/a"]) == {}
