"""Raw records: what a provider gave, in which format, and what it gave before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, true, update
from sqlalchemy.dialects.sqlite import insert

from harvester.model import BadRecord, RawRecord, StoredRecord
from harvester.store import payloads
from harvester.store.database import Database, ManyRows, among, chunks
from harvester.store.structs import RecordToSave, RejectedRecord, UnresolvedRejection
from harvester.store.tables import payload, record, record_version, rejected, run

_TELLING = 500  # records whose datestamps are looked at
_SLOT = (record.c.source == bindparam("at_source"), record.c.identifier == bindparam("at_identifier"))
_AMONG = (record.c.source == bindparam("source"), among(record.c.identifier, "identifiers"))
_KNOWN_COLUMNS = (
    record.c.datestamp,
    record.c.deleted,
    payload.c.hash,
    record.c.sets,
    record.c.repairs,
    record.c.run_id,
)
_KNOWN = (
    select(record.c.identifier, *_KNOWN_COLUMNS)
    .outerjoin_from(record, payload, payload.c.id == record.c.payload_id)
    .where(*_AMONG, record.c.prefix == bindparam("prefix"))
)
_LIVE = select(record).where(*_AMONG, among(record.c.prefix, "prefixes"), ~record.c.deleted)
# The last rejection of each name in one format of one source. Read from the few that were rejected: a source that is
# harvested every minute has half a million runs a year.
_LAST_REJECTED = (
    select(func.max(rejected.c.id).label("id"), rejected.c.identifier, rejected.c.reason, rejected.c.run_id)
    .where(
        rejected.c.identifier.is_not(None),
        select(true())
        .where(run.c.id == rejected.c.run_id, run.c.source == bindparam("source"), run.c.prefix == bindparam("prefix"))
        .exists(),
    )
    .group_by(rejected.c.identifier)  # SQLite takes the other columns from the row of the maximum
    .subquery("last_rejected")
)
UNRESOLVED_REJECTIONS = (
    select(_LAST_REJECTED)
    .where(
        ~select(true())
        .where(
            record.c.source == bindparam("source"),
            record.c.identifier == _LAST_REJECTED.c.identifier,
            record.c.prefix == bindparam("prefix"),
            record.c.run_id >= _LAST_REJECTED.c.run_id,
        )
        .exists()
    )
    .order_by(_LAST_REJECTED.c.id)
)


class Records(Database):
    """Raw records."""

    def stored_records(self, source: str, prefix: str, identifiers: Collection[str]) -> dict[str, StoredRecord]:
        """What is held of these records, by identifier; without those never seen."""
        found: dict[str, StoredRecord] = {}
        with self._read() as connection:
            for chunk in chunks(identifiers):
                rows = connection.execute(_KNOWN, {"source": source, "prefix": prefix, "identifiers": chunk})
                found.update((row[0], StoredRecord(*row[1:])) for row in rows.all())
        return found

    def has_time_of_day(self, source: str, prefix: str) -> bool:
        """Whether the datestamps of the newest records differ in their time of day, by more than summer time."""
        mine = (record.c.source == source, record.c.prefix == prefix)
        last = select(record.c.datestamp).where(*mine).order_by(record.c.id.desc()).limit(_TELLING).subquery()
        times = select(func.substr(last.c.datestamp, len("2024-01-31") + 1)).distinct().limit(3)
        with self._read() as connection:
            return len(connection.execute(times).all()) > 2

    def payloads(
        self, source: str, prefixes: Collection[str], identifiers: Collection[str]
    ) -> dict[tuple[str, str], RawRecord]:
        """The live records among these, by identifier and prefix; without the pages that were repaired (see `raw`)."""
        found: dict[tuple[str, str], RawRecord] = {}
        with self._read() as connection:
            for chunk in chunks(identifiers):
                asked = {"source": source, "prefixes": list(prefixes), "identifiers": chunk}
                rows = connection.execute(_LIVE, asked).all()
                contents = payloads.load(connection, {row.payload_id for row in rows})
                found.update(((row.identifier, row.prefix), _raw(row, contents)) for row in rows)
        return found

    def raw(self, source: str, identifier: str) -> list[tuple[str, RawRecord]]:
        """The record in each of its formats, tombstones and originals of repaired pages included."""
        statement = select(record).where(record.c.source == source, record.c.identifier == identifier)
        with self._read() as connection:
            rows = connection.execute(statement.order_by(record.c.prefix)).all()
            return [(row.prefix, raw) for row, raw in zip(rows, _whole(connection, rows), strict=True)]

    def versions(self, source: str, identifier: str, prefix: str) -> list[RawRecord]:
        """What the record said before, oldest first."""
        statement = (
            select(record.c.identifier, record_version)
            .join_from(record_version, record)
            .where(record.c.source == source, record.c.identifier == identifier, record.c.prefix == prefix)
        )
        with self._read() as connection:
            return _whole(connection, connection.execute(statement.order_by(record_version.c.id)).all())

    def rejected_records(self, run_id: int) -> list[RejectedRecord]:
        """The bad records of a run."""
        with self._read() as connection:
            rows = connection.execute(select(rejected).where(rejected.c.run_id == run_id).order_by(rejected.c.id)).all()
            contents = payloads.load(connection, {row.payload_id for row in rows})
        return [RejectedRecord(row.run_id, row.identifier, row.reason, contents[row.payload_id]) for row in rows]

    def last_rejection_id(self) -> int:
        """A number that only what is rejected from now on lies above."""
        with self._read() as connection:
            return connection.execute(select(func.max(rejected.c.id))).scalar() or 0

    def unresolved_rejections(self, source: str, prefix: str, last: int | None = None) -> list[UnresolvedRejection]:
        """What was rejected by name and has not come since, the one first that was asked for longest ago.

        `last` leaves out what was rejected behind that `last_rejection_id`.
        """
        with self._read() as connection:
            rows = connection.execute(UNRESOLVED_REJECTIONS, {"source": source, "prefix": prefix}).all()
        return [UnresolvedRejection(row.identifier, row.reason) for row in rows if last is None or row.id <= last]


# -------------------------------------------------------------------------------- within a transaction

_VERSIONED = ("datestamp", "sets", "deleted", "payload_id", "repairs", "original_id", "run_id")
_insert = insert(record)
_PUT = ManyRows(
    _insert.on_conflict_do_update(
        index_elements=["source", "identifier", "prefix"], set_={name: _insert.excluded[name] for name in _VERSIONED}
    ),
    ("source", "prefix", "identifier", *_VERSIONED),
)
_KEEP_VERSION = insert(record_version).from_select(
    ["record_id", *_VERSIONED, "replaced_by"],
    select(record.c.id, *(record.c[name] for name in _VERSIONED), bindparam("by_run")).where(
        *_SLOT, record.c.prefix == bindparam("at_prefix")
    ),
)
_PLACE = select(run.c.source, run.c.prefix).where(run.c.id == bindparam("run"))
_MOVE = (
    update(record)
    .where(*_SLOT, record.c.prefix == bindparam("at_prefix"))
    .values(datestamp=bindparam("to_datestamp"), sets=bindparam("to_sets"))
)
_REFUSED = select(rejected.c.payload_id).where(among(rejected.c.identifier, "identifiers")).distinct()
_RESOLVE = update(record).where(*_SLOT, record.c.prefix == bindparam("at_prefix")).values(run_id=bindparam("by_run"))


def save_records(connection: Connection, run_id: int, saved: Iterable[RecordToSave]) -> None:
    """Keeps what is new; what is replaced becomes a version. Unchanged records cost nothing."""
    at = _place(connection, run_id)
    by_decision: dict[str, list[RawRecord]] = {}
    for one in saved:
        by_decision.setdefault(one.decision, []).append(one.raw)
    replacing = by_decision.get("changed", []) + by_decision.get("deleted", [])
    if replacing:
        connection.execute(_KEEP_VERSION, [_slot(at, raw.identifier) | {"by_run": run_id} for raw in replacing])
    if arriving := by_decision.get("new", []) + replacing:
        numbers = payloads.keep(connection, _bytes_of(arriving))
        place = (at["source"], at["prefix"])
        _PUT.write(connection, [(*place, raw.identifier, *_version(raw, numbers, run_id)) for raw in arriving])
    if moved := by_decision.get("moved"):
        connection.execute(
            _MOVE, [_slot(at, raw.identifier) | {"to_datestamp": raw.datestamp, "to_sets": raw.sets} for raw in moved]
        )


def save_rejected(connection: Connection, run_id: int, bad: Sequence[BadRecord]) -> None:
    """Keeps the bytes of bad records, with the reason; once, however often a record is asked for in vain."""
    if bad:
        held = _refused(connection, [one.identifier for one in bad if one.identifier])
        numbers = held | payloads.keep(connection, {one.payload for one in bad} - held.keys())
        connection.execute(insert(rejected), [_refusal(one, numbers, run_id) for one in bad])


def resolve_rejections(connection: Connection, run_id: int, identifiers: Collection[str]) -> None:
    """Stops retrying these records: what the store has of them is valid, as this run has learnt."""
    if identifiers:
        at = _place(connection, run_id)
        connection.execute(_RESOLVE, [_slot(at, identifier) | {"by_run": run_id} for identifier in identifiers])


def _refused(connection: Connection, identifiers: list[str]) -> dict[bytes, int]:
    """The bytes that these records were rejected with before, with their numbers."""
    ids = connection.execute(_REFUSED, {"identifiers": identifiers}).scalars().all() if identifiers else ()
    return {content: number for number, content in payloads.load(connection, ids).items()}


def _refusal(bad: BadRecord, numbers: dict[bytes, int], run_id: int) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "identifier": bad.identifier,
        "reason": bad.reason,
        "payload_id": numbers[bad.payload],
    }


def _place(connection: Connection, run_id: int) -> dict[str, str]:
    """Source and prefix of a run."""
    row = connection.execute(_PLACE, {"run": run_id}).one()
    return {"source": row.source, "prefix": row.prefix}


def _slot(at: dict[str, str], identifier: str) -> dict[str, Any]:
    return {"at_source": at["source"], "at_prefix": at["prefix"], "at_identifier": identifier}


def _bytes_of(records: Iterable[RawRecord]) -> set[bytes]:
    """Payloads and pages, each once: the records of a repaired page all carry that page."""
    return {content for raw in records for content in (raw.payload, raw.original) if content is not None}


def _version(raw: RawRecord, numbers: dict[bytes, int], run_id: int) -> tuple[Any, ...]:
    """The values of `_VERSIONED`."""
    return (
        raw.datestamp,
        raw.sets,
        raw.deleted,
        None if raw.payload is None else numbers[raw.payload],
        raw.repairs,
        None if raw.original is None else numbers[raw.original],
        run_id,
    )


def _whole(connection: Connection, rows: Sequence[Any]) -> list[RawRecord]:
    wanted = {number for row in rows for number in (row.payload_id, row.original_id) if number is not None}
    contents = payloads.load(connection, wanted)
    return [_raw(row, contents) for row in rows]


def _raw(row: Any, contents: dict[int, bytes]) -> RawRecord:
    return RawRecord(
        identifier=row.identifier,
        datestamp=row.datestamp,
        sets=row.sets,
        deleted=row.deleted,
        payload=None if row.payload_id is None else contents[row.payload_id],
        repairs=row.repairs,
        original=contents.get(row.original_id),
    )
