"""What differs between the databases that a store can be in. Tables, statements and migrations are the same for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from harvester.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# What a transaction may do. `source`: write about one source, whose row it locks, while others write about others.
# `durable`: it is on the disk when it ends. `migrate`: as `durable`, and without checking references row by row.
Access = Literal["read", "source", "write", "durable", "migrate"]


class DamagedValue(Exception):
    """The database holds what no program of ours has written."""


class PlainConnection(Protocol):
    """A connection without SQLAlchemy that takes statements with `?` or `:name`, as sqlite3's does."""

    def execute(self, statement: str, values: Any = (), /) -> Any:
        """Returns a cursor (PEP 249)."""


class StoreEngine(Protocol):
    """One kind of database with the address of one store in it."""

    where: str  # the store, as a person calls it
    has_one_writer: bool  # at a time, whatever it writes about
    raised: tuple[type[Exception], ...]  # the errors of the driver itself, where SQLAlchemy does not wrap them

    @property
    def read_only(self) -> bool:
        """Whether this user may only read the store."""

    def schema(self) -> Sequence[str]:
        """The statements that make everything in an empty store."""

    def open(self) -> Engine:
        """A pool of connections. Raises `StoreError`."""

    def reading(self, limit: float) -> Engine:
        """Connections that can only read, and end a query after `limit` seconds."""

    def begin(self, connection: Connection, access: Access) -> None:
        """Begins a transaction."""

    def settle(self, engine: Engine) -> None:
        """Makes what is set once for the whole store. Raises `StoreError`."""

    def is_empty(self, connection: Connection) -> bool:
        """Whether the database has no tables at all."""

    def keep_copy(self, engine: Engine, revision: str) -> None:
        """Keeps a copy before a migration, if a migration that fails could damage the store."""

    def backup(self, engine: Engine, path: Path) -> None:
        """Writes a complete copy. Raises `StoreError`."""

    def restoring(self, path: Path) -> str:
        """The command that puts a backup in the place of the store."""

    def faults(self, connection: Connection) -> list[str]:
        """What the database itself finds damaged, one sentence each."""

    def broken_reference(self, connection: Connection) -> str | None:
        """A table with rows that point to nothing, after a transaction that did not check them."""

    def plain(self, connection: Connection) -> PlainConnection:
        """The connection without SQLAlchemy, in its transaction."""

    def error(self, reported: Exception) -> StoreError:
        """The error to raise for what the database has reported."""


def engine_of(url: str, timeout: float) -> StoreEngine:
    """The engine of the store at this address. `timeout`, in seconds, is for locks. Raises `StoreError`."""
    if not url.startswith(("postgresql:", "postgres:")):
        from harvester.store.engines.sqlite import SqliteEngine

        return SqliteEngine(url, timeout)
    try:
        from harvester.store.engines.postgresql import PostgresqlEngine
    except ImportError as error:
        raise StoreError(
            "A store in PostgreSQL needs a driver that is not installed: `pip install harvester[postgresql]`."
        ) from error
    return PostgresqlEngine(url, timeout)
