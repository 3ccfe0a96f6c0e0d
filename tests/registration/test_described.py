"""What became of a DOI, in one sentence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from harvester.answers import HeldRecord
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.model import Finding
from harvester.registration.described import at_agency, describe, is_missing, next_step
from harvester.store import DoiRow, SeenDoi
from tests.registration.samples import HOUR, NOW, doi


def row(state: Any = "never_sent", **changes: Any) -> DoiRow:
    return DoiRow(**{"doi": "10.5555/a", "state": state} | changes)


def test_an_agencys_message_is_explained():
    known = doi("refused", kind="prefix", message="User not allowed", who="account", details={"prefix": "10.5555"})
    told = describe(CROSSREF_AGENCY, row("refused", registration=known, submission_id="77"), "live")
    assert (told.kind, told.who, told.submission_id) == ("prefix", "account", "77")
    assert "may not deposit" in told.sentence
    assert "Use the login" in str(next_step(CROSSREF_AGENCY, row("refused", registration=known)))


def test_large_versions_are_text():
    known = doi("registered", kind="added", held=2016111120041199000, held_since=NOW)
    told = describe(CROSSREF_AGENCY, row("registered", registration=known, held_file="a.xml"), "live")
    assert told.held is not None
    assert (told.held.timestamp, told.held.file) == ("2016111120041199000", "a.xml")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (row(), "In no deposit file yet."),
        (row(file="a.xml"), "In a file that was not sent."),
        (row("elsewhere"), "Deposited by another program."),
        (row(held_back=Finding("doi-missing", "doi")), "Held back: The article has no DOI."),
        (row("waiting", registration=doi(), file_state="queued"), "Waiting for the result of its file."),
        (
            row("waiting", registration=doi(), file_state="login_refused"),
            "Its file waits to be sent. State of the file: not",
        ),
        (row("refused", registration=doi("refused", message="a person said that it is not")), "A person said so, and"),
        (row("registered", registration=doi("registered", message="a person said that it is")), "registered. A person"),
    ],
)
def test_what_the_agency_said_nothing_about(one: DoiRow, words: str):
    assert words in describe(CROSSREF_AGENCY, one, "live").sentence


def test_a_conflict_is_shown_at_both_dois():
    conflict = doi("registered_with_conflict", kind="conflict", conflict_id="7", dois_in_conflict=("10.5555/b",))
    one = describe(CROSSREF_AGENCY, row("registered_with_conflict", registration=conflict), "live")
    other = describe(CROSSREF_AGENCY, row("registered", doi="10.5555/b"), "live", conflict)
    assert (one.conflict_id, one.dois_in_conflict) == ("7", ("10.5555/b",))
    assert (other.conflict_id, other.dois_in_conflict, other.state) == ("7", ("10.5555/A",), "registered")


MISSING: list[tuple[str, datetime | None, int | None, bool]] = [
    ("registered", NOW - HOUR, None, False),  # it was read before it was registered
    ("registered", NOW + HOUR, None, True),
    ("registered", NOW + HOUR, 7, False),
    ("refused", NOW - HOUR, None, True),
    ("registered", None, None, False),  # it was never read
]


@pytest.mark.parametrize(("state", "read", "version", "expected"), MISSING)
def test_what_was_absent_before_its_registration_is_not_missing(
    state: Any, read: datetime | None, version: int | None, expected: bool
):
    told = describe(CROSSREF_AGENCY, row(state, registration=doi(state, changed=NOW)), "live")
    seen = at_agency(SeenDoi(record=HeldRecord(doi="10.5555/a", version=version), read=read))
    assert is_missing(seen, told) == expected
