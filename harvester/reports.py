"""Reports of what was done: the contract of the `--json` output of the commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct, field

SCHEMA = 1  # the number of this contract, in every JSON object


class RunReport(Struct, frozen=True, kw_only=True):
    """What one harvest of one source in one format did: a row of `runs` in `harvest --json`."""

    id: int | None = None  # `harvester runs ID` shows more; `None` if the harvest could not begin
    source: str
    format: str
    state: Literal["complete", "incomplete", "failed", "waiting"]
    new: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    repaired: int = 0
    rejected: int = 0
    pages: int = 0
    seconds: float = 0.0
    error: str | None = None  # one sentence, with the next step
    wait_until: datetime | None = None  # the provider wants no requests before


class WrittenReport(Struct, frozen=True, kw_only=True):
    """Whether the scheduled report page was written: the `report` in `harvest --due --json`."""

    file: str
    error: str | None = None


class RecordFinding(Struct, frozen=True, kw_only=True):
    """A finding with its record, its texts, and its last deposit: a row of `findings` in `check --json`.

    `title`: of the record, plain. `link`: its landing page, or its DOI as an address if it has no landing page.
    `deposited`: when the last deposit file with the record's DOI was written, or since when the DOI is marked as
    deposited by another program; then there is no `deposit_file`.
    """

    code: str
    severity: str
    record: str
    source: str
    doi: str | None
    path: str
    value: str
    message: str
    fix: str
    who: str
    deposited: datetime | None = None
    deposit_file: str | None = None
    changed_since: bool = False
    title: str | None = None
    link: str | None = None


class FileReport(Struct, frozen=True, kw_only=True):
    """One deposit file: a row of `files` in `export --json`."""

    path: str
    batch_id: str
    schema_version: str
    records: int
    dois: tuple[str, ...]
    bytes: int


class HeldBack(Struct, frozen=True, kw_only=True):
    """A record held back, with the codes of the findings that do so: a row of `held_back` in `export --json`."""

    record: str
    source: str
    doi: str | None
    codes: tuple[str, ...]


class NewDoi(Struct, frozen=True, kw_only=True):
    """A DOI that an export assigned by the pattern of the journal: a row of `minted` in `export --json`."""

    doi: str
    record: str
    source: str
    title: str | None


class ExportReport(Struct, frozen=True, kw_only=True):
    """What one export did.

    `thinner` warns of records with less metadata than the last deposit, which they replace; `deleted` of deposited ones
    that the source has no more.
    """

    files: tuple[FileReport, ...] = ()
    minted: tuple[NewDoi, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    thinner: tuple[RecordFinding, ...] = ()
    deleted: tuple[RecordFinding, ...] = ()
    unchanged: int = 0


def combined(reports: Sequence[ExportReport]) -> ExportReport:
    """One report about exports of the same sources to several targets. A record is held back once for all of them."""
    return ExportReport(
        files=tuple(file for report in reports for file in report.files),
        minted=tuple(new for report in reports for new in report.minted),
        held_back=tuple(dict.fromkeys(held for report in reports for held in report.held_back)),
        thinner=tuple(lost for report in reports for lost in report.thinner),
        deleted=tuple(dict.fromkeys(gone for report in reports for gone in report.deleted)),
        unchanged=sum(report.unchanged for report in reports),
    )


class HeldVersion(Struct, frozen=True, kw_only=True):
    """The version of ours that the agency has: its number as text, its file if it is known, and since when."""

    timestamp: str
    file: str | None
    since: datetime | None


class DoiReport(Struct, frozen=True, kw_only=True):
    """What became of a DOI: a row of `deposits` in `deposits --json`.

    `timestamp` and that of `held` are text: 17 digits are too many for a number in JSON. `class` is the id of the
    agency's message, or the code of the finding that holds the article back.
    """

    doi: str
    state: str
    kind: str | None = field(name="class")
    message: str
    sentence: str
    who: str
    timestamp: str | None
    held: HeldVersion | None
    file: str | None
    submission_id: str | None
    conflict_id: str | None
    dois_in_conflict: tuple[str, ...]
    system: str
    changed: datetime | None


class DepositReport(Struct, frozen=True, kw_only=True):
    """What one `deposit` did.

    `stopped` says why the agency refuses the login, `problem` why nothing is sent at present, `next` when there is
    something to do again. `open_files` wait for anything. `states` has the number of DOIs in each state.
    """

    system: str
    sent: int
    asked: int
    stopped: str | None
    problem: str | None
    next: datetime | None
    open_files: int
    states: dict[str, int]


class DriftRow(Struct, frozen=True, kw_only=True):
    """One difference between what was sent of a DOI and what the agency holds: a row of `drift --json`.

    Several values are joined by semicolons. Versions are text: 17 and 19 digits are too many for a number in JSON.
    """

    doi: str
    kind: str
    field: str | None
    ours: str | None
    theirs: str | None
    held_version: str | None


class SkippedDoi(Struct, frozen=True, kw_only=True):
    """A DOI that was not compared, and why."""

    doi: str
    reason: str


class AtAgency(Struct, frozen=True, kw_only=True):
    """A DOI as the agency was last seen to hold it: a row of `at_crossref` in `deposits show --json`.

    `read`: when it was last read whole. `matched` of its `references` have a DOI there; `found` are those of them whose
    DOIs are known, by the key of the reference in the deposit file.
    """

    doi: str
    version: str | None
    owner: str | None
    updated: datetime | None
    read: datetime | None
    references: int
    matched: int
    found: dict[str, str]
