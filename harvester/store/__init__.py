"""The only door to the database: Structs in, Structs out.

`connect` is light to import; SQLAlchemy comes in when a store is opened, alembic when one has to be migrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harvester.store.structs import (
    Alert,
    ArticleSave,
    Counts,
    Deposit,
    DuplicateDoi,
    FindingRow,
    FormatStatus,
    Member,
    OpenWindow,
    PageSave,
    PlannedBatch,
    Pruned,
    Rejected,
    Run,
    RunKind,
    RunState,
    SavedRecord,
    SourceRow,
    SourceStatus,
    StoredArticle,
)

if TYPE_CHECKING:
    from harvester.store.store import Store as Store

__all__ = [
    "Alert",
    "ArticleSave",
    "Counts",
    "Deposit",
    "DuplicateDoi",
    "FindingRow",
    "FormatStatus",
    "Member",
    "OpenWindow",
    "PageSave",
    "PlannedBatch",
    "Pruned",
    "Rejected",
    "Run",
    "RunKind",
    "RunState",
    "SavedRecord",
    "SourceRow",
    "SourceStatus",
    "Store",
    "StoredArticle",
    "connect",
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
