"""The SQLite file of the store: opening, migration, transactions and backup.

The file is in WAL mode, so that people can read while a harvest writes. Every writing transaction is BEGIN IMMEDIATE,
so that it never learns half-way that it may not write. Harvests run with `synchronous=NORMAL`: a power cut may lose the
last pages, which are then fetched again. The ledger cannot be fetched again and is written with `synchronous=FULL`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Insert,
    Update,
    bindparam,
    create_engine,
    create_mock_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlalchemy.util import LRUCache

from harvester.errors import StoreError
from harvester.store import column_types, migrations, tables, views
from harvester.store.location import check_backup, check_log, is_read_only, path_of, read_only_uri, store_error
from harvester.system import files
from harvester.system.progress import report, reporting_size

T = TypeVar("T")

# One for all stores of this process, so that each statement is compiled once, however often a store is opened.
_DIALECT = sqlite.dialect(dbapi=sqlite3, paramstyle="qmark")
_COMPILED: LRUCache[Any, Any] = LRUCache(1_000)

_SETTINGS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",  # 32 MB
    "PRAGMA wal_autocheckpoint=4000",  # pages: 16 MB between two checkpoints
    "PRAGMA journal_size_limit=67108864",
)

# The statements that begin a transaction, by what the transaction may do.
_BEGIN = {
    "read": ("BEGIN",),
    "write": ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE"),
    "durable": ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE"),
    # SQLite changes a table by copying it to a new one, which must not cascade (its ALTER TABLE page, section 7).
    "migrate": ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"),
}


class Database:
    """One SQLite file and its transactions."""

    def __init__(self, path: Path, engine: Engine, timeout: float) -> None:
        self.path = path
        self.read_only = is_read_only(path)
        self._engine = engine
        self._timeout = timeout

    @classmethod
    def open(cls, url: str, timeout: float) -> Self:
        """Opens the store, after creating or migrating it if needed. `timeout`, in seconds, is for locks.

        If this user may only read the store, nothing is ever written.
        """
        path = path_of(url)
        check_log(path)
        try:
            files.make_folder(path.parent)
        except OSError as error:
            raise StoreError(f"The folder {path.parent} for the store cannot be made: {error.strerror}.") from error
        opened = cls(path, _engine(path, timeout), timeout)
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
            self._store_errors(),
            self._engine.connect().execution_options(access=access) as connection,
            connection.begin(),
        ):
            yield connection

    def _outside_transaction(self, statement: str, *values: str) -> None:
        """Runs a statement that SQLite refuses inside a transaction."""
        with self._store_errors(), closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute(statement, values)

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the store as it was when the transaction began. It blocks no writer."""
        return self._transaction("read")

    def write(self, *, durable: bool = False) -> AbstractContextManager[Connection]:
        """A transaction that writes everything or nothing; a `durable` one is on the disk when the block ends."""
        return self._transaction("durable" if durable else "write")

    @contextmanager
    def restructure(self) -> Iterator[Connection]:
        """A durable transaction that checks references once, at its end, and not row by row."""
        with self._transaction("migrate") as connection:
            yield connection
            self._check_references(connection)
        self._engine.dispose()  # the next connection has its foreign keys on

    # ------------------------------------------------------------------------------------- opening

    def _prepare(self) -> None:
        with self.read() as connection:
            revision = self._revision(connection)
        if self.read_only:
            self._check_readable(revision)
            return
        self._use_wal()
        self._give_to_owner()
        if revision is None:
            self._create()
        elif revision != migrations.HEAD:
            self._migrate(revision)

    def _give_to_owner(self) -> None:
        """Files that SQLite makes next to the store later get the same owner by themselves."""
        try:
            files.give_to_owner(self.path)
        except OSError as error:
            raise StoreError(f"The store {self.path} cannot be used: {error.strerror}.") from error

    def _check_readable(self, revision: str | None) -> None:
        if revision != migrations.HEAD:
            raise StoreError(
                f"The store {self.path} is of another version of this program, and you may only read it. The user that "
                "it belongs to upgrades it with any command, such as `harvester status`."
            )

    def _use_wal(self) -> None:
        """Switches to WAL mode; a backup is not in it. SQLite does not wait for this lock by itself."""
        end = time.monotonic() + self._timeout
        while True:
            try:
                return self._outside_transaction("PRAGMA journal_mode=WAL")
            except StoreError as error:
                if "locked" not in str(error.__cause__) or time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def _revision(self, connection: Connection) -> str | None:
        """The revision of the store: empty if alembic has yet to create the tables, `None` for a new file."""
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
        with self.write(durable=True) as connection:
            if self._revision(connection) is not None:
                return  # another process was first
            for statement in _schema():
                connection.exec_driver_sql(statement)
            connection.execute(tables.alembic_version.insert().values(version_num=migrations.HEAD))

    def _migrate(self, revision: str) -> None:
        with self.restructure() as connection:
            if self._revision(connection) == revision:  # else another process was first, and made the backup
                self.backup(self.path.with_name(f"{self.path.name}.before-{migrations.HEAD}"))
                report("upgrading the store")
                migrations.upgrade(connection)

    def _check_references(self, connection: Connection) -> None:
        if broken := connection.execute(text("PRAGMA foreign_key_check")).first():
            raise StoreError(
                f"The store {self.path} could not be migrated: rows of table {broken[0]} point to nothing. It was left "
                "as it was; please report this."
            )

    # ------------------------------------------------------------------------------------ upkeep

    def backup(self, path: Path) -> None:
        """Writes a complete, compact copy of the store, replacing an older copy. Others may write meanwhile.

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
                self._outside_transaction("VACUUM INTO ?", str(temporary))
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

    # ------------------------------------------------------------------------------------ errors

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """Turns errors of SQLite into `StoreError`; our own mistakes (bad SQL, broken keys) stay as they are."""
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise
        except (DatabaseError, sqlite3.DatabaseError) as error:
            raise store_error(str(getattr(error, "orig", error)), self.path, self._timeout) from error


class Part:
    """A part of the store: what it reads and writes is about one idea."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read, self._write = database.read, database.write


class BulkStatement:
    """A statement compiled once for hundreds of rows: SQLAlchemy's own work per row costs more than SQLite's.

    A row has the values to write, in the order of `columns`, and then, for an update, those of the bound parameters
    `keys` that find the row.
    """

    def __init__(self, statement: Insert | Update, columns: Sequence[str], keys: Sequence[str] = ()) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT, column_keys=columns)
        self._sql = str(compiled)
        names = [*columns, *keys]
        self._order = [(names.index(name), _processor(compiled.binds[name].type)) for name in compiled.positiontup]

    def write(self, connection: Connection, rows: Collection[Sequence[Any]]) -> None:
        """Runs the statement for each row."""
        if rows:
            columns = list(zip(*rows, strict=True))
            values = [map(process, columns[index]) if process else columns[index] for index, process in self._order]
            connection.exec_driver_sql(self._sql, list(zip(*values, strict=True)))


def _processor(column: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """The function that converts a value for SQLite, if one is needed; our own types skip SQLAlchemy's wrapper."""
    if isinstance(column, TypeDecorator):
        return partial(column.process_bind_param, dialect=_DIALECT)
    return column.bind_processor(_DIALECT)


def in_list(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """The condition that the column's value is in the list bound to `parameter`.

    The statement is the same for every length of the list, so it is compiled once; SQLAlchemy's own `in_` is not.
    """
    values = func.json_each(bindparam(parameter, type_=column_types.Strings)).table_valued("value")
    return column.in_(select(values.c.value))


def new_id(connection: Connection, statement: Insert) -> int:
    """Inserts one row and returns its new id."""
    key = connection.execute(statement).inserted_primary_key
    assert key is not None
    return int(key[0])


def chunks(items: Iterable[T], size: int = 400) -> Iterator[list[T]]:
    """The items in lists of at most `size`, which fit into one statement and little memory."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


@cache
def _schema() -> tuple[str, ...]:
    """The statements that make everything in an empty store, compiled once."""
    statements: list[str] = []
    compiling = create_mock_engine("sqlite://", lambda made, *_: statements.append(str(made.compile(dialect=_DIALECT))))
    tables.metadata.create_all(compiling, checkfirst=False)
    return (*statements, *tables.TRIGGERS, *views.VIEWS)


def _url(path: Path) -> URL:
    if not is_read_only(path):
        return URL.create("sqlite", database=str(path))
    name, _, options = read_only_uri(path).partition("?")
    return URL.create("sqlite", database=name, query={**dict(parse_qsl(options)), "uri": "true"})


def _engine(path: Path, timeout: float) -> Engine:
    # The listener below begins transactions. The sqlite3 module would begin them at other times.
    engine = create_engine(
        _url(path),
        connect_args={"timeout": timeout, "isolation_level": None},
        execution_options={"compiled_cache": _COMPILED},
    )
    engine.dialect = _DIALECT

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
