"""What the work says it did: the contract of every command's `--json`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


class RunReport(Struct, frozen=True, kw_only=True):
    """What one harvest of one source in one format did; the fields are the `runs` of `harvest --json`."""

    id: int | None = None  # `harvester runs ID` says more; there is none where the harvest could not begin
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
    error: str | None = None  # one sentence with the next step
    wait_until: datetime | None = None  # the provider wants to be left alone until then


class PageReport(Struct, frozen=True, kw_only=True):
    """What became of the page that a schedule asks for: the `report` of `harvest --due --json`."""

    file: str
    error: str | None = None


class RecordFinding(Struct, frozen=True, kw_only=True):
    """A finding with its record and its words; the fields are the `findings` of `check --json`."""

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


class FileReport(Struct, frozen=True, kw_only=True):
    """One deposit file; the fields are the `files` of `export --json`."""

    path: str
    batch_id: str
    schema_version: str
    records: int
    dois: tuple[str, ...]
    bytes: int


class HeldBack(Struct, frozen=True, kw_only=True):
    """A record that is not deposited, and the codes of the findings that hold it; `held_back` of `export --json`."""

    record: str
    source: str
    doi: str | None
    codes: tuple[str, ...]


class ExportReport(Struct, frozen=True, kw_only=True):
    """What one export did; `thinner` warns of records that have less than their last deposit, which they replace."""

    files: tuple[FileReport, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    thinner: tuple[RecordFinding, ...] = ()
    unchanged: int = 0
