"""Sources, runs and windows, as the store takes and gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from harvester.model import Identity, Token, Window

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
    last_total: int | None = None  # what the list gave when it ended with much less than that
    short_since: datetime | None = None  # since when it has given about as much as `last_total`
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

    `total` is how many records the list gave, if that is much less than it announced or gave before, and `short_since`
    when it first gave about as much. What is known of that stays if they are not set.
    """

    window_id: int
    total: int | None = None
    short_since: datetime | None = None


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
    `taken`: how often a process took it up again.
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
    taken: int = 0
    pages: int
    counts: Counts


class MonthOfRuns(Struct, frozen=True, kw_only=True):
    """What the runs of a source that began in one month, such as `2026-11` in UTC, brought."""

    month: str
    new: int = 0
    changed: int = 0
    deleted: int = 0


class RunChoice(Struct, frozen=True, kw_only=True):
    """Which runs are meant; `None` is any."""

    source: str | None = None
    prefix: str | None = None
    state: str | None = None
    kind: str | None = None


class Run(RunRow, frozen=True, kw_only=True):
    """A run with its list requests."""

    windows: tuple[RunWindow, ...]

    @property
    def sets(self) -> tuple[str, ...]:
        """The requested sets, each once; empty if the whole repository was requested."""
        return tuple(dict.fromkeys(w.window.set_spec for w in self.windows if w.window.set_spec is not None))
