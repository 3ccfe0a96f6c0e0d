"""Sessions that can only read the store, for programs that read it again and again."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine

from harvester.errors import QueryTimeout, StoreError
from harvester.store import migrations
from harvester.store.database import Database
from harvester.store.location import is_read_only, path_of, read_only_uri
from harvester.store.store import Store
from harvester.store.tables import alembic_version

T = TypeVar("T")

_SHORTER: ContextVar[float] = ContextVar("shorter", default=math.inf)  # seconds for a query that need not be answered
_SHARE = 0.6  # of the seconds that one query may take, for all that need not be answered in a session together
_INSTRUCTIONS = 5_000  # of SQLite's machine, between two looks at the clock: about a millisecond


class _Budget:
    """The seconds that are left in a session for queries that need not be answered."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.left = seconds


_BUDGET: ContextVar[_Budget] = ContextVar("budget", default=_Budget())  # noqa: B039 — what is infinite stays so


class Reader:
    """Opens sessions. A program has one for all its threads.

    What is compiled for a statement is kept, but each session has a connection of its own. So a backup that is put in
    the place of the store is seen by the next session.
    """

    def __init__(self, url: str, *, timeout: float = 5.0, limit: float = 1.0) -> None:
        """`timeout`: seconds to wait for a lock. `limit`: seconds that one query may take."""
        self._path, self._timeout, self._limit = path_of(url), timeout, limit
        self._engine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)

    @contextmanager
    def session(self) -> Iterator[Store]:
        """The store as it is now, in one read transaction. It is to last for a moment only.

        Raises `StoreError` if the store is missing, of another version, or asked to write, and `QueryTimeout`.
        """
        if not self._path.is_file():
            raise StoreError(f"The store {self._path} is missing. `harvester status` makes it.")
        outside = Database(self._path, self._engine, self._timeout)
        with outside._store_errors(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            session = _Session(self._path, self._engine, self._timeout, connection)
            session.check_revision()
            token = _BUDGET.set(_Budget(self._limit * _SHARE))
            try:
                yield Store(session)
            finally:
                _BUDGET.reset(token)

    def _connect(self) -> sqlite3.Connection:
        uri = read_only_uri(self._path) if is_read_only(self._path) else f"file:{quote(str(self._path))}?mode=ro"
        connection = sqlite3.connect(
            uri, uri=True, timeout=self._timeout, isolation_level=None, factory=_LimitedConnection
        )
        connection.limit = self._limit
        connection.execute("PRAGMA query_only=ON")
        return connection


class _Session(Database):
    """The database in one read transaction, whose parts all see the same moment."""

    def __init__(self, path: Path, engine: Engine, timeout: float, connection: Connection) -> None:
        super().__init__(path, engine, timeout)
        self._connection = connection

    def check_revision(self) -> None:
        with self.read() as connection:
            revision = connection.execute(alembic_version.select()).scalar()
        if revision != migrations.HEAD:
            raise StoreError(
                f"The store {self.path} is of another version of this program. Stop this one, upgrade it, and start it "
                "again."
            )

    @contextmanager
    def _transaction(self, access: str) -> Iterator[Connection]:
        if access != "read":
            raise StoreError("This session only reads the store.")
        with self._store_errors():
            yield self._connection


class _LimitedConnection(sqlite3.Connection):
    """A connection that ends a query after `limit` seconds. SQLite then reports that it was interrupted."""

    limit = 1.0
    _end = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.set_progress_handler(self._is_over, _INSTRUCTIONS)

    def begin_query(self) -> None:
        self._end = time.monotonic() + min(self.limit, _SHORTER.get())

    def cursor(self, *_: Any) -> _LimitedCursor:  # type: ignore[override]
        return super().cursor(_LimitedCursor)

    def _is_over(self) -> bool:
        return time.monotonic() > self._end


class _LimitedCursor(sqlite3.Cursor):
    def execute(self, *args: Any) -> _LimitedCursor:
        assert isinstance(self.connection, _LimitedConnection)
        self.connection.begin_query()
        return super().execute(*args)


def in_time(read: Callable[[], T], seconds: float = math.inf) -> T | None:
    """What `read` returns; `None` if one of its queries took too long, or longer than `seconds`.

    All that is read so in one session shares a second, so that a page with many numbers is not slow.
    """
    budget, began = _BUDGET.get(), time.monotonic()
    token = _SHORTER.set(min(seconds, budget.left))
    try:
        return read()
    except QueryTimeout:
        return None
    finally:
        _SHORTER.reset(token)
        budget.left -= time.monotonic() - began
