"""Records, articles and findings, as the store takes and gives them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from harvester.article_rows import ArticleRow
from harvester.model import Article, BadRecord, Decision, Finding, RawRecord
from harvester.store.deposit_structs import DepositState
from harvester.store.run_structs import RunRow


class Alert(Struct, frozen=True):
    """A continuing failure of a source, the export or the report (`subject`), and when a person last heard of it."""

    subject: str
    since: datetime
    last_notified: datetime


class Wish(Struct, frozen=True, kw_only=True):
    """What a person asked for on the web page; `standing.wishes` has the kinds and their `choices`.

    It was `taken` by a process, and is `done` with this `outcome`, one sentence a line.
    """

    id: int
    what: str
    subject: str
    choices: dict[str, str]
    asked: datetime
    asked_by: str
    taken: datetime | None = None
    done: datetime | None = None
    succeeded: bool | None = None
    outcome: str = ""


class Pruned(Struct, frozen=True, kw_only=True):
    """How many rows were deleted from the store."""

    versions: int
    rejected: int
    runs: int
    payloads: int


class RecordToSave(Struct, frozen=True):
    """A record that arrived, and what its arrival means."""

    raw: RawRecord
    decision: Decision


class ArticleToSave(Struct, frozen=True, kw_only=True):
    """An article to save, with its findings. `mapped_with` is the fingerprint of configuration and program.

    `row` is `None` for a tombstone, whose earlier content stays readable, and if the records contain no article.
    """

    source: str
    identifier: str
    row: ArticleRow | None
    deleted: bool = False
    findings: tuple[Finding, ...] = ()
    mapped_with: str


class PageToSave(Struct, frozen=True, kw_only=True):
    """The content of one page. `response_date` is that of the answer."""

    records: tuple[RecordToSave, ...] = ()
    bad: tuple[BadRecord, ...] = ()
    articles: tuple[ArticleToSave, ...] = ()
    response_date: str = ""


class RecordVersion(Struct, frozen=True, kw_only=True):
    """A version of a record in one format, without its bytes.

    `number` is `None` for the current one. The run `run_id` brought it at `came`, and `replaced_by` replaced it. `size`
    is in bytes, and `None` for a deleted record.
    """

    prefix: str
    number: int | None
    datestamp: str
    deleted: bool
    size: int | None
    repairs: tuple[str, ...]
    run_id: int
    came: datetime | None
    replaced_by: int | None


class RejectedRecord(Struct, frozen=True):
    """A rejected record as stored: the run that rejected it, its identifier if it had one, the reason, its bytes."""

    run_id: int
    identifier: str | None
    reason: str
    payload: bytes


class Rejection(Struct, frozen=True):
    """A record that a run rejected: its identifier if it had one, and why."""

    identifier: str | None
    reason: str


class UnresolvedRejection(Struct, frozen=True):
    """A record that was rejected and has not arrived since, with the reason of its last rejection."""

    identifier: str
    reason: str


# --------------------------------------------------------------------------------------------- articles


# By identifier, what can change of its record in each format, and the DOI that was minted for it.
RecordStates = Mapping[str, frozenset[tuple[Any, ...]]]


class StoredArticle(Struct, frozen=True, kw_only=True):
    """The article of one identifier of one source, with the datestamp of its record in each format."""

    id: int
    source: str
    identifier: str
    article: Article | None
    state: Literal["ready", "held", "deleted"]
    doi: str | None
    fingerprint: str | None
    findings: tuple[Finding, ...]
    datestamps: dict[str, str]

    @property
    def deleted(self) -> bool:
        return self.state == "deleted"

    @property
    def formats(self) -> tuple[str, ...]:
        return tuple(self.datestamps)


class FindingRow(Struct, frozen=True):
    """A finding with the record it is about, the first ISSN of its journal, and what became of its DOI."""

    source: str
    identifier: str
    doi: str | None
    finding: Finding
    issn: str | None = None
    deposit: DepositState | None = None  # the newest one
    title: str | None = None  # plain
    landing_page: str | None = None


class DoiHolder(Struct, frozen=True, kw_only=True):
    """A live article that shares its DOI with another one. Its title is plain, and empty if it has none."""

    article_id: int
    source: str
    identifier: str
    title: str
    fingerprint: str


class DuplicateDoi(Struct, frozen=True):
    """One DOI that several live articles have, by source and identifier."""

    doi: str
    holders: tuple[DoiHolder, ...]


class FormatStatus(Struct, frozen=True, kw_only=True):
    """The number of records of a source in one format, and its last runs."""

    prefix: str
    live: int = 0
    deleted: int = 0
    last_complete: RunRow | None = None
    last_run: RunRow | None = None
    last_comparison: RunRow | None = None


class SourceStatus(Struct, frozen=True, kw_only=True):
    """How many articles of a source are `ready` for deposit, `held_back` and `deleted`, and its records by format."""

    source: str
    url: str
    ready: int = 0
    held_back: int = 0
    deleted: int = 0
    formats: tuple[FormatStatus, ...] = ()


def status_or_empty(name: str, url: str, stored: SourceStatus | None) -> SourceStatus:
    """The status of a configured source, with `url` if the store has none: it knows a URL only after an answer."""
    status = stored or SourceStatus(source=name, url="")
    return replace(status, url=status.url or url)


# ----------------------------------------------------------------------------------------------- ledger


class Selection(Struct, frozen=True, kw_only=True):
    """Which articles are meant. An empty field selects all; the fields of a selection are combined."""

    dois: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()  # ISSNs or titles
    years: tuple[int, ...] = ()
    volumes: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    since: str | None = None  # YYYY-MM-DD: published on that day or later, or perhaps so

    def __bool__(self) -> bool:
        """Whether it selects less than all."""
        return self != Selection()


class DeletedDeposit(Struct, frozen=True, kw_only=True):
    """A deleted record whose DOI was deposited at `moment`, in `file`; `None` if another program did it."""

    article_id: int
    doi: str
    moment: datetime
    file: str | None


class ChangedDeposit(Struct, frozen=True, kw_only=True):
    """A live record that differs from the last deposit of its DOI for a target, and what that deposit had."""

    article: StoredArticle
    target: str
    counts_by_kind: dict[str, int]
