"""The state of every source, read with sqlite3: importing SQLAlchemy takes 0.2 s, and `status` must answer in 0.3 s."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from harvester.store import migrations
from harvester.store.engines import DamagedValue, PlainConnection
from harvester.store.location import check_log, is_read_only, read_only_uri, store_error
from harvester.store.run_structs import Counts, RunRow
from harvester.store.structs import FormatStatus, SourceStatus

SourceFormat = tuple[str, str]  # source, metadata prefix

_WHOLE_LIST = "kind IN ('full', 'incremental')"  # a range covers only a part of the list
_COMPLETE = f"{_WHOLE_LIST} AND state = 'complete'"
_COMPARISON = "kind = 'reconcile'"
_NEWEST_FIRST = "ORDER BY id DESC"
_STATES = {"ready": "ready", "held": "held_back", "deleted": "deleted"}
_COUNTS = Counts.__struct_fields__

# Each source and format that has runs, one index lookup for each (a "loose index scan"): a source that is harvested
# every minute has half a million runs a year.
_SOURCE_FORMATS = """
WITH RECURSIVE harvested (source, prefix) AS (
    SELECT name, (SELECT min(prefix) FROM run WHERE source = name) FROM source
    UNION ALL
    SELECT source,
           (SELECT min(run.prefix) FROM run WHERE run.source = harvested.source AND run.prefix > harvested.prefix)
    FROM harvested WHERE prefix IS NOT NULL
)
SELECT source, prefix FROM harvested WHERE prefix IS NOT NULL
"""
_FIRST = "SELECT * FROM run WHERE source = ? AND prefix = ? AND {condition} {order} LIMIT 1"
_ID_OF_EACH = "(SELECT id FROM run WHERE source = one.source AND prefix = one.prefix AND {condition} {order} LIMIT 1)"
_FIRST_OF_EACH = f"SELECT run.* FROM ({_SOURCE_FORMATS}) one JOIN run ON run.id = {_ID_OF_EACH}"  # noqa: S608 — our own words
_SETS_OF_EACH = f"""
SELECT DISTINCT run_id, set_spec FROM ({_SOURCE_FORMATS}) one JOIN run_window ON run_id = {_ID_OF_EACH}
 WHERE set_spec IS NOT NULL
"""  # noqa: S608

# As `mapping.membership` decides it: by the newest header, and others with the same datestamp.
_READY_OUTSIDE = """
WITH live AS (
    SELECT identifier, datestamp, sets, listed_in, max(datestamp) OVER (PARTITION BY identifier) AS newest
      FROM record
     WHERE source = :name AND NOT deleted AND prefix IN (SELECT value FROM json_each(:formats))
),
inside AS (
    SELECT identifier FROM live
     WHERE datestamp = newest AND EXISTS (
        SELECT 1
          FROM (SELECT value FROM json_each(live.sets) UNION ALL SELECT value FROM json_each(live.listed_in)) named
          JOIN json_each(:sets) whole
            ON named.value = whole.value
            OR substr(named.value, 1, length(whole.value) + 1) = whole.value || ':')
)
SELECT count(*) FROM article
 WHERE source = :name AND state = 'ready' AND identifier NOT IN (SELECT identifier FROM inside)
"""


class Overview:
    """What the store knows without reading records, in the transaction of a connection. Runs come without windows."""

    def __init__(self, connection: PlainConnection) -> None:
        self._connection = connection
        self._found: dict[tuple[SourceFormat, tuple[str, str]], RunRow | None] = {}
        self._whole: set[tuple[str, str]] = set()  # the condition and order of what was looked up for every source
        self._looks_up_all = False
        self._sets: dict[int, set[str]] | None = None  # of the last complete harvests, by run
        self._rows: dict[int, RunRow] = {}  # by id: one run answers several questions
        self._status: tuple[SourceStatus, ...] | None = None

    def newest_run(self, name: str, prefix: str) -> RunRow | None:
        """The newest run over the whole list, however it ended."""
        return self._newest((name, prefix), _WHOLE_LIST)

    def oldest_run(self, name: str, prefix: str) -> RunRow | None:
        """The oldest run over the whole list that the store still has, however it ended."""
        return self._first((name, prefix), _WHOLE_LIST, "ORDER BY id")

    def last_reconciliation(self, name: str, prefix: str) -> RunRow | None:
        """The newest comparison of a source with its provider, however it ended."""
        return self._newest((name, prefix), _COMPARISON)

    def look_up_runs(self) -> None:
        """From now on, each question about the runs of a source looks up those of every source, with one query."""
        self._looks_up_all = True

    def registrations(self, target: str, system: str) -> dict[str, int]:
        """How many DOIs of a system are in each state, of those that were ever sent."""
        numbers = "SELECT state, count(*) FROM registration WHERE target = ? AND system = ? GROUP BY state"
        return dict(self._connection.execute(numbers, (target, system)).fetchall())

    def is_login_refused(self, target: str, system: str) -> bool:
        """Whether the agency refused the login when it was last used."""
        stopped = "SELECT 1 FROM agency_account WHERE target = ? AND system = ? AND stopped IS NOT NULL"
        return self._connection.execute(stopped, (target, system)).fetchone() is not None

    def status(self) -> tuple[SourceStatus, ...]:
        """Every source with its articles by state, its records by format and its last runs."""
        if self._status is None:
            self._status = self._look_up_status()
        return self._status

    def _look_up_status(self) -> tuple[SourceStatus, ...]:
        states: dict[str, dict[str, int]] = {}
        for name, state, number in self._connection.execute("SELECT source, state, number FROM article_count"):
            states.setdefault(name, {})[_STATES[state]] = number
        formats: dict[str, list[FormatStatus]] = {}
        for name, status in self._formats():
            formats.setdefault(name, []).append(status)
        return tuple(
            SourceStatus(source=name, url=url, formats=tuple(formats.get(name, ())), **states.get(name, {}))
            for name, url in self._connection.execute("SELECT name, url FROM source ORDER BY name").fetchall()
        )

    def source_names(self) -> set[str]:
        """The names of the sources that the store has."""
        return {name for (name,) in self._connection.execute("SELECT name FROM source")}

    def has_records(self, name: str) -> bool:
        """Whether the store has records of the source, tombstones included."""
        statement = "SELECT 1 FROM record_count WHERE source = ? AND number > 0 LIMIT 1"
        return self._connection.execute(statement, (name,)).fetchone() is not None

    def last_complete_sets(self, name: str, prefix: str) -> set[str] | None:
        """The sets that the last complete harvest of a source in one format asked for; `None` if there was none."""
        run = self._newest((name, prefix), _COMPLETE)
        if run is None:
            return None
        if self._looks_up_all:
            self._sets = self._look_up_sets() if self._sets is None else self._sets
            return self._sets.get(run.id, set())
        statement = "SELECT DISTINCT set_spec FROM run_window WHERE run_id = ? AND set_spec IS NOT NULL"
        return {set_spec for (set_spec,) in self._connection.execute(statement, (run.id,))}

    def _look_up_sets(self) -> dict[int, set[str]]:
        """The sets of the last complete harvest of every source and format, by run."""
        sets: dict[int, set[str]] = {}
        for run_id, set_spec in self._connection.execute(
            _SETS_OF_EACH.format(condition=_COMPLETE, order=_NEWEST_FIRST)
        ):
            sets.setdefault(run_id, set()).add(set_spec)
        return sets

    def ready_outside(self, name: str, formats: Sequence[str], sets: Sequence[str]) -> int:
        """How many articles of a source are ready whose newest header, and whose lists, name none of these sets.

        They were mapped when other sets were configured. Reads every record of the source.
        """
        values = {"name": name, "formats": json.dumps(formats), "sets": json.dumps(sets)}
        return int(self._connection.execute(_READY_OUTSIDE, values).fetchone()[0])

    def finding_counts(self, codes: Sequence[str]) -> dict[tuple[str, str], int]:
        """How many articles have a finding with each of these codes, by source and code."""
        marks = ", ".join("?" * len(codes))
        statement = f"""
            SELECT article.source, finding.code, count(DISTINCT article.id)
              FROM finding JOIN article ON article.id = finding.article_id
             WHERE finding.code IN ({marks}) GROUP BY 1, 2"""  # noqa: S608
        return {(name, code): number for name, code, number in self._connection.execute(statement, codes)}

    def shared_identifiers(self, name: str, other: str) -> float:
        """The share of the first identifiers of a source that another source has too."""
        statement = """
            SELECT count(*), count(*) FILTER (
                     WHERE EXISTS (SELECT 1 FROM record WHERE source = ? AND identifier = one.identifier))
              FROM (SELECT DISTINCT identifier FROM record WHERE source = ? ORDER BY identifier LIMIT 200) one"""
        number, shared = self._connection.execute(statement, (other, name)).fetchone()
        return shared / number if number else 0.0

    def _formats(self) -> Iterator[tuple[str, FormatStatus]]:
        """The status of each format of each source, with the source's name; formats without records included."""
        self.look_up_runs()
        live, deleted = self._record_counts(deleted=False), self._record_counts(deleted=True)
        harvested: set[SourceFormat] = {(name, prefix) for name, prefix in self._connection.execute(_SOURCE_FORMATS)}
        for key in sorted(harvested | live.keys() | deleted.keys()):
            name, prefix = key
            yield (
                name,
                FormatStatus(
                    prefix=prefix,
                    live=live.get(key, 0),
                    deleted=deleted.get(key, 0),
                    last_complete=self._newest(key, _COMPLETE),
                    last_run=self._newest(key, "TRUE"),
                    last_comparison=self._newest(key, _COMPARISON),
                ),
            )

    def _record_counts(self, *, deleted: bool) -> dict[SourceFormat, int]:
        rows = self._connection.execute("SELECT source, prefix, number FROM record_count WHERE deleted = ?", (deleted,))
        return {(name, prefix): number for name, prefix, number in rows}

    def _newest(self, key: SourceFormat, condition: str) -> RunRow | None:
        return self._first(key, condition, _NEWEST_FIRST)

    def _first(self, key: SourceFormat, condition: str, order: str) -> RunRow | None:
        """Looked up once: where a source was never compared, all of its runs are read for that."""
        question = condition, order
        if self._looks_up_all and question not in self._whole:
            self._look_up_all(condition, order)
        if question in self._whole:
            return self._found.get((key, question))
        if (key, question) not in self._found:
            rows = self._runs(_FIRST.format(condition=condition, order=order), key)
            self._found[key, question] = next(rows, None)
        return self._found[key, question]

    def _look_up_all(self, condition: str, order: str) -> None:
        question = condition, order
        for run in self._runs(_FIRST_OF_EACH.format(condition=condition, order=order)):
            self._found[(run.source, run.prefix), question] = run
        self._whole.add(question)

    def _runs(self, statement: str, values: Sequence[str] = ()) -> Iterator[RunRow]:
        cursor = self._connection.execute(statement, values)
        columns = [column[0] for column in cursor.description]
        number = columns.index("id")
        for row in cursor:
            if row[number] not in self._rows:
                self._rows[row[number]] = _run_row(dict(zip(columns, row, strict=True)))
            yield self._rows[row[number]]


def _run_row(values: dict[str, object]) -> RunRow:
    counts = Counts(**{field: values.pop(field) for field in _COUNTS})  # type: ignore[arg-type]
    moments = {key: _moment(values.pop(key)) for key in ("started", "finished", "wait_until")}
    flags = {name: bool(values.pop(name)) for name in ("interrupted", "needs_person")}
    return RunRow(**values, **moments, **flags, counts=counts)  # type: ignore[arg-type]


def _moment(value: object) -> datetime | None:
    try:
        return None if value is None else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise DamagedValue("malformed value: a moment") from error


def _connected(path: Path, timeout: float) -> sqlite3.Connection:
    read_only = is_read_only(path)
    return sqlite3.connect(
        read_only_uri(path) if read_only else path, uri=read_only, timeout=timeout, isolation_level=None
    )


@contextmanager
def snapshot(path: Path, timeout: float) -> Iterator[Overview]:
    """A snapshot of the store in this file, which must be current (`is_current`). Raises `StoreError`."""
    try:
        with closing(_connected(path, timeout)) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield Overview(connection)
    except (sqlite3.DatabaseError, DamagedValue) as error:
        raise store_error(str(error), path, timeout) from error


def is_current(path: Path, timeout: float) -> bool:
    """Whether the file is a store that needs no migration. Raises `StoreError` for a log of another store."""
    check_log(path)
    if not path.is_file():
        return False
    try:
        with closing(_connected(path, timeout)) as connection:
            revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.DatabaseError:
        return False  # `connect` reports what is wrong with it
    return revisions == [(migrations.HEAD,)]
