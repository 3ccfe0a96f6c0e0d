"""Raw records as providers delivered them: the current version, earlier versions, and rejected records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, bindparam, func, or_, select, text, true, update
from sqlalchemy.dialects.sqlite import insert

from harvester.model import BadRecord, RawRecord, StoredRecord
from harvester.sets import any_within
from harvester.store import payloads
from harvester.store.column_types import Moment, Strings
from harvester.store.database import BulkStatement, Part, chunks, in_list, is_named, listed
from harvester.store.structs import RecordToSave, RecordVersion, RejectedRecord, Rejection, UnresolvedRejection
from harvester.store.tables import payload, record, record_version, rejected, run

_DATESTAMP_SAMPLE = 500  # records whose datestamps `has_time_of_day` compares
_IS_RECORD = (
    record.c.source == bindparam("at_source"),
    record.c.identifier == bindparam("at_identifier"),
    record.c.prefix == bindparam("at_prefix"),
)
_IS_NAMED = is_named(record, "identifiers", source=bindparam("source"), prefix=bindparam("prefix"))
_IS_NAMED_IN_FORMATS = is_named(record, "identifiers", source=bindparam("source"), prefix=listed("prefixes").c.value)
_STORED_COLUMNS = (
    record.c.datestamp,
    record.c.deleted,
    payload.c.hash,
    record.c.sets,
    record.c.repairs,
    record.c.run_id,
    record.c.listed_in,
)
_STORED = (
    select(record.c.identifier, *_STORED_COLUMNS)
    .outerjoin_from(record, payload, payload.c.id == record.c.payload_id)
    .where(_IS_NAMED)
)
_LIVE = select(record).where(_IS_NAMED_IN_FORMATS, ~record.c.deleted)
# The last rejection of each identifier in one format of one source. The query starts from the rejected records, which
# are few, not from the runs: a source that is harvested every minute has half a million runs a year.
_LAST_REJECTED_IDS = (
    select(func.max(rejected.c.id))
    .where(
        rejected.c.identifier.is_not(None),
        select(true())
        .where(run.c.id == rejected.c.run_id, run.c.source == bindparam("source"), run.c.prefix == bindparam("prefix"))
        .exists(),
    )
    .group_by(rejected.c.identifier)
)
_LAST_REJECTED = select(rejected).where(rejected.c.id.in_(_LAST_REJECTED_IDS)).subquery("last_rejected")
UNRESOLVED_REJECTIONS = (
    select(_LAST_REJECTED)
    .where(
        ~select(true())
        .where(
            record.c.source == bindparam("source"),
            record.c.identifier == _LAST_REJECTED.c.identifier,
            record.c.prefix == bindparam("prefix"),
            or_(
                record.c.run_id > _LAST_REJECTED.c.run_id,
                (record.c.run_id == _LAST_REJECTED.c.run_id) & ~_LAST_REJECTED.c.after_arrival,
            ),
        )
        .exists()
    )
    .order_by(_LAST_REJECTED.c.id)
)


class Records(Part):
    """Raw records."""

    def stored(self, source: str, prefix: str, identifiers: Collection[str]) -> dict[str, StoredRecord]:
        """What the store holds of these records, by identifier. Records it does not have are left out."""
        stored: dict[str, StoredRecord] = {}
        with self._read() as connection:
            for chunk in chunks(identifiers):
                rows = connection.execute(_STORED, {"source": source, "prefix": prefix, "identifiers": chunk})
                stored.update((row[0], StoredRecord(*row[1:])) for row in rows.all())
        return stored

    def has_time_of_day(self, source: str, prefix: str) -> bool:
        """Whether the datestamps of the newest records have a real time of day.

        They do if they show more than two different times: midnight in local time gives one in winter and another one
        in summer.
        """
        with self._read() as connection:
            return len(connection.execute(TIMES_OF_DAY, {"source": source, "prefix": prefix}).all()) > 2

    def headers_name_sets(self, source: str, prefix: str, sets: Collection[str]) -> bool:
        """Whether the headers of the live records tell which of these sets they are in.

        They do if every header names a set, none left out the set whose list gave its record, and each of these sets
        is named. Other providers name no sets, or only some.
        """
        is_live = (record.c.source == source, record.c.prefix == prefix, ~record.c.deleted)
        with self._read() as connection:
            rows = connection.execute(select(record.c.sets, record.c.listed_in).distinct().where(*is_live)).all()
        named = {spec for row in rows for spec in sets if any_within(row.sets, [spec])}
        return all(row.sets and not row.listed_in for row in rows) and named == set(sets)

    def newest_datestamp(self, source: str, prefix: str) -> str:
        """The latest datestamp of a source's records in one format, in text order; empty without records."""
        newest = select(func.max(record.c.datestamp)).where(record.c.source == source, record.c.prefix == prefix)
        with self._read() as connection:
            return connection.execute(newest).scalar() or ""

    def has_datestamp(self, source: str, prefix: str, since: str, until: str) -> bool:
        """Whether a record of a source in one format has a datestamp between these two; one without time, by day."""
        of_format = (record.c.source == source, record.c.prefix == prefix)
        first = func.substr(since, 1, func.length(record.c.datestamp))
        between = (record.c.datestamp >= first, record.c.datestamp <= until)
        with self._read() as connection:
            return connection.execute(select(true()).where(*of_format, *between).limit(1)).scalar() is not None

    def live(
        self, source: str, prefixes: Collection[str], identifiers: Collection[str]
    ) -> dict[tuple[str, str], RawRecord]:
        """The live records among these, by identifier and prefix, without `original` (see `raw_records`)."""
        live: dict[tuple[str, str], RawRecord] = {}
        with self._read() as connection:
            for chunk in chunks(identifiers):
                values = {"source": source, "prefixes": list(prefixes), "identifiers": chunk}
                rows = connection.execute(_LIVE, values).all()
                contents = payloads.load(connection, {row.payload_id for row in rows})
                live.update(((row.identifier, row.prefix), _raw(row, contents)) for row in rows)
        return live

    def raw(self, source: str, identifier: str) -> list[tuple[str, RawRecord]]:
        """The record in each of its formats, with its prefix; tombstones and `original` included."""
        statement = select(record).where(record.c.source == source, record.c.identifier == identifier)
        with self._read() as connection:
            rows = connection.execute(statement.order_by(record.c.prefix)).all()
            return [(row.prefix, raw) for row, raw in zip(rows, _raws(connection, rows), strict=True)]

    def versions(self, source: str, identifier: str) -> list[RecordVersion]:
        """The versions of a record in each of its formats, the newest first, without their bytes."""
        with self._read() as connection:
            rows = connection.execute(_VERSIONS, {"source": source, "identifier": identifier}).all()
        return [RecordVersion(**row._asdict()) for row in rows]

    def version_bytes(self, source: str, identifier: str, prefix: str, number: int | None) -> bytes | None:
        """The bytes of one version (`RecordVersion.number`); `None` if there is no such version, or it has none."""
        values = {"source": source, "identifier": identifier, "prefix": prefix, "number": number}
        with self._read() as connection:
            payload_id = connection.execute(_VERSION_PAYLOAD, values).scalar()
            return None if payload_id is None else payloads.load(connection, [payload_id])[payload_id]

    def earlier_versions(self, source: str, identifier: str, prefix: str) -> list[RawRecord]:
        """The replaced versions of a record, oldest first."""
        statement = (
            select(record.c.identifier, record_version)
            .join_from(record_version, record)
            .where(record.c.source == source, record.c.identifier == identifier, record.c.prefix == prefix)
        )
        with self._read() as connection:
            return _raws(connection, connection.execute(statement.order_by(record_version.c.id)).all())

    def rejected(self, run_id: int) -> list[RejectedRecord]:
        """The records that a run rejected."""
        with self._read() as connection:
            rows = connection.execute(select(rejected).where(rejected.c.run_id == run_id).order_by(rejected.c.id)).all()
            contents = payloads.load(connection, {row.payload_id for row in rows})
        return [RejectedRecord(row.run_id, row.identifier, row.reason, contents[row.payload_id]) for row in rows]

    def rejections(self, run_id: int, limit: int | None = None) -> list[Rejection]:
        """The records, or the first ones, that a run rejected, without their bytes."""
        statement = select(rejected.c.identifier, rejected.c.reason).where(rejected.c.run_id == run_id)
        with self._read() as connection:
            rows = connection.execute(statement.order_by(rejected.c.id).limit(limit))
            return [Rejection(row.identifier, row.reason) for row in rows]

    def last_rejection_id(self) -> int:
        """The id of the newest rejection, 0 if there is none; later rejections have higher ids."""
        with self._read() as connection:
            return connection.execute(select(func.max(rejected.c.id))).scalar() or 0

    def unresolved_rejections(self, source: str, prefix: str, last: int | None = None) -> list[UnresolvedRejection]:
        """The records whose last rejection has an identifier and no later arrival, the oldest rejection first.

        `last` leaves out rejections with higher ids (see `last_rejection_id`).
        """
        with self._read() as connection:
            rows = connection.execute(UNRESOLVED_REJECTIONS, {"source": source, "prefix": prefix}).all()
        return [UnresolvedRejection(row.identifier, row.reason) for row in rows if last is None or row.id <= last]


_NEWEST = (
    select(record.c.datestamp)
    .where(record.c.source == bindparam("source"), record.c.prefix == bindparam("prefix"))
    # By `id` alone, a planner that expects many records of the source reads those of all others on the way.
    .order_by((record.c.id + 0).desc())
    .limit(_DATESTAMP_SAMPLE)
    .subquery()
)
TIMES_OF_DAY = select(func.substr(_NEWEST.c.datestamp, len("2024-01-31") + 1)).distinct().limit(3)

_VERSIONS = text("""
SELECT * FROM (
SELECT record.prefix, NULL AS number, record.datestamp, record.deleted, payload.size, record.repairs, record.run_id,
       run.started AS came, NULL AS replaced_by
  FROM record LEFT JOIN payload ON payload.id = record.payload_id LEFT JOIN run ON run.id = record.run_id
 WHERE record.source = :source AND record.identifier = :identifier
 UNION ALL
SELECT record.prefix, version.id, version.datestamp, version.deleted, payload.size, version.repairs, version.run_id,
       run.started, version.replaced_by
  FROM record JOIN record_version version ON version.record_id = record.id
  LEFT JOIN payload ON payload.id = version.payload_id LEFT JOIN run ON run.id = version.run_id
 WHERE record.source = :source AND record.identifier = :identifier) version
 ORDER BY prefix, number IS NOT NULL, number DESC
""").columns(deleted=Boolean, repairs=Strings, came=Moment)
_VERSION_PAYLOAD = text("""
SELECT CASE WHEN :number IS NULL THEN record.payload_id
            ELSE (SELECT payload_id FROM record_version WHERE record_id = record.id AND id = :number) END
  FROM record WHERE source = :source AND identifier = :identifier AND prefix = :prefix
""")

# -------------------------------------------------------------------------------- within a transaction

_VERSIONED = ("datestamp", "sets", "deleted", "payload_id", "repairs", "original_id", "run_id")
_insert = insert(record)
_ADD_OR_REPLACE = BulkStatement(
    _insert.on_conflict_do_update(
        index_elements=["source", "identifier", "prefix"],
        set_={name: _insert.excluded[name] for name in (*_VERSIONED, "listed_in")},
    ),
    ("source", "prefix", "identifier", *_VERSIONED, "listed_in"),
)
_KEEP_VERSION = insert(record_version).from_select(
    ["record_id", *_VERSIONED, "replaced_by"],
    select(record.c.id, *(record.c[name] for name in _VERSIONED), bindparam("by_run")).where(*_IS_RECORD),
)
_RUN_KEY = select(run.c.source, run.c.prefix).where(run.c.id == bindparam("run"))
_MOVE = (
    update(record)
    .where(*_IS_RECORD)
    .values(datestamp=bindparam("to_datestamp"), sets=bindparam("to_sets"), listed_in=bindparam("to_listed_in"))
)
_SET_RUN = update(record).where(*_IS_RECORD).values(run_id=bindparam("by_run"))
_CAME_IN = select(record.c.identifier).where(_IS_NAMED, record.c.run_id == bindparam("run"))
_REJECTED_PAYLOADS = select(rejected.c.payload_id).where(in_list(rejected.c.identifier, "identifiers")).distinct()


def save_records(connection: Connection, run_id: int, records: Iterable[RecordToSave]) -> None:
    """Saves new records; what a record replaces becomes an earlier version. Unchanged records are not written."""
    run_key = _run_key(connection, run_id)
    by_decision: dict[str, list[RawRecord]] = {}
    for to_save in records:
        by_decision.setdefault(to_save.decision, []).append(to_save.raw)
    replacing = by_decision.get("changed", []) + by_decision.get("deleted", [])
    if replacing:
        values = [_record_key(run_key, raw.identifier) | {"by_run": run_id} for raw in replacing]
        connection.execute(_KEEP_VERSION, values)
    if arriving := by_decision.get("new", []) + replacing:
        payload_ids = payloads.save(connection, _bytes_of(arriving))
        rows = [(*run_key, raw.identifier, *_version(raw, payload_ids, run_id), raw.listed_in) for raw in arriving]
        _ADD_OR_REPLACE.write(connection, rows)
    if moved := by_decision.get("moved"):
        connection.execute(_MOVE, [_record_key(run_key, raw.identifier) | _header(raw) for raw in moved])


def save_rejected(connection: Connection, run_id: int, bad: Sequence[BadRecord]) -> None:
    """Saves the reason and the bytes of bad records; bytes that a record was rejected with before are saved once."""
    if bad:
        names = [new.identifier for new in bad if new.identifier]
        earlier, came = _rejected_before(connection, names), _came_in(connection, run_id, names)
        payload_ids = earlier | payloads.save(connection, {new.payload for new in bad} - earlier.keys())
        rows = [_rejection(new, payload_ids, run_id) | {"after_arrival": new.identifier in came} for new in bad]
        connection.execute(insert(rejected), rows)


def resolve_rejections(connection: Connection, run_id: int, identifiers: Collection[str]) -> None:
    """Resolves the earlier rejections of these records: this run has shown that the stored versions are right."""
    if identifiers:
        run_key = _run_key(connection, run_id)
        values = [_record_key(run_key, identifier) | {"by_run": run_id} for identifier in identifiers]
        connection.execute(_SET_RUN, values)


def _rejected_before(connection: Connection, identifiers: list[str]) -> dict[bytes, int]:
    """The bytes that these records were rejected with before, with their payload ids."""
    ids = connection.execute(_REJECTED_PAYLOADS, {"identifiers": identifiers}).scalars().all() if identifiers else ()
    return {content: payload_id for payload_id, content in payloads.load(connection, ids).items()}


def _came_in(connection: Connection, run_id: int, identifiers: list[str]) -> set[str]:
    """Those of these records that this run has stored."""
    source, prefix = _run_key(connection, run_id)
    values = {"run": run_id, "source": source, "prefix": prefix, "identifiers": identifiers}
    return set(connection.execute(_CAME_IN, values).scalars()) if identifiers else set()


def _rejection(bad: BadRecord, payload_ids: dict[bytes, int], run_id: int) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "identifier": bad.identifier,
        "reason": bad.reason,
        "payload_id": payload_ids[bad.payload],
    }


def _run_key(connection: Connection, run_id: int) -> tuple[str, str]:
    """Source and prefix of a run."""
    source, prefix = connection.execute(_RUN_KEY, {"run": run_id}).one()
    return source, prefix


def _record_key(run_key: tuple[str, str], identifier: str) -> dict[str, Any]:
    """The parameters of `_IS_RECORD`."""
    source, prefix = run_key
    return {"at_source": source, "at_prefix": prefix, "at_identifier": identifier}


def _header(raw: RawRecord) -> dict[str, Any]:
    """The parameters of `_MOVE`."""
    return {"to_datestamp": raw.datestamp, "to_sets": raw.sets, "to_listed_in": raw.listed_in}


def _bytes_of(records: Iterable[RawRecord]) -> set[bytes]:
    """Payloads and pages, each once: all records of a repaired page have the same `original`."""
    return {content for raw in records for content in (raw.payload, raw.original) if content is not None}


def _version(raw: RawRecord, payload_ids: dict[bytes, int], run_id: int) -> tuple[Any, ...]:
    """The values of `_VERSIONED`."""
    return (
        raw.datestamp,
        raw.sets,
        raw.deleted,
        None if raw.payload is None else payload_ids[raw.payload],
        raw.repairs,
        None if raw.original is None else payload_ids[raw.original],
        run_id,
    )


def _raws(connection: Connection, rows: Sequence[Any]) -> list[RawRecord]:
    """The rows as records, with their payloads and originals."""
    ids = {payload_id for row in rows for payload_id in (row.payload_id, row.original_id) if payload_id is not None}
    contents = payloads.load(connection, ids)
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
        listed_in=getattr(row, "listed_in", ()),  # earlier versions have none
    )
