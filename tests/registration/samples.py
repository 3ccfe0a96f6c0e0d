"""Files, DOIs and results for the tests of pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from harvester.answers import Outcome, Result
from harvester.store import Registration, Submission

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def file(number: int = 1, **changes: Any) -> Submission:
    """The file with this number, written and not asked for yet."""
    values: dict[str, Any] = {
        "batch_id": f"b{number}",
        "target": "crossref",
        "system": "live",
        "timestamp": 20261124120000000 + number,
        "path": f"/exports/b{number}.xml",
        "sha256": "00" * 32,
        "state": "written",
        "since": NOW,
        "names": (f"b{number}.xml",),
        "next": NOW,
    }
    return Submission(**values | changes)


def sent_file(number: int = 1, **changes: Any) -> Submission:
    values: dict[str, Any] = {"state": "sent", "asked": True, "accepted": True, "sent": NOW}
    return file(number, **values | {"next": NOW + timedelta(minutes=1)} | changes)


def doi(state: str = "waiting", number: int = 1, **changes: Any) -> Registration:
    """A DOI whose newest file is the one with this number."""
    values: dict[str, Any] = {
        "doi": "10.5555/A",
        "target": "crossref",
        "system": "live",
        "state": state,
        "changed": NOW,
        "batch_id": f"b{number}",
        "timestamp": file(number).timestamp,
    }
    return Registration(**values | changes)


def outcome(state: str = "registered", **changes: Any) -> Outcome:
    values: dict[str, Any] = {"doi": "10.5555/A", "state": state, "kind": "added", "text": "Successfully added"}
    return Outcome(**values | changes)


def result(state: str, **changes: Any) -> Result:
    values: dict[str, Any] = {"state": state, "raw": b"<log/>"}
    return Result(**values | changes)
