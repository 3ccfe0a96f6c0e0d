"""PostgreSQL: the store is a schema of a database, which many processes on many machines can use at once.

Who writes about one source only excludes others who write about that source, by its row. All others that write wait for
each other at a gate, an advisory lock: they look before they write, and SQLite has one writer at a time too.

A transaction that reads sees one moment (REPEATABLE READ). Harvests run with `synchronous_commit=off`: a server that
crashes may lose the last pages, which are then fetched again. The ledger is on the disk when its transaction ends.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors
from psycopg.types.numeric import NumericLoader
from psycopg.types.string import StrDumper, StrDumperUnknown
from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from harvester.errors import QueryTimeout, StoreError, StoreLocked
from harvester.store.engines import Access, PlainConnection
from harvester.store.engines.postgresql_dialect import DRIVER, translated
from harvester.store.engines.postgresql_schema import schema
from harvester.store.limits import query_seconds
from harvester.system import files
from harvester.system.advisory import TABLE
from harvester.system.postgresql import OPTIONS

_GATE = "hashtextextended('harvester store ' || current_schema(), 0)"
_ALONE = f"SELECT pg_advisory_xact_lock({_GATE})"
_BEGIN: dict[Access, str] = {
    "read": "",
    "source": f"SELECT pg_advisory_xact_lock_shared({_GATE})",
    "write": _ALONE,
    "durable": f"SET LOCAL synchronous_commit = on; {_ALONE}",
    "migrate": f"SET LOCAL synchronous_commit = on; {_ALONE}",
}


class PostgresqlEngine:
    """A store in a database of a server."""

    has_one_writer = False
    raised: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, url: str, timeout: float) -> None:
        self._url, self._timeout = _parsed(url), timeout
        self.where = self._url.set(password=None).render_as_string()
        self.read_only = False  # until `open` has asked

    def schema(self) -> Sequence[str]:
        return schema()

    def open(self) -> Engine:
        engine = self._pool(QueuePool, psycopg.ClientCursor)
        try:
            with engine.connect() as connection:
                self.read_only = bool(connection.execute(_MAY_ONLY_READ).scalar())
        except DatabaseError as error:
            engine.dispose()
            raise self.error(error.orig or error) from error
        return engine

    def reading(self, limit: float) -> Engine:
        class Limited(_LimitedCursor):
            seconds = limit

        return self._pool(NullPool, Limited)

    def _pool(self, kind: type[Any], cursor: type[Any]) -> Engine:
        engine = create_engine(
            self._url.set(drivername=DRIVER),
            paramstyle="format",
            poolclass=kind,
            pool_pre_ping=kind is QueuePool,
            **({"max_overflow": -1} if kind is QueuePool else {}),
            connect_args={
                **OPTIONS,
                "cursor_factory": cursor,
                "prepare_threshold": None,  # a plan that is kept would be one for the empty tables of a first harvest
            },
        )
        settings = {
            "synchronous_commit": "off",
            "lock_timeout": f"{round(self._timeout * 1000)}ms",
            "random_page_cost": "1.1",
            "jit": "off",  # our statements are short: compiling them takes longer than they do
        }

        @event.listens_for(engine, "connect")
        def connected(raw: psycopg.Connection[Any], _entry: Any) -> None:
            raw.adapters.register_dumper(str, _WithoutNul)
            raw.adapters.register_loader("numeric", _WholeNumber)
            with psycopg.ClientCursor(raw) as setting:
                setting.execute("; ".join(f"SET {name} = '{value}'" for name, value in settings.items()))
            raw.commit()

        @event.listens_for(engine, "do_executemany")
        def in_a_pipeline(cursor: Any, statement: Any, parameters: Any, _context: Any) -> bool:
            raw = cursor.connection
            with psycopg.Cursor(raw) as pipelined:
                if not _has_nul(parameters):
                    pipelined.adapters.register_dumper(str, StrDumper)
                raw.prepare_threshold = 0  # a plan to insert depends on no statistics
                try:
                    pipelined.executemany(statement, parameters)
                finally:
                    raw.prepare_threshold = None
            return True

        return engine

    def begin(self, connection: Connection, access: Access) -> None:
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        level = psycopg.IsolationLevel
        raw.read_only = access == "read"
        raw.isolation_level = level.REPEATABLE_READ if access == "read" else level.READ_COMMITTED
        if statement := _BEGIN[access]:
            with psycopg.ClientCursor(raw) as cursor:
                cursor.execute(statement)

    def settle(self, engine: Engine) -> None:
        """Nothing is set for the whole database, which is its administrator's."""

    def is_empty(self, connection: Connection) -> bool:
        return not connection.execute(_NUMBER_OF_TABLES).scalar_one()

    def keep_copy(self, engine: Engine, revision: str) -> None:
        """PostgreSQL changes tables in the transaction, so a migration that fails leaves nothing behind."""

    def backup(self, engine: Engine, path: Path) -> None:  # noqa: ARG002
        """By `pg_dump` in its own compressed format, which `pg_restore` reads."""
        if path.exists() and not _may_be_backup(path):
            raise StoreError(f"{path} is there and no backup; it is left as it is. Name another file for the copy.")
        if (program := shutil.which("pg_dump")) is None:
            raise StoreError(
                "A backup of a store in PostgreSQL is written by pg_dump, which is not installed here. Install the "
                "client programs of PostgreSQL, in the version of the server or a newer one."
            )
        temporary = files.temporary_of(path)
        command = [program, "--format=custom", "--no-owner", f"--file={temporary}", self._url_of_programs()]
        try:
            done = subprocess.run(  # noqa: S603 — the program that PATH names
                command, check=False, capture_output=True, text=True, env=self._environment()
            )
            if done.returncode:
                raise StoreError(f"The backup {path} could not be written. pg_dump says: {done.stderr.strip()}")
            files.publish(temporary, path)
        except OSError as error:
            raise StoreError(f"The backup {path} cannot be written: {error.strerror}.") from error
        finally:
            with suppress(OSError):
                temporary.unlink()

    def restoring(self, path: Path) -> str:
        options = "--clean --if-exists --no-owner --single-transaction"
        return f"pg_restore {options} --dbname={shlex.quote(self._url_of_programs())} {shlex.quote(str(path))}"

    def _url_of_programs(self) -> str:
        """Without the password: everybody on this machine sees the arguments of programs."""
        return self._url.set(password=None).render_as_string()

    def _environment(self) -> dict[str, str]:
        return os.environ | ({"PGPASSWORD": str(self._url.password)} if self._url.password else {})

    def faults(self, connection: Connection) -> list[str]:  # noqa: ARG002
        """PostgreSQL checks its pages itself, if checksums are on, and keeps every reference that it knows of."""
        return []

    def broken_reference(self, connection: Connection) -> str | None:  # noqa: ARG002
        return None

    def plain(self, connection: Connection) -> PlainConnection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        return _Plain(raw)

    def error(self, reported: Exception) -> StoreError:
        for kind, message in _MESSAGES.items():
            if isinstance(reported, kind):
                words = " ".join(str(reported).split()).rstrip(".")
                return _CLASSES.get(kind, StoreError)(
                    message.format(where=self.where, timeout=self._timeout, words=words)
                )
        return StoreError(f"The store {self.where} cannot be used: {reported}.")


_MAY_ONLY_READ = text(
    "SELECT pg_is_in_recovery() OR to_regclass('record') IS NOT NULL AND NOT has_table_privilege('record', 'INSERT')"
)
_NUMBER_OF_TABLES = text(
    f"SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename <> '{TABLE}'"  # noqa: S608
)

_MESSAGES: dict[type[Exception], str] = {
    errors.LockNotAvailable: "The store {where} is locked: another program has been writing to it for {timeout:g} s; "
    "wait for it to end, or end it, and start again.",
    errors.QueryCanceled: "Reading this from the store {where} takes too long; ask for less of it.",
    errors.DiskFull: "The disk of the database server is full, and nothing was lost: the store {where} could not be "
    "written; make room there and start again.",
    errors.ReadOnlySqlTransaction: "The database of the store {where} may only be read now. Name its primary server in "
    "[store] url.",
    psycopg.OperationalError: "The store {where} cannot be reached, and nothing was lost: {words}. Check the address "
    "in [store], the login, and that the server runs; then start again.",
}
_CLASSES: dict[type[Exception], type[StoreError]] = {
    errors.LockNotAvailable: StoreLocked,
    errors.QueryCanceled: QueryTimeout,
}


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(_FORM) from error
    if not parsed.database:
        raise StoreError(_FORM)
    return parsed.set(drivername="postgresql")


_FORM = "The store is a database of a PostgreSQL server; write postgresql://user@host/database as its url."


def _may_be_backup(path: Path) -> bool:
    """Whether it is a file that `pg_dump` wrote, or an empty one."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(5) in (b"", b"PGDMP")


class _WithoutNul(StrDumperUnknown):
    """PostgreSQL refuses NUL in text. XML cannot have it, but an error's words can.

    Written in Python, it is slow for the thousands of values of a page (`_has_nul`).
    """

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def _has_nul(rows: Iterable[Any]) -> bool:
    """Whether a text in these rows has NUL in it."""
    values = (value for row in rows for value in (row.values() if isinstance(row, dict) else row))
    return any("\0" in value for value in values if type(value) is str)


class _WholeNumber(NumericLoader):
    """A sum of large integers is an integer."""

    def load(self, data: Any) -> Any:
        return int(super().load(data))


class _LimitedCursor(psycopg.ClientCursor[Any]):
    """A cursor that ends a query after `seconds`. Its transaction goes on then."""

    seconds = 1.0

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        limit = max(1, round(query_seconds(self.seconds) * 1000))
        with psycopg.ClientCursor(self.connection) as around:
            around.execute(f"SAVEPOINT asked; SET LOCAL statement_timeout = {limit}")
            try:
                return super().execute(query, params, **options)
            except psycopg.Error:
                around.execute("ROLLBACK TO SAVEPOINT asked")
                raise
            finally:
                around.execute("RELEASE SAVEPOINT asked")


class _Plain:
    """A connection that takes statements in the words of sqlite3 (`PlainConnection`)."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self._raw = raw

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        words = _NAMED.sub(r"%(\1)s", translated(statement)).replace("?", "%s")
        return self._raw.cursor().execute(words, values or None)


_NAMED = re.compile(r"(?<![:\w]):(\w+)")
