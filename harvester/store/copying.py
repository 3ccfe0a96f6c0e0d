"""Copies a whole store into another database, and compares both row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from harvester.errors import StoreError
from harvester.store.database import Database, chunks
from harvester.store.tables import alembic_version, article_count, metadata, record_count, run
from harvester.system.progress import report

_COUNTED = (record_count, article_count)  # by triggers, while the rows are written
_TABLES = [table for table in metadata.sorted_tables if table not in (alembic_version, *_COUNTED)]
_AT_ONCE = 1_000  # rows


def copy_store(origin: Database, target: Database) -> dict[str, int]:
    """Copies all rows of a store into an empty one; returns how many, by table.

    All or nothing: it is written in one transaction, which ends when both were found to be the same. Raises
    `StoreError` if the target is not empty, or a row there is not what was written.
    """
    with origin.read() as here, target.restructure() as there:
        if there.execute(select(run.c.id).limit(1)).first() is not None:
            raise StoreError(f"The store {target.where} is not empty. Name a new one.")
        numbers = {table.name: _copy(here, there, table) for table in _TABLES}
        for table in (*_TABLES, *_COUNTED):
            _compare(here, there, table, target.where)
        if there.dialect.name == "postgresql":
            _continue_ids(there)
    return numbers


def _copy(here: Connection, there: Connection, table: Table) -> int:
    """A row that points to another row of its table comes after that: ids rise."""
    total = here.execute(select(func.count()).select_from(table)).scalar_one()
    done = 0
    for rows in chunks(_rows(here, table), _AT_ONCE):
        report(f"copying {table.name}", done, total)
        there.execute(table.insert(), [row._asdict() for row in rows])
        done += len(rows)
    return done


def _compare(here: Connection, there: Connection, table: Table, where: str) -> None:
    report(f"comparing {table.name}")
    for ours, theirs in zip_longest(_rows(here, table), _rows(there, table)):
        if ours is None or theirs is None or _comparable(ours) != _comparable(theirs):
            row = ours or theirs
            key = ", ".join(str(row._mapping[column.name]) for column in table.primary_key)
            raise StoreError(
                f"The copy in {where} is not the same: row {key} of table {table.name} differs. Nothing was written "
                "there; please report this."
            )


def _rows(connection: Connection, table: Table) -> Iterator[Any]:
    """In the order of the key, without those of `_COUNTED` that count nothing any more."""
    rows = select(table).order_by(*table.primary_key)
    if table in _COUNTED:
        rows = rows.where(table.c.number != 0)
    yield from connection.execute(rows.execution_options(stream_results=True, yield_per=_AT_ONCE))


def _comparable(row: Sequence[Any]) -> list[Any]:
    """PostgreSQL has no NUL in text (`engines.postgresql`)."""
    return [value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value for value in row]


def _continue_ids(connection: Connection) -> None:
    """The next ids are above those that were copied."""
    for table in _TABLES:
        if table.autoincrement_column is not None:
            last = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(text(f"'{table.name}_id_seq'"), last, text("FALSE"))))
