"""The only door to the database: Structs in, Structs out.

`connect` is light to import; SQLAlchemy comes in when a store is opened, alembic when one has to be migrated. `glance`
does without both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harvester.store.place import path_of
from harvester.store.standing import Glance, is_current, snapshot
from harvester.store.structs import (
    Advance,
    Alert,
    ArticleToSave,
    Close,
    Counts,
    Deposit,
    DuplicateDoi,
    FindingRow,
    FormatStatus,
    Member,
    PageToSave,
    PlannedBatch,
    Pruned,
    RecordToSave,
    RejectedRecord,
    Restart,
    Run,
    RunKind,
    RunRow,
    RunState,
    RunWindow,
    SourceRow,
    SourceStatus,
    Split,
    StoredArticle,
    SwitchGranularity,
    Transition,
    UnresolvedRejection,
    configured,
)

if TYPE_CHECKING:
    from harvester.store.store import Store as Store

__all__ = [
    "Advance",
    "Alert",
    "ArticleToSave",
    "Close",
    "Counts",
    "Deposit",
    "DuplicateDoi",
    "FindingRow",
    "FormatStatus",
    "Glance",
    "Member",
    "PageToSave",
    "PlannedBatch",
    "Pruned",
    "RecordToSave",
    "RejectedRecord",
    "Restart",
    "Run",
    "RunKind",
    "RunRow",
    "RunState",
    "RunWindow",
    "SourceRow",
    "SourceStatus",
    "Split",
    "Store",
    "StoredArticle",
    "SwitchGranularity",
    "Transition",
    "UnresolvedRejection",
    "configured",
    "connect",
    "glance",
]


def __getattr__(name: str) -> type[Store]:
    """`Store` is imported when it is first named: SQLAlchemy takes 200 ms."""
    if name != "Store":
        raise AttributeError(name)
    from harvester.store.store import Store

    return Store


@contextmanager
def connect(url: str, *, patience: float = 30.0) -> Iterator[Store]:
    """The store at `sqlite:///path`, made where there is none and migrated where it is behind.

    `patience` is how long, in seconds, a locked store is waited for. Raises `StoreError`.
    """
    from harvester.store.store import Store

    opened = Store.open(url, patience)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def glance(url: str, *, patience: float = 30.0) -> Iterator[Glance]:
    """How the sources of a store stand, at one moment; as `connect` for a store that is not there or is behind."""
    path = path_of(url)
    if not is_current(path, patience):
        with connect(url, patience=patience):
            pass
    with snapshot(path, patience) as seen:
        yield seen
