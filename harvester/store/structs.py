"""What goes into the store and comes out of it, beside the Structs of `model`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from harvester.article_rows import ArticleRow
from harvester.model import Article, BadRecord, Decision, Finding, Identity, RawRecord, Token, Window

RunKind = Literal["full", "incremental", "range", "reconcile"]
RunState = Literal["running", "complete", "incomplete", "failed", "waiting"]


class SourceRow(Struct, frozen=True):
    """A source as last met; `identity` is `None` until the provider answered Identify."""

    name: str
    url: str
    identity: Identity | None = None


# ------------------------------------------------------------------------------------------------- runs


class Counts(Struct, frozen=True, kw_only=True):
    """Records of a run by what became of them; `repaired` ones are counted beside that."""

    new: int = 0
    changed: int = 0
    deleted: int = 0
    moved: int = 0
    unchanged: int = 0
    repaired: int = 0
    rejected: int = 0


class RunWindow(Struct, frozen=True, kw_only=True):
    """One list request of a run with its checkpoint: `token` asks for the next page, `None` for the first."""

    id: int
    window: Window
    state: Literal["open", "split", "done"] = "open"  # split: it is done when the windows made of it are
    token: Token | None = None
    pages: int = 0
    seen: int = 0  # records and bad records on these pages, each once
    list_size: int | None = None  # completeListSize, where the provider gave it
    parent: int | None = None  # the window it was split from
    attempts: int = 0  # how often it, or a window it was split from, began anew


class Advance(Struct, frozen=True):
    """A window moves past a page: to the page that `token` asks for, or, without a token, to its end.

    `fresh` is how many records of the page the list had not given before.
    """

    window_id: int
    token: Token | None
    fresh: int
    list_size: int | None = None  # completeListSize, which an empty token can have too


class Close(Struct, frozen=True):
    """Nothing more is asked of a window; `seen` is how many records it gave in all."""

    window_id: int
    seen: int


class Restart(Struct, frozen=True):
    """A window begins again at its first page: its token was refused, or led nowhere, or records are missing."""

    window_id: int


class Split(Struct, frozen=True):
    """Smaller windows take the place of one, which is done when they are and a `Close` says so.

    `list_size` is what the whole of it announces, if that is not known yet.
    """

    window_id: int
    parts: tuple[Window, ...]
    list_size: int | None = None


class SwitchGranularity(Struct, frozen=True):
    """The source is asked in this granularity from now on."""

    granularity: Literal["day", "second"]


# What a step of a harvest changes in the ledger.
Transition = Advance | Close | Restart | Split | SwitchGranularity


class RunRow(Struct, frozen=True, kw_only=True):
    """One harvest of one source in one format. `response_date` is that of its first page, by the provider's clock.

    `wait_until`: a run that is waiting goes on then, because the provider asks to be left alone for so long.
    `interrupted`: it was cut short by us or by a crash, not by the provider, and goes on at the next opportunity.
    """

    id: int
    source: str
    prefix: str
    kind: RunKind
    state: RunState
    started: datetime
    finished: datetime | None
    response_date: str | None
    error: str | None
    wait_until: datetime | None = None
    interrupted: bool = False
    pages: int
    counts: Counts


class Run(RunRow, frozen=True, kw_only=True):
    """A run with what it asks for."""

    windows: tuple[RunWindow, ...]

    @property
    def sets(self) -> tuple[str, ...]:
        """The sets asked for, each once; empty where the whole repository was."""
        return tuple(dict.fromkeys(w.window.set_spec for w in self.windows if w.window.set_spec is not None))


class Alert(Struct, frozen=True):
    """What a person was told of: a source (or `export`) that has been in trouble since then, and when last told."""

    subject: str
    since: datetime
    told: datetime


class Pruned(Struct, frozen=True, kw_only=True):
    """How much was taken out of the store."""

    versions: int
    rejected: int
    runs: int
    payloads: int


class RecordToSave(Struct, frozen=True):
    raw: RawRecord
    decision: Decision


class ArticleToSave(Struct, frozen=True, kw_only=True):
    """An article to keep. `row` is `None` for a tombstone (what was known before stays readable) and where no
    article could be made of the bytes. `mapped_with` is the fingerprint of configuration and program."""

    source: str
    identifier: str
    row: ArticleRow | None
    deleted: bool = False
    findings: tuple[Finding, ...] = ()
    mapped_with: str


class PageToSave(Struct, frozen=True, kw_only=True):
    """What one page brought. `response_date` is that of the answer."""

    records: tuple[RecordToSave, ...] = ()
    bad: tuple[BadRecord, ...] = ()
    articles: tuple[ArticleToSave, ...] = ()
    response_date: str = ""


class RejectedRecord(Struct, frozen=True):
    """A bad record as kept: its run, its name where it had one, why, and its bytes."""

    run_id: int
    identifier: str | None
    reason: str
    payload: bytes


class UnresolvedRejection(Struct, frozen=True):
    """A record that was rejected by name and has not come since, with the reason of the last time."""

    identifier: str
    reason: str


# --------------------------------------------------------------------------------------------- articles


class StoredArticle(Struct, frozen=True, kw_only=True):
    """One identifier of one source: its article, and its datestamp in each format that the source gives it in."""

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
    """A finding with its record."""

    source: str
    identifier: str
    doi: str | None
    finding: Finding


class DuplicateDoi(Struct, frozen=True):
    """One DOI that several live records claim; `records` are pairs of source and identifier."""

    doi: str
    records: tuple[tuple[str, str], ...]


class FormatStatus(Struct, frozen=True, kw_only=True):
    """A source's records in one format."""

    prefix: str
    live: int = 0
    deleted: int = 0
    last_complete: RunRow | None = None
    last_run: RunRow | None = None


class SourceStatus(Struct, frozen=True, kw_only=True):
    """What the store holds of a source; every identifier is `ready` for deposit, `held_back` or `deleted`."""

    source: str
    url: str
    ready: int = 0
    held_back: int = 0
    deleted: int = 0
    formats: tuple[FormatStatus, ...] = ()


def configured(name: str, url: str, stored: SourceStatus | None) -> SourceStatus:
    """How a source of the configuration stands; the store knows the address of those only that answered once."""
    status = stored or SourceStatus(source=name, url="")
    return replace(status, url=status.url or url)


# ----------------------------------------------------------------------------------------------- ledger


class Member(Struct, frozen=True):
    """One record of a batch: which article, under which DOI, what it said (`model.fingerprint`), and how much of each
    kind it had."""

    article_id: int
    doi: str
    fingerprint: str
    richness: dict[str, int] = {}


class PlannedBatch(Struct, frozen=True, kw_only=True):
    """A batch whose id and timestamp are given away but whose file is not known to exist."""

    id: str
    timestamp: int
    schema_version: str
    planned: datetime
    members: tuple[Member, ...]


class Deposit(Struct, frozen=True, kw_only=True):
    """The last written deposit of a DOI."""

    doi: str
    batch_id: str
    timestamp: int
    fingerprint: str
    path: str
    written: datetime
