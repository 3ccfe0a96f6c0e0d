"""What became of deposit files and of their DOIs at the agency, as the store takes and gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from harvester.answers import HeldRecord, System, Who
from harvester.model import Finding

FileState = Literal[
    "planned",
    "written",
    "sending",
    "sent",
    "queued",
    "in_process",
    "completed",
    "throttled",
    "unavailable",
    "uncertain",
    "lost",
    "login_refused",
    "superseded",
]
DoiState = Literal[
    "never_sent",
    "waiting",
    "uncertain",
    "registered",
    "registered_with_conflict",
    "refused",
    "unaccounted",
    "elsewhere",
]


class Submission(Struct, frozen=True, kw_only=True):
    """A deposit file in one system of its target; `registration/file_states.py` explains the states.

    `names` are those that it was sent under, oldest first. `asked`: the agency did not know it, so it may be sent.
    `accepted`: the agency said that it was received. `next`: when to send it or to ask for it, `None`: not by itself.
    """

    batch_id: str
    target: str
    system: System
    timestamp: int
    path: str
    sha256: str
    state: FileState
    since: datetime
    names: tuple[str, ...]
    asked: bool = False
    accepted: bool = False
    sent: datetime | None = None
    attempts: int = 0
    next: datetime | None = None
    submission_id: str | None = None
    answer: str = ""


class Registration(Struct, frozen=True, kw_only=True):
    """What became of a DOI in one system, by the newest file with it that was sent: that with this `timestamp`.

    `kind` is the id of the agency's message. `held` is the version of ours that the agency is known to have. `due`:
    when to export it again, although its article is the same; `settings` is the fingerprint of those that decide it.
    `overruled`: the version of another program that a person has decided to overwrite.
    """

    doi: str
    target: str
    system: System
    state: DoiState
    changed: datetime
    batch_id: str | None = None
    timestamp: int | None = None
    kind: str | None = None
    message: str = ""
    who: Who = "nobody"
    details: dict[str, str] = {}
    held: int | None = None
    held_since: datetime | None = None
    conflict_id: str | None = None
    dois_in_conflict: tuple[str, ...] = ()
    refusals: int = 0
    settings: str | None = None
    due: datetime | None = None
    overruled: int | None = None


class FileLog(Struct, frozen=True, kw_only=True):
    """A log of a file, as received. `name` is the name that the file was asked for with."""

    name: str
    received: datetime
    raw: bytes


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened to a file, or to one DOI of it."""

    at: datetime
    state: str
    words: str
    batch_id: str | None = None
    doi: str | None = None


class Account(Struct, frozen=True, kw_only=True):
    """The account that is used in a system of a target.

    `login` is a fingerprint that changes with the login and with its password's file. `stopped`: since when the agency
    refuses it. `clock_ahead`: how many seconds our clock was before the agency's. `quiet_until`: the agency could not
    answer, `failures` times in succession, so nothing is requested before.
    """

    target: str
    system: System
    login: str
    accepted: datetime | None = None
    stopped: datetime | None = None
    answer: str = ""
    clock_ahead: int = 0
    quiet_until: datetime | None = None
    failures: int = 0


class SeenDoi(Struct, frozen=True, kw_only=True):
    """A DOI as it was last seen at the agency: in a list, or `read` whole. Without a version there was none.

    `mark` is what the list had of it then, and changes with it. `matched` of its `refs` references have a DOI
    there, deposited or found by the agency. `found` has those that a log or a question named, by their keys; lists only
    count them.
    """

    record: HeldRecord
    mark: str | None = None
    read: datetime | None = None
    refs: int = 0
    matched: int = 0
    found: dict[str, str] = {}


class Matches(Struct, frozen=True, kw_only=True):
    """How many references a DOI has, how many of them have a DOI at the agency, and which, by their keys."""

    refs: int
    matched: int = 0
    found: dict[str, str] = {}


class OwnFile(Struct, frozen=True, kw_only=True):
    """A file of ours with a DOI: its version, and where it is."""

    batch_id: str
    version: int
    path: str
    sha256: str


class DoiRow(Struct, frozen=True, kw_only=True):
    """A DOI of the store with all that is known of its registration in one system."""

    doi: str
    state: DoiState
    file: str | None = None  # the newest one with it that was sent, or that was written if none was
    file_state: FileState | None = None
    timestamp: str | None = None  # of the file; 17 digits are too many for a number in JSON
    submission_id: str | None = None
    held_file: str | None = None
    registration: Registration | None = None
    elsewhere_since: datetime | None = None
    held_back: Finding | None = None  # the first finding that holds its article back
    record: str | None = None
    source: str | None = None
    title: str | None = None
