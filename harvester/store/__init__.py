"""The only access to the database: Structs in, Structs out.

Importing this package is cheap. SQLAlchemy is imported when a store is opened, and alembic when one has to be migrated.
`open_overview` needs neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harvester.store.deposit_structs import (
    ArticleFacts,
    BatchMember,
    DepositCounts,
    DepositFile,
    DepositRow,
    DepositState,
    FileRow,
    HeldArticle,
    MarkPreview,
    MintedDoi,
    PlannedBatch,
)
from harvester.store.location import is_read_only, path_of
from harvester.store.overview import Overview, is_current, snapshot
from harvester.store.registration_structs import (
    Account,
    DoiRow,
    DoiState,
    Event,
    FileLog,
    FileState,
    Matches,
    OwnFile,
    Registration,
    SeenDoi,
    Submission,
)
from harvester.store.restoration import restore
from harvester.store.run_structs import (
    Advance,
    Close,
    Counts,
    MonthOfRuns,
    Restart,
    Run,
    RunChoice,
    RunKind,
    RunRow,
    RunState,
    RunWindow,
    SourceContent,
    SourceRow,
    Split,
    SwitchGranularity,
    Transition,
)
from harvester.store.search_structs import (
    EVERY_FACT,
    ArticleChoice,
    ArticleCounts,
    ArticleLine,
    CodeCount,
    FoundFinding,
)
from harvester.store.structs import (
    Alert,
    ArticleToSave,
    ChangedDeposit,
    DeletedDeposit,
    DoiHolder,
    DuplicateDoi,
    FindingRow,
    FormatStatus,
    PageToSave,
    Pruned,
    RecordStates,
    RecordToSave,
    RecordVersion,
    RejectedRecord,
    Rejection,
    Selection,
    SourceStatus,
    StoredArticle,
    UnresolvedRejection,
    Wish,
    status_or_empty,
)

if TYPE_CHECKING:
    from pathlib import Path

    from harvester.store.store import Store as Store

__all__ = [
    "EVERY_FACT",
    "Account",
    "Advance",
    "Alert",
    "ArticleChoice",
    "ArticleCounts",
    "ArticleFacts",
    "ArticleLine",
    "ArticleToSave",
    "BatchMember",
    "ChangedDeposit",
    "Close",
    "CodeCount",
    "Counts",
    "DeletedDeposit",
    "DepositCounts",
    "DepositFile",
    "DepositRow",
    "DepositState",
    "DoiHolder",
    "DoiRow",
    "DoiState",
    "DuplicateDoi",
    "Event",
    "FileLog",
    "FileRow",
    "FileState",
    "FindingRow",
    "FormatStatus",
    "FoundFinding",
    "HeldArticle",
    "MarkPreview",
    "Matches",
    "MintedDoi",
    "MonthOfRuns",
    "Overview",
    "OwnFile",
    "PageToSave",
    "PlannedBatch",
    "Pruned",
    "RecordStates",
    "RecordToSave",
    "RecordVersion",
    "Registration",
    "RejectedRecord",
    "Rejection",
    "Restart",
    "Run",
    "RunChoice",
    "RunKind",
    "RunRow",
    "RunState",
    "RunWindow",
    "SeenDoi",
    "Selection",
    "SourceContent",
    "SourceRow",
    "SourceStatus",
    "Split",
    "Store",
    "StoredArticle",
    "Submission",
    "SwitchGranularity",
    "Transition",
    "UnresolvedRejection",
    "Wish",
    "connect",
    "copy",
    "how_to_restore",
    "last_change_if_read_only",
    "open_overview",
    "restore",
    "status_or_empty",
]


def __getattr__(name: str) -> type[Store]:
    """Imports `Store` on first use, because importing SQLAlchemy takes 200 ms."""
    if name != "Store":
        raise AttributeError(name)
    from harvester.store.store import Store

    return Store


@contextmanager
def connect(url: str, *, timeout: float = 30.0) -> Iterator[Store]:
    """The store at `sqlite:///path` or `postgresql://user@host/database`.

    It is created if there is none, and migrated if it is older than this program.
    `timeout` is how many seconds to wait for a locked store. Raises `StoreError`.
    """
    from harvester.store.database import Database
    from harvester.store.store import Store

    opened = Store(Database.open(url, timeout))
    try:
        yield opened
    finally:
        opened.close()


def copy(origin: str, target: str) -> dict[str, int]:
    """Copies the store at one url into a new one at another; returns how many rows, by table (`copy_store`)."""
    from harvester.store.copying import copy_store
    from harvester.store.database import Database

    with ExitStack() as opened:
        here, there = (opened.enter_context(closing(Database.open(url, timeout=30.0))) for url in (origin, target))
        return copy_store(here, there)


def how_to_restore(url: str, backup: Path) -> str:
    """The command that puts a backup in the place of the store."""
    from harvester.store.engines import engine_of

    return engine_of(url, timeout=30.0).restoring(backup)


def last_change_if_read_only(url: str) -> datetime | None:
    """When the store was last written, if this user may only read its file; `None` if the user may write it."""
    if not url.startswith("sqlite:"):
        return None
    path = path_of(url)
    if not is_read_only(path):
        return None
    files = (path, path.with_name(f"{path.name}-wal"))
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in files if file.exists()), UTC)


@contextmanager
def open_overview(url: str, *, timeout: float = 30.0) -> Iterator[Overview]:
    """A snapshot of the state of every source. Creates or migrates the store like `connect`. Raises `StoreError`."""
    if not url.startswith("sqlite:"):
        with connect(url, timeout=timeout) as store, store.overview() as overview:
            yield overview
        return
    path = path_of(url)  # without SQLAlchemy, which takes 0.2 s to import
    if not is_current(path, timeout):
        with connect(url, timeout=timeout):
            pass
    with snapshot(path, timeout) as overview:
        yield overview
