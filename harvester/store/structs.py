"""What goes into the store and comes out of it, in addition to the Structs of `model`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from harvester.article_rows import ArticleRow
from harvester.model import Article, BadRecord, Decision, Finding, Identity, RawRecord, Token, Window

RunKind = Literal["full", "incremental", "range", "reconcile"]
RunState = Literal["running", "complete", "incomplete", "failed", "waiting"]


class SourceRow(Struct, frozen=True):
    """A source as the store knows it; `identity` is `None` until the provider has answered Identify.

    `sets` are those that were asked for last; they stay when the configuration names none any more.
    """

    name: str
    url: str
    identity: Identity | None = None
    sets: tuple[str, ...] = ()


class SourceContent(Struct, frozen=True, kw_only=True):
    """What the store has of a source: records, tombstones included, and DOIs that were deposited or minted for them."""

    records: int
    deposited: int
    minted: int


# ------------------------------------------------------------------------------------------------- runs


class Counts(Struct, frozen=True, kw_only=True):
    """How many records a run saw, by their outcome. Records of repaired pages are counted in `repaired` as well."""

    new: int = 0
    changed: int = 0
    deleted: int = 0
    moved: int = 0
    unchanged: int = 0
    repaired: int = 0
    rejected: int = 0


class RunWindow(Struct, frozen=True, kw_only=True):
    """One list request of a run with its checkpoint: `token` requests the next page, `None` the first one."""

    id: int
    window: Window
    state: Literal["open", "split", "done"] = "open"  # split: replaced by windows that have it as their parent
    token: Token | None = None
    pages: int = 0
    seen: int = 0  # records and bad records on these pages, each counted once
    list_size: int | None = None  # completeListSize, if the provider gave it
    parent: int | None = None  # the window it was split from
    announced: int = 0  # the largest completeListSize in any attempt
    delivered: int = 0  # the most records that the list gave in any attempt before this one
    last_total: int | None = None  # what the list gave when it last ended with much less than that
    attempts: int = 0  # how often it, or a window it was split from, was restarted


class Advance(Struct, frozen=True):
    """A window moves past a page: to the page that `token` requests, or, without a token, to its end.

    `fresh` is how many records of the page the list had not given before.
    """

    window_id: int
    token: Token | None
    fresh: int
    list_size: int | None = None  # completeListSize; an empty token can have it too


class Close(Struct, frozen=True):
    """A window is done; `seen` is how many records it gave in all."""

    window_id: int
    seen: int


class Restart(Struct, frozen=True):
    """A window restarts from its first page: its token was refused or led nowhere, or records are missing.

    `total` is how many records the list gave, if that is much less than it announced or gave before.
    """

    window_id: int
    total: int | None = None


class Split(Struct, frozen=True):
    """Smaller windows replace a window, which is done when they are done and it is closed.

    `list_size` is the completeListSize of the whole window, if it was not known before.
    """

    window_id: int
    parts: tuple[Window, ...]
    list_size: int | None = None


class SwitchGranularity(Struct, frozen=True):
    """From now on requests to the source have this granularity."""

    granularity: Literal["day", "second"]


# A change to the windows of a run, or to its source.
Transition = Advance | Close | Restart | Split | SwitchGranularity


class RunRow(Struct, frozen=True, kw_only=True):
    """One harvest of one source in one format. `response_date` is that of its first page, by the provider's clock.

    `wait_until`: the provider wants no requests before; a waiting run resumes then.
    `interrupted`: the run was cut short by us or by a crash, not by the provider, and resumes at the next opportunity.
    `needs_person`: `error` says what a person has to change, though the run may be complete.
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
    needs_person: bool = False
    pages: int
    counts: Counts


class Run(RunRow, frozen=True, kw_only=True):
    """A run with its list requests."""

    windows: tuple[RunWindow, ...]

    @property
    def sets(self) -> tuple[str, ...]:
        """The requested sets, each once; empty if the whole repository was requested."""
        return tuple(dict.fromkeys(w.window.set_spec for w in self.windows if w.window.set_spec is not None))


class Alert(Struct, frozen=True):
    """A continuing failure of a source, the export or the report (`subject`), and when a person last heard of it."""

    subject: str
    since: datetime
    last_notified: datetime


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


class RejectedRecord(Struct, frozen=True):
    """A rejected record as stored: the run that rejected it, its identifier if it had one, the reason, its bytes."""

    run_id: int
    identifier: str | None
    reason: str
    payload: bytes


class UnresolvedRejection(Struct, frozen=True):
    """A record that was rejected and has not arrived since, with the reason of its last rejection."""

    identifier: str
    reason: str


# --------------------------------------------------------------------------------------------- articles


# By identifier, what can change of its record in each format.
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


class DepositState(Struct, frozen=True, kw_only=True):
    """What became of the DOI of an article for one target.

    Either it is in a deposit file, `written` then, or it is marked as deposited by another program, `elsewhere_since`.
    `changed_since`: the article differs from what was deposited, so the next export includes it.
    """

    target: str
    file: str | None = None
    batch_id: str | None = None
    written: datetime | None = None
    elsewhere_since: datetime | None = None
    changed_since: bool = False


class DepositCounts(Struct, frozen=True, kw_only=True):
    """The articles of a source that are ready, by what became of their DOIs, and deposited ones that were deleted."""

    source: str
    new: int = 0
    changed: int = 0
    deposited: int = 0
    elsewhere: int = 0
    deleted: int = 0


class HeldArticle(Struct, frozen=True):
    """An article that is held back."""

    article_id: int
    source: str
    identifier: str
    title: str | None


class MintedDoi(Struct, frozen=True, kw_only=True):
    """A DOI that this program assigned to a record, or will; with the newest deposit file that it is in."""

    doi: str
    record: str
    source: str
    title: str | None = None
    file: str | None = None


class MarkPreview(Struct, frozen=True, kw_only=True):
    """What marking a selection as deposited elsewhere would do.

    `marked` articles would be marked, `already` are marked, `in_files` are in deposit files of this program, and
    `unknown` DOIs belong to no article; they are marked for the time when one has them.
    """

    marked: int
    already: int
    in_files: int
    unknown: int


class DepositFile(Struct, frozen=True, kw_only=True):
    """A deposit file that was written, with the number of its records and of those that have changed since."""

    batch_id: str
    target: str
    path: str
    written: datetime
    records: int
    changed_since: int


class DepositRow(Struct, frozen=True, kw_only=True):
    """A DOI with what became of it for one target; `record`, `source` and `title` if an article has it."""

    doi: str
    target: str
    record: str | None
    source: str | None
    title: str | None
    file: str | None
    timestamp: str | None  # of the file; 17 digits are too many for a number in JSON
    written: datetime | None
    elsewhere_since: datetime | None
    changed_since: bool


class BatchMember(Struct, frozen=True):
    """One record of a batch: its article, its DOI, its fingerprint (`ArticleRow.fingerprint`).

    `counts_by_kind` is how many titles, references and so on it had.
    """

    article_id: int | None  # `None` after its source was forgotten
    doi: str
    fingerprint: str
    counts_by_kind: dict[str, int] = {}


class PlannedBatch(Struct, frozen=True, kw_only=True):
    """A batch whose id and timestamp are used, but whose file may not exist."""

    id: str
    timestamp: int
    schema_version: str
    planned: datetime
    members: tuple[BatchMember, ...]


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
