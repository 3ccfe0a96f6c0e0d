"""The file under the store: how it is opened, brought up to date, and written in whole transactions.

WAL, so that people can read while a harvest writes; every writing transaction is BEGIN IMMEDIATE, so that it never
finds out half-way that it may not write. Harvests run with `synchronous=NORMAL`: a power cut may take the last pages,
which are then fetched again. What cannot be fetched again, the ledger, is written with `synchronous=FULL`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Insert,
    Update,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.types import TypeDecorator, TypeEngine

from harvester.errors import StoreError
from harvester.store import migrations, tables
from harvester.store.place import check_backup, fault, path_of
from harvester.system import files

T = TypeVar("T")

_DIALECT = sqlite.dialect(paramstyle="qmark")

_SETTINGS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",  # 32 MB
    "PRAGMA wal_autocheckpoint=4000",  # pages: 16 MB between two checkpoints
    "PRAGMA journal_size_limit=67108864",
)

# What a transaction may do, and what is said to SQLite as it begins.
_BEGIN = {
    "read": ("BEGIN",),
    "write": ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE"),
    "durable": ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
    # SQLite changes a table by making it anew, which must not cascade (its ALTER TABLE page, section 7).
    "migrate": ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"),
}


class Database:
    """One SQLite file and its transactions; the rooms of the store are built on it."""

    def __init__(self, path: Path, engine: Engine, patience: float) -> None:
        self.path = path
        self._engine = engine
        self._patience = patience

    @classmethod
    def open(cls, url: str, patience: float) -> Self:
        """Opens the store, and makes or migrates it first where that is needed."""
        path = path_of(url)
        try:
            files.make_folder(path.parent)
        except OSError as error:
            raise StoreError(f"The folder {path.parent} for the store cannot be made: {error.strerror}.") from error
        opened = cls(path, _engine(path, patience), patience)
        try:
            opened._prepare()
        except BaseException:
            opened.close()
            raise
        return opened

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _transaction(self, access: str) -> Iterator[Connection]:
        with (
            self._explained(),
            self._engine.connect().execution_options(access=access) as connection,
            connection.begin(),
        ):
            yield connection

    def _alone(self, statement: str, *values: str) -> None:
        """Runs a statement that SQLite refuses within a transaction."""
        with self._explained(), closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute(statement, values)

    def _read(self) -> AbstractContextManager[Connection]:
        """A snapshot: sees the store as it was when the transaction began, and keeps nobody from writing."""
        return self._transaction("read")

    def _write(self, *, durable: bool = False) -> AbstractContextManager[Connection]:
        """All or nothing; `durable` has reached the disk when the block ends."""
        return self._transaction("durable" if durable else "write")

    # ------------------------------------------------------------------------------------- opening

    def _prepare(self) -> None:
        with self._read() as connection:
            revision = self._revision(connection)
        self._use_wal()
        if revision is None:
            self._create()
        elif revision != migrations.HEAD:
            self._migrate(revision)

    def _use_wal(self) -> None:
        """Switches to WAL, which a backup is not in. This is the one lock SQLite does not wait for by itself."""
        until = time.monotonic() + self._patience
        while True:
            try:
                return self._alone("PRAGMA journal_mode=WAL")
            except StoreError as error:
                if "locked" not in str(error.__cause__) or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    def _revision(self, connection: Connection) -> str | None:
        """The revision the store is at, empty where alembic is to make the tables; `None` for a new file."""
        has_table = connection.dialect.has_table
        if not has_table(connection, "alembic_version"):
            if connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one():
                raise StoreError(f"{self.path} is a database of another program. Name another file in [store] url.")
            return None
        revision: str = connection.execute(tables.alembic_version.select()).scalar() or ""
        if revision not in migrations.REVISIONS:
            raise StoreError(
                f"The store {self.path} was written by a newer version of this program; upgrade the program."
            )
        return revision

    def _create(self) -> None:
        with self._write(durable=True) as connection:
            if self._revision(connection) is not None:
                return  # another process was first
            tables.metadata.create_all(connection)
            for statement in (*tables.TRIGGERS, *tables.VIEWS):
                connection.execute(text(statement))
            connection.execute(tables.alembic_version.insert().values(version_num=migrations.HEAD))

    def _migrate(self, revision: str) -> None:
        with self._transaction("migrate") as connection:
            if self._revision(connection) == revision:  # else another process was first, and made the copy
                self.backup(self.path.with_name(f"{self.path.name}.before-{migrations.HEAD}"))
                migrations.upgrade(connection)
                self._check_references(connection)
        self._engine.dispose()  # the next connection has its foreign keys on

    def _check_references(self, connection: Connection) -> None:
        if broken := connection.execute(text("PRAGMA foreign_key_check")).first():
            raise StoreError(
                f"The store {self.path} could not be migrated: rows of table {broken[0]} point to nothing. It was left "
                "as it was; please report this."
            )

    # ------------------------------------------------------------------------------------ upkeep

    def backup(self, path: Path) -> None:
        """A whole, compact copy of the store as it is now, while others may go on writing; replaces an older copy.

        Two at once to one path would write into one temporary file.
        """
        temporary = files.temporary_of(path)
        try:
            check_backup(path, self.path)
            files.make_folder(path.parent)
            temporary.write_bytes(b"")  # here, for what SQLite says of a file it cannot make sounds as if of the store
            self._alone("VACUUM INTO ?", str(temporary))
            files.publish(temporary, path)
        except OSError as error:
            raise StoreError(f"The backup {path} cannot be written: {error.strerror}.") from error
        except StoreError as error:
            if "is full" not in str(error.__cause__):
                raise
            raise StoreError(
                f"There is no room for the backup {path}, which takes as much as the store; make some in {path.parent}."
            ) from error
        finally:
            with suppress(OSError):
                temporary.unlink()

    # ------------------------------------------------------------------------------------ faults

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what SQLite says into what a person can do; our own mistakes (bad SQL, broken keys) stay."""
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise
        except (DatabaseError, sqlite3.DatabaseError) as error:
            raise fault(str(getattr(error, "orig", error)), self.path, self._patience) from error


class ManyRows:
    """A statement compiled once for rows by the hundred, where SQLAlchemy's work per row costs more than SQLite's.

    A row is the values of `columns`, which are written, and behind them those of `at`, where an update finds its row.
    """

    def __init__(self, statement: Insert | Update, columns: Sequence[str], at: Sequence[str] = ()) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT, column_keys=columns)
        self._sql = str(compiled)
        given = [*columns, *at]
        self._order = [(given.index(name), _processor(compiled.binds[name].type)) for name in compiled.positiontup]

    def write(self, connection: Connection, rows: Collection[Sequence[Any]]) -> None:
        """Runs the statement for each row."""
        if rows:
            columns = list(zip(*rows, strict=True))
            ready = [map(process, columns[place]) if process else columns[place] for place, process in self._order]
            connection.exec_driver_sql(self._sql, list(zip(*ready, strict=True)))


def _processor(column: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes a value of the program one of SQLite's; the types of our own without what SQLAlchemy puts around."""
    if isinstance(column, TypeDecorator):
        return partial(column.process_bind_param, dialect=_DIALECT)
    return column.bind_processor(_DIALECT)


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column's value is in the list that is given under this name.

    One statement whatever the list's length, where SQLAlchemy would write another one for each.
    """
    given = func.json_each(bindparam(name, type_=tables.Strings)).table_valued("value")
    return column.in_(select(given.c.value))


def new_id(connection: Connection, statement: Insert) -> int:
    """Inserts one row; its new id."""
    key = connection.execute(statement).inserted_primary_key
    assert key is not None
    return int(key[0])


def chunks(items: Iterable[T], size: int = 400) -> Iterator[list[T]]:
    """The items in lists that fit into one statement and little memory."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _engine(path: Path, patience: float) -> Engine:
    # Transactions are begun by the listener below, not by the sqlite3 module with its own idea of when.
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": patience, "isolation_level": None}
    )

    @event.listens_for(engine, "connect")
    def settings(raw: Any, _entry: Any) -> None:
        for setting in _SETTINGS:
            raw.execute(setting)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        raw = connection.connection.driver_connection
        assert raw is not None
        for statement in _BEGIN[connection.get_execution_options()["access"]]:
            raw.execute(statement)

    return engine
