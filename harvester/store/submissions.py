"""Deposit files at the agency: how far each is, their logs, and what happened to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, Select, func, select, text
from sqlalchemy.dialects.sqlite import insert

from harvester.answers import System
from harvester.identifiers import fold_doi
from harvester.store import payloads
from harvester.store.column_types import Moment
from harvester.store.database import Part, chunks
from harvester.store.registration_structs import Account, Event, FileLog, FileState, Registration, Submission
from harvester.store.registrations import raise_floors, save_registrations
from harvester.store.tables import (
    agency_account,
    batch,
    deposit,
    registration_event,
    submission,
    submission_log,
)


class Submissions(Part):
    """The files of each system. A file belongs to a system from the first look at it there."""

    def adopt(self, target: str, system: System, now: datetime, *, fresh: Collection[str] = ()) -> int:
        """Adds the written files that the system does not know yet; returns how many.

        Nobody knows whether a person uploaded them, so they are to be asked for, but not those that are `fresh`.
        """
        with self._write(durable=True) as connection:
            rows = connection.execute(_UNKNOWN, {"target": target, "system": system}).all()
            for row in rows:
                values = {
                    "batch_id": row.id,
                    "system": system,
                    "state": "written",
                    "since": row.written or now,
                    "names": (PurePath(row.path).name,),
                    "asked": row.id in fresh,
                    "next": now,
                }
                connection.execute(insert(submission).values(**values))
        return len(rows)

    def of_states(self, target: str, system: System, states: Collection[FileState]) -> list[Submission]:
        """The files in these states, oldest first."""
        condition = (batch.c.target == target, submission.c.system == system, submission.c.state.in_(states))
        with self._read() as connection:
            return _submissions(connection, _FILES.where(*condition))

    def all(self, target: str, system: System) -> list[Submission]:
        """Every file of the system, oldest first."""
        with self._read() as connection:
            return _submissions(connection, _FILES.where(batch.c.target == target, submission.c.system == system))

    def get(self, batch_id: str, system: System) -> Submission | None:
        """The file, `None` if the system does not know it."""
        with self._read() as connection:
            found = _submissions(connection, _FILES.where(batch.c.id == batch_id, submission.c.system == system))
        return found[0] if found else None

    def next_moment(self, target: str, system: System) -> datetime | None:
        """When the next file is to be sent or asked for."""
        earliest = select(func.min(submission.c.next, type_=submission.c.next.type)).join(batch)
        with self._read() as connection:
            return connection.execute(earliest.where(batch.c.target == target, submission.c.system == system)).scalar()

    def dois(self, batch_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """The folded DOIs of each of these files."""
        found: dict[str, set[str]] = {batch_id: set() for batch_id in batch_ids}
        with self._read() as connection:
            for chunk in chunks(found):
                statement = select(deposit.c.batch_id, deposit.c.doi_key).where(deposit.c.batch_id.in_(chunk))
                for row in connection.execute(statement):
                    found[row.batch_id].add(row.doi_key)
        return {batch_id: frozenset(keys) for batch_id, keys in found.items()}

    def is_superseded(self, batch_id: str) -> bool:
        """Whether newer files have all DOIs of this one."""
        with self._read() as connection:
            return connection.execute(_NEWEST, {"batch_id": batch_id}).first() is None

    def was_sent(self, batch_id: str) -> bool:
        """Whether the file was sent, or found at the agency, in any system."""
        sent = select(submission.c.batch_id).where(submission.c.batch_id == batch_id, submission.c.sent.is_not(None))
        with self._read() as connection:
            return connection.execute(sent).first() is not None

    def versions(self, batch_id: str) -> dict[str, tuple[int, ...]]:
        """The timestamps of the other written files with each DOI of this file, by the folded DOI."""
        found: dict[str, tuple[int, ...]] = {}
        with self._read() as connection:
            for row in connection.execute(_VERSIONS, {"batch_id": batch_id}):
                found[row.doi_key] = (*found.get(row.doi_key, ()), row.timestamp)
        return found

    def save(
        self,
        file: Submission,
        registrations: Sequence[Registration] = (),
        *,
        logs: Sequence[FileLog] = (),
        events: Sequence[Event] = (),
        floors: dict[str, int] | None = None,
    ) -> None:
        """Writes one step of a file: its row, its DOIs, its logs and what happened, all or nothing, on the disk."""
        with self._write(durable=True) as connection:
            _save(connection, file)
            save_registrations(connection, registrations)
            raise_floors(connection, file.target, file.system, floors or {})
            _save_logs(connection, file, logs)
            _save_events(connection, file.target, file.system, events)

    # ------------------------------------------------------------------------------------------ history

    def note(self, target: str, system: System, events: Sequence[Event]) -> None:
        """Adds to the history."""
        with self._write(durable=True) as connection:
            _save_events(connection, target, system, events)

    def logs(self, batch_id: str, system: System) -> list[FileLog]:
        """The logs of a file, oldest first."""
        rows = select(submission_log).where(submission_log.c.batch_id == batch_id, submission_log.c.system == system)
        with self._read() as connection:
            found = connection.execute(rows.order_by(submission_log.c.id)).all()
            raw = payloads.load(connection, [row.payload_id for row in found])
        return [FileLog(name=row.name, received=row.received, raw=raw[row.payload_id]) for row in found]

    def history(
        self, target: str, system: System, *, batch_id: str | None = None, doi: str | None = None
    ) -> list[Event]:
        """What happened to a file, or to a DOI and the files with it, oldest first."""
        event = registration_event
        if batch_id is not None:
            which = (event.c.batch_id == batch_id) & event.c.doi_key.is_(None)
        else:
            key = fold_doi(doi or "")
            files = select(deposit.c.batch_id).where(deposit.c.doi_key == key)
            which = (event.c.doi_key == key) | (event.c.doi_key.is_(None) & event.c.batch_id.in_(files))
        statement = select(event).where(event.c.target == target, event.c.system == system, which).order_by(event.c.id)
        with self._read() as connection:
            return [
                Event(at=row.at, state=row.state, words=row.words, batch_id=row.batch_id, doi=row.doi_key)
                for row in connection.execute(statement)
            ]

    # ------------------------------------------------------------------------------------------ account

    def account(self, target: str, system: System) -> Account | None:
        """The account of the system, `None` if nothing was requested there yet."""
        which = (agency_account.c.target == target) & (agency_account.c.system == system)
        with self._read() as connection:
            row = connection.execute(select(agency_account).where(which)).first()
        return Account(**row._asdict()) if row else None

    def save_account(self, account: Account) -> None:
        values = {name: getattr(account, name) for name in account.__struct_fields__}
        keys = {name: values.pop(name) for name in ("target", "system")}
        with self._write(durable=True) as connection:
            statement = insert(agency_account).values(**keys, **values)
            connection.execute(statement.on_conflict_do_update(set_=values))


# -------------------------------------------------------------------------------- within a transaction


def _submissions(connection: Connection, statement: Select[Any]) -> list[Submission]:
    rows = connection.execute(statement.order_by(batch.c.timestamp)).all()
    return [Submission(**row._asdict()) for row in rows]


def _save(connection: Connection, file: Submission) -> None:
    values = {name: getattr(file, name) for name in _OWN_FIELDS}
    statement = insert(submission).values(batch_id=file.batch_id, system=file.system, **values)
    connection.execute(statement.on_conflict_do_update(set_=values))


def _save_logs(connection: Connection, file: Submission, logs: Sequence[FileLog]) -> None:
    ids = payloads.save(connection, list(dict.fromkeys(log.raw for log in logs))) if logs else {}
    for log in logs:
        values = {"name": log.name, "received": log.received, "payload_id": ids[log.raw]}
        connection.execute(insert(submission_log).values(batch_id=file.batch_id, system=file.system, **values))


def _save_events(connection: Connection, target: str, system: System, events: Sequence[Event]) -> None:
    rows = [
        {
            "at": event.at,
            "target": target,
            "system": system,
            "batch_id": event.batch_id,
            "doi_key": fold_doi(event.doi) if event.doi else None,
            "state": event.state,
            "words": event.words,
        }
        for event in events
    ]
    if rows:
        connection.execute(insert(registration_event), rows)


def forget_submissions(connection: Connection, batch_id: str) -> None:
    """Forgets a file that is discarded, with its logs. Its history stays."""
    for table in (submission_log, submission):
        connection.execute(table.delete().where(table.c.batch_id == batch_id))


_OWN_FIELDS = (
    "state", "since", "names", "asked", "accepted", "sent", "attempts", "next", "submission_id", "answer",
)  # fmt: skip
_FILES = select(
    submission.c.batch_id,
    batch.c.target,
    submission.c.system,
    batch.c.timestamp,
    batch.c.path,
    batch.c.sha256,
    *(submission.c[name] for name in _OWN_FIELDS),
).join_from(submission, batch)
_UNKNOWN = text("""
SELECT id, path, written FROM batch
 WHERE target = :target AND state = 'written'
   AND NOT EXISTS (SELECT 1 FROM submission WHERE batch_id = batch.id AND system = :system)
 ORDER BY timestamp
""").columns(written=Moment)
_NEWEST = text("""
SELECT 1 FROM deposit JOIN batch ON batch.id = deposit.batch_id
  JOIN deposited ON deposited.doi_key = deposit.doi_key AND deposited.target = batch.target
 WHERE deposit.batch_id = :batch_id AND deposited.batch_id = :batch_id
""")
_VERSIONS = text("""
SELECT own.doi_key, batch.timestamp
  FROM deposit own JOIN deposit other ON other.doi_key = own.doi_key AND other.batch_id <> own.batch_id
  JOIN batch ON batch.id = other.batch_id AND batch.state = 'written'
 WHERE own.batch_id = :batch_id
   AND batch.target = (SELECT target FROM batch WHERE id = :batch_id)
""")
