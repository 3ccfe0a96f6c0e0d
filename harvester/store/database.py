"""The database of the store: opening, migration, transactions and backup. What its engine does is in `engines`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Insert,
    Integer,
    Select,
    Table,
    TableValuedAlias,
    Update,
    bindparam,
    cast,
    event,
    func,
    select,
    true,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.types import TypeDecorator, TypeEngine

from harvester.errors import StoreError
from harvester.store import column_types, migrations, tables
from harvester.store.engines import Access, DamagedValue, PlainConnection, StoreEngine, engine_of
from harvester.system.progress import report

T = TypeVar("T")

NO_LIMIT = 2**63 - 1  # rows


class Database:
    """One store and its transactions."""

    def __init__(self, store_engine: StoreEngine, engine: Engine) -> None:
        self.where, self.read_only = store_engine.where, store_engine.read_only
        self._store_engine, self._engine = store_engine, engine

    @classmethod
    def open(cls, url: str, timeout: float) -> Self:
        """Opens the store, after creating or migrating it if needed. `timeout`, in seconds, is for locks.

        If this user may only read the store, nothing is ever written.
        """
        store_engine = engine_of(url, timeout)
        engine = store_engine.open()

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            store_engine.begin(connection, connection.get_execution_options()["access"])

        opened = cls(store_engine, engine)
        try:
            opened._prepare()
        except BaseException:
            opened.close()
            raise
        return opened

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _transaction(self, access: Access) -> Iterator[Connection]:
        with (
            self._store_errors(),
            self._engine.connect().execution_options(access=access) as connection,
            connection.begin(),
        ):
            yield connection

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the store as it was when the transaction began. It blocks no writer."""
        return self._transaction("read")

    def write(self, *, durable: bool = False) -> AbstractContextManager[Connection]:
        """A transaction that writes everything or nothing; a `durable` one is on the disk when the block ends."""
        return self._transaction("durable" if durable else "write")

    @contextmanager
    def write_source(self, name: str) -> Iterator[Connection]:
        """As `write`, for what is about one source alone: others may write about other sources meanwhile."""
        with self._transaction("source") as connection:
            if not self._store_engine.has_one_writer:
                connection.execute(_LOCK_SOURCE, {"name": name})
            yield connection

    @contextmanager
    def write_run(self, run_id: int) -> Iterator[Connection]:
        """As `write_source`, for the source of a run."""
        with self._transaction("source") as connection:
            if not self._store_engine.has_one_writer:
                connection.execute(_LOCK_SOURCE_OF_RUN, {"run": run_id})
            yield connection

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
        with self._store_errors():
            self._store_engine.settle(self._engine)
        if revision is None:
            self._create()
        elif revision != migrations.HEAD:
            self._migrate(revision)

    def _check_readable(self, revision: str | None) -> None:
        if revision != migrations.HEAD:
            raise StoreError(
                f"The store {self.where} is of another version of this program, and you may only read it. The user "
                "that it belongs to upgrades it with any command, such as `harvester status`."
            )

    def _revision(self, connection: Connection) -> str | None:
        """The revision of the store: empty if alembic has yet to create the tables, `None` for a new one."""
        has_table = connection.dialect.has_table
        if not has_table(connection, "alembic_version"):
            if not self._store_engine.is_empty(connection):
                raise StoreError(f"{self.where} is a database of another program. Name another file in [store] url.")
            return None
        revision: str = connection.execute(tables.alembic_version.select()).scalar() or ""
        if revision not in migrations.REVISIONS:
            raise StoreError(
                f"The store {self.where} was written by a newer version of this program; upgrade the program."
            )
        return revision

    def _create(self) -> None:
        with self.write(durable=True) as connection:
            if self._revision(connection) is not None:
                return  # another process was first
            for statement in self._store_engine.schema():
                connection.exec_driver_sql(statement)
            connection.execute(tables.alembic_version.insert().values(version_num=migrations.HEAD))

    def _migrate(self, revision: str) -> None:
        with self.restructure() as connection:
            if self._revision(connection) == revision:  # else another process was first, and made the copy
                self._store_engine.keep_copy(self._engine, migrations.HEAD)
                report("upgrading the store")
                migrations.upgrade(connection)

    def _check_references(self, connection: Connection) -> None:
        if broken := self._store_engine.broken_reference(connection):
            raise StoreError(
                f"The store {self.where} could not be migrated: rows of table {broken} point to nothing. It was left "
                "as it was; please report this."
            )

    # ------------------------------------------------------------------------------------ upkeep

    def plain(self, connection: Connection) -> PlainConnection:
        """The connection without SQLAlchemy, in its transaction."""
        return self._store_engine.plain(connection)

    def backup(self, path: Path) -> None:
        """Writes a complete, compact copy of the store, replacing an older copy. Others may write meanwhile."""
        with self._store_errors():
            self._store_engine.backup(self._engine, path)

    def faults(self, connection: Connection) -> list[str]:
        """What the database itself finds damaged, one sentence each."""
        return self._store_engine.faults(connection)

    # ------------------------------------------------------------------------------------ errors

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """Turns errors of the database into `StoreError`; our own mistakes (bad SQL, broken keys) stay as they are."""
        reported: tuple[type[Exception], ...] = (DatabaseError, DamagedValue, *self._store_engine.raised)
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise
        except reported as error:
            raise self._store_engine.error(getattr(error, "orig", error)) from error


_SOURCE_OF_RUN = select(tables.run.c.source).where(tables.run.c.id == bindparam("run")).scalar_subquery()
_LOCK_SOURCE = select(tables.source.c.name).where(tables.source.c.name == bindparam("name")).with_for_update()
_LOCK_SOURCE_OF_RUN = select(tables.source.c.name).where(tables.source.c.name == _SOURCE_OF_RUN).with_for_update()


class Part:
    """A part of the store: what it reads and writes is about one idea."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read, self._write = database.read, database.write


class BulkStatement:
    """A statement compiled once for hundreds of rows: SQLAlchemy's own work per row costs more than the database's.

    A row has the values to write, in the order of `columns`, and then, for an update, those of the bound parameters
    `keys` that find the row.
    """

    def __init__(self, statement: Insert | Update, columns: Sequence[str], keys: Sequence[str] = ()) -> None:
        self._statement, self._columns, self._names = statement, columns, [*columns, *keys]
        self._compiled: dict[str, tuple[str, list[_Value]]] = {}  # by the name of the dialect

    def write(self, connection: Connection, rows: Collection[Sequence[Any]]) -> None:
        """Runs the statement for each row."""
        if rows:
            sql, order = self._compile(connection.dialect)
            columns = list(zip(*rows, strict=True))
            values = [map(process, columns[index]) if process else columns[index] for index, process in order]
            connection.exec_driver_sql(sql, list(zip(*values, strict=True)))

    def _compile(self, dialect: Dialect) -> tuple[str, list[_Value]]:
        """The statement in the words of the dialect, and where each of its values comes from."""
        if dialect.name not in self._compiled:
            statement = self._statement
            if isinstance(statement, Insert):
                statement = statement.inline()  # without asking for the new ids
            compiled: Any = statement.compile(dialect=dialect, column_keys=self._columns)
            types = {name: compiled.binds[name].type for name in compiled.positiontup}
            order = [(self._names.index(name), _processor(types[name], dialect)) for name in compiled.positiontup]
            self._compiled[dialect.name] = str(compiled), order
        return self._compiled[dialect.name]


_Value = tuple[int, Callable[[Any], Any] | None]  # the position in a row, and what converts it for the database


def _processor(column: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """The function that converts a value, if one is needed; our own types skip SQLAlchemy's wrapper."""
    if isinstance(column, TypeDecorator):
        return partial(column.process_bind_param, dialect=dialect)
    return column.bind_processor(dialect)


def in_list(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """The condition that the column's value is in the list bound to `parameter`.

    The statement is the same for every length of the list, so it is compiled once; SQLAlchemy's own `in_` is not.
    """
    value = listed(parameter).c.value
    return column.in_(select(cast(value, Integer) if isinstance(column.type, Integer) else value))


def is_named(table: Table, parameter: str, **others: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that the row's identifier is in the list bound to `parameter`, and that it has these other values.

    Together they are a key of the table. Each name is looked up by itself: a planner that has not seen the source yet
    expects one row of it, and would read the whole source for each page.
    """
    one = table.alias()
    names = listed(parameter)
    equal = (one.c[column] == value for column, value in others.items())
    found = select(one.c.id).where(one.c.identifier == names.c.value, *equal).correlate_except(one).scalar_subquery()
    wanted: FromClause = names
    for value in others.values():
        if isinstance(value, ColumnClause) and value.table is not None:
            wanted = wanted.join(value.table, true())
    return table.c.id.in_(select(found).select_from(wanted))


def listed(parameter: str) -> TableValuedAlias:
    """The strings in the list bound to `parameter`, as a table with the column `value`."""
    return func.json_each(bindparam(parameter, type_=column_types.Strings)).table_valued("value", name=parameter)


def new_ids(connection: Connection, table: Table, number: int) -> Sequence[int]:
    """Ids for so many new rows, rising, that no other process is given. The connection must be in a transaction that
    writes.
    """
    if connection.dialect.name == "sqlite":  # it has one writer at a time
        last = connection.execute(_last_id(table)).scalar_one()
        return range(last + 1, last + 1 + number)
    following = select(func.nextval(f"{table.name}_id_seq")).select_from(func.generate_series(1, number))
    return connection.execute(following).scalars().all()


@cache
def _last_id(table: Table) -> Select[Any]:
    return select(func.coalesce(func.max(table.c.id), 0))


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
