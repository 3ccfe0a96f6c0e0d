"""SQLite: the store is one file.

The file is in WAL mode, so that people can read while a harvest writes. Every writing transaction is BEGIN IMMEDIATE,
so that it never learns half-way that it may not write. Harvests run with `synchronous=NORMAL`: a power cut may lose the
last pages, which are then fetched again. The ledger cannot be fetched again and is written with `synchronous=FULL`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, create_mock_engine, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL
from sqlalchemy.util import LRUCache

from harvester.errors import StoreError
from harvester.store import tables, views
from harvester.store.engines import Access, PlainConnection
from harvester.store.limits import query_seconds
from harvester.store.location import check_backup, check_log, is_read_only, path_of, read_only_uri, store_error
from harvester.system import files
from harvester.system.progress import reporting_size

# One for all stores of this process, so that each statement is compiled once, however often a store is opened.
_DIALECT = sqlite.dialect(dbapi=sqlite3, paramstyle="qmark")
_COMPILED: LRUCache[Any, Any] = LRUCache(1_000)

_SETTINGS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",  # 32 MB
    "PRAGMA wal_autocheckpoint=4000",  # pages: 16 MB between two checkpoints
    "PRAGMA journal_size_limit=67108864",
)

_BEGIN: dict[Access, tuple[str, ...]] = {
    "read": ("BEGIN",),
    "source": ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE"),
    "write": ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE"),
    "durable": ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
    # SQLite changes a table by copying it to a new one, which must not cascade (its ALTER TABLE page, section 7).
    "migrate": ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"),
}
_INSTRUCTIONS = 5_000  # of SQLite's machine, between two looks at the clock: about a millisecond


class SqliteEngine:
    """A store in a file."""

    has_one_writer = True
    raised: tuple[type[Exception], ...] = (sqlite3.DatabaseError,)

    def __init__(self, url: str, timeout: float) -> None:
        self.path, self._timeout = path_of(url), timeout
        self.where = str(self.path)

    @property
    def read_only(self) -> bool:
        return is_read_only(self.path)

    def schema(self) -> Sequence[str]:
        return _schema()

    def open(self) -> Engine:
        """The log is checked before SQLite could write it into the file."""
        check_log(self.path)
        try:
            files.make_folder(self.path.parent)
        except OSError as error:
            raise StoreError(
                f"The folder {self.path.parent} for the store cannot be made: {error.strerror}."
            ) from error
        # Transactions are begun by `begin`. The sqlite3 module would begin them at other times.
        engine = create_engine(
            _url(self.path),
            connect_args={"timeout": self._timeout, "isolation_level": None},
            execution_options={"compiled_cache": _COMPILED},
        )
        engine.dialect = _DIALECT

        @event.listens_for(engine, "connect")
        def settings(raw: Any, _entry: Any) -> None:
            for setting in _SETTINGS:
                raw.execute(setting)

        return engine

    def reading(self, limit: float) -> Engine:
        """Each connection is a new one, so a backup that is put in the place of the store is seen by the next."""

        def connect() -> sqlite3.Connection:
            if not self.path.is_file():
                raise StoreError(f"The store {self.path} is missing. `harvester status` makes it.")
            read_only = is_read_only(self.path)
            uri = read_only_uri(self.path) if read_only else f"file:{quote(str(self.path))}?mode=ro"
            connection = sqlite3.connect(
                uri, uri=True, timeout=self._timeout, isolation_level=None, factory=_LimitedConnection
            )
            connection.limit = limit
            connection.execute("PRAGMA query_only=ON")
            return connection

        return create_engine("sqlite://", creator=connect, poolclass=NullPool)

    def begin(self, connection: Connection, access: Access) -> None:
        raw = connection.connection.driver_connection
        assert raw is not None
        for statement in _BEGIN[access]:
            raw.execute(statement)

    def settle(self, engine: Engine) -> None:
        self._use_wal(engine)
        try:  # files that SQLite makes next to the store later get the same owner by themselves
            files.give_to_owner(self.path)
        except OSError as error:
            raise StoreError(f"The store {self.path} cannot be used: {error.strerror}.") from error

    def _use_wal(self, engine: Engine) -> None:
        """Switches to WAL mode; a backup is not in it. SQLite does not wait for this lock by itself."""
        end = time.monotonic() + self._timeout
        while True:
            try:
                return _outside_transaction(engine, "PRAGMA journal_mode=WAL")
            except sqlite3.DatabaseError as error:
                if "locked" not in str(error) or time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def is_empty(self, connection: Connection) -> bool:
        return not connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()

    def keep_copy(self, engine: Engine, revision: str) -> None:
        self.backup(engine, self.path.with_name(f"{self.path.name}.before-{revision}"))

    def backup(self, engine: Engine, path: Path) -> None:
        """Others may write meanwhile.

        The caller prevents two backups to one path at once, which would write into one temporary file.
        """
        temporary = files.temporary_of(path)
        try:
            check_backup(path, self.path)
            if not path.parent.exists():  # a folder made here would hide that the disk of the backups is not mounted
                raise StoreError(
                    f"The backup {path} cannot be written: its folder does not exist. Mount its disk, or make it."
                )
            temporary.write_bytes(b"")  # if it cannot be written, SQLite's error would seem to be about the store
            files.give_to_owner(temporary)
            with reporting_size(temporary, "copying the store, in MB", self.path.stat().st_size):
                _outside_transaction(engine, "VACUUM INTO ?", str(temporary))
            files.publish(temporary, path)
        except OSError as error:
            raise StoreError(f"The backup {path} cannot be written: {error.strerror}.") from error
        except sqlite3.DatabaseError as error:
            if "is full" not in str(error):
                raise
            raise StoreError(
                f"There is no room for the backup {path}, which takes as much as the store; make some in {path.parent}."
            ) from error
        finally:
            with suppress(OSError):
                temporary.unlink()

    def restoring(self, path: Path) -> str:
        return f"harvester restore {path}"

    def faults(self, connection: Connection) -> list[str]:
        lines = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        found = [f"SQLite finds: {line}." for line in lines if line != "ok"]
        return found + [
            f"Row {row[1]} of table {row[0]} points to a row of {row[2]} that is not there." for row in broken
        ]

    def broken_reference(self, connection: Connection) -> str | None:
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        return broken[0] if broken else None

    def plain(self, connection: Connection) -> PlainConnection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        return raw

    def error(self, reported: Exception) -> StoreError:
        return store_error(str(reported), self.path, self._timeout)


@cache
def _schema() -> tuple[str, ...]:
    """The statements that make everything in an empty store, compiled once."""
    statements: list[str] = []
    compiling = create_mock_engine("sqlite://", lambda made, *_: statements.append(str(made.compile(dialect=_DIALECT))))
    tables.metadata.create_all(compiling, checkfirst=False)
    return (*statements, *tables.TRIGGERS, *views.VIEWS)


def _outside_transaction(engine: Engine, statement: str, *values: str) -> None:
    """Runs a statement that SQLite refuses inside a transaction."""
    with closing(engine.raw_connection()) as raw:
        raw.cursor().execute(statement, values)


def _url(path: Path) -> URL:
    if not is_read_only(path):
        return URL.create("sqlite", database=str(path))
    name, _, options = read_only_uri(path).partition("?")
    return URL.create("sqlite", database=name, query={**dict(parse_qsl(options)), "uri": "true"})


class _LimitedConnection(sqlite3.Connection):
    """A connection that ends a query after `limit` seconds. SQLite then reports that it was interrupted."""

    limit = 1.0
    _end = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.set_progress_handler(self._is_over, _INSTRUCTIONS)

    def begin_query(self) -> None:
        self._end = time.monotonic() + query_seconds(self.limit)

    def cursor(self, *_: Any) -> _LimitedCursor:  # type: ignore[override]
        return super().cursor(_LimitedCursor)

    def _is_over(self) -> bool:
        return time.monotonic() > self._end


class _LimitedCursor(sqlite3.Cursor):
    def execute(self, *args: Any) -> _LimitedCursor:
        assert isinstance(self.connection, _LimitedConnection)
        self.connection.begin_query()
        return super().execute(*args)
