"""The ledger: what was written for which target, in which batch and under which timestamp.

All of it is written with `synchronous=FULL`: a timestamp that was used and then forgotten cannot be recovered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from harvester.errors import StoreError
from harvester.identifiers import fold_doi
from harvester.store.database import BulkStatement, Part
from harvester.store.deposit_structs import BatchMember, PlannedBatch
from harvester.store.deposits import forget_marks
from harvester.store.registrations import exported_again
from harvester.store.submissions import forget_submissions
from harvester.store.tables import batch, deposit, deposited

_WITH_17_DIGITS = range(10**16, 10**17)
_ADD_MEMBERS = BulkStatement(
    insert(deposit), ("batch_id", "position", "article_id", "doi_key", "fingerprint", "counts_by_kind")
)


class Ledger(Part):
    """Batches and deposits."""

    def plan(
        self,
        target: str,
        batch_id: str,
        timestamp: int,
        schema_version: str,
        members: Sequence[BatchMember],
        now: datetime,
        *,
        raised: bool = False,
    ) -> int:
        """Saves a batch before it is built, and returns its timestamp.

        That is `timestamp` (17 digits), or one more than the last one in the ledger if the clock stopped or went back.
        A `raised` one is not by the clock: it is above the versions that the target has of its DOIs, and no later
        batch is compared with it, unless it has the same timestamp. Raises `StoreError` if the id was used before.
        """
        if not raised and timestamp not in _WITH_17_DIGITS:
            raise ValueError(f"a batch timestamp has 17 digits, not {timestamp}")
        with self._write(durable=True) as connection:
            if _state(connection, batch_id) is not None:
                raise StoreError(f"The batch id {batch_id} was used before; give the batch another one.")
            timestamp = _unused(connection, timestamp if raised else max(timestamp, _last_timestamp(connection) + 1))
            values = {"id": batch_id, "target": target, "timestamp": timestamp, "schema_version": schema_version}
            values["raised"] = raised
            connection.execute(insert(batch).values(state="planned", planned=now, **values))
            _ADD_MEMBERS.write(connection, [_row(batch_id, *member) for member in enumerate(members)])
        return timestamp

    def last_timestamp(self) -> int:
        """The highest timestamp by the clock of the batches of all targets; 0 if there is no batch."""
        with self._read() as connection:
            return _last_timestamp(connection)

    def planned(self, target: str) -> tuple[PlannedBatch, ...]:
        """The batches for this target that were planned and never marked, because of a crash. Oldest first."""
        planned = select(batch).where(batch.c.state == "planned", batch.c.target == target)
        with self._read() as connection:
            rows = connection.execute(planned.order_by(batch.c.timestamp)).all()
            return tuple(_planned_of(row, _members(connection, row.id)) for row in rows)

    def mark_exported(self, batch_id: str, path: str, sha256: str, size: int, now: datetime) -> None:
        """Saves that the file of a planned batch exists. Marking it again with the same file changes nothing."""
        with self._write(durable=True) as connection:
            row = connection.execute(select(batch).where(batch.c.id == batch_id)).first()
            if row is not None and row.state == "written" and row.sha256 == sha256:
                return
            self._close(connection, batch_id, "written", path=path, sha256=sha256, size=size, written=now)
            _save_deposits(connection, batch_id)
            forget_marks(connection, batch_id)
            members = connection.execute(select(deposit.c.doi_key).where(deposit.c.batch_id == batch_id)).scalars()
            target = connection.execute(select(batch.c.target).where(batch.c.id == batch_id)).scalar_one()
            exported_again(connection, target, list(members))

    def abandon(self, batch_id: str) -> None:
        """Abandons a planned batch; its id and timestamp stay used."""
        with self._write(durable=True) as connection:
            self._close(connection, batch_id, "abandoned")

    def discard(self, batch_id: str) -> None:
        """Abandons a written batch: its file was never uploaded. The deposits before it are the last ones again.

        Its id and timestamp stay used. Raises `StoreError` if there is no such file.
        """
        with self._write(durable=True) as connection:
            if _state(connection, batch_id) != "written":
                raise StoreError(f"There is no deposit file {batch_id} in the store; `harvester deposits` lists them.")
            connection.execute(update(batch).where(batch.c.id == batch_id).values(state="abandoned"))
            connection.execute(delete(deposited).where(deposited.c.batch_id == batch_id))
            forget_submissions(connection, batch_id)
            members = select(deposit.c.doi_key).where(deposit.c.batch_id == batch_id)
            earlier = (
                select(batch.c.id)
                .join_from(deposit, batch)
                .where(deposit.c.doi_key.in_(members), batch.c.state == "written")
                .group_by(batch.c.id)
                .order_by(batch.c.timestamp)
            )
            for batch_id_before in connection.execute(earlier).scalars().all():
                _save_deposits(connection, batch_id_before)

    def _close(self, connection: Connection, batch_id: str, state: str, **values: Any) -> None:
        before = _state(connection, batch_id)
        if before != "planned":
            raise StoreError(
                f"Batch {batch_id} cannot be {state}: it is {before or 'unknown'} in {self._database.where}."
            )
        connection.execute(update(batch).where(batch.c.id == batch_id).values(state=state, **values))

    def last_export(self, target: str | None = None) -> datetime | None:
        """When the last deposit file was written, for this target or for any; `None` if there is none."""
        newest = select(func.max(batch.c.written, type_=batch.c.written.type))
        with self._read() as connection:
            return connection.execute(newest.where(batch.c.target == target) if target else newest).scalar()


def _last_timestamp(connection: Connection) -> int:
    return connection.execute(select(func.max(batch.c.timestamp)).where(~batch.c.raised)).scalar() or 0


def _unused(connection: Connection, timestamp: int) -> int:
    """The timestamp, or the next one that no batch has."""
    while connection.execute(select(batch.c.id).where(batch.c.timestamp == timestamp)).first():
        timestamp += 1
    return timestamp


def _state(connection: Connection, batch_id: str) -> str | None:
    return connection.execute(select(batch.c.state).where(batch.c.id == batch_id)).scalar()


def _row(batch_id: str, position: int, member: BatchMember) -> tuple[Any, ...]:
    """The values of `_ADD_MEMBERS`."""
    return batch_id, position, member.article_id, fold_doi(member.doi), member.fingerprint, member.counts_by_kind


def _members(connection: Connection, batch_id: str) -> tuple[BatchMember, ...]:
    columns = (deposit.c.article_id, deposit.c.doi_key, deposit.c.fingerprint, deposit.c.counts_by_kind)
    rows = connection.execute(select(*columns).where(deposit.c.batch_id == batch_id).order_by(deposit.c.position))
    return tuple(BatchMember(*row) for row in rows)


def _planned_of(row: Any, members: tuple[BatchMember, ...]) -> PlannedBatch:
    return PlannedBatch(
        id=row.id, timestamp=row.timestamp, schema_version=row.schema_version, planned=row.planned, members=members
    )


def _save_deposits(connection: Connection, batch_id: str) -> None:
    """Makes a written batch the last deposit of its DOIs for its target, unless a later batch was written before it."""
    columns = (batch.c.target, deposit.c.doi_key, deposit.c.fingerprint, deposit.c.batch_id, batch.c.timestamp)
    earlier = deposit.alias()
    is_again = select(earlier.c.position).where(
        earlier.c.batch_id == batch_id, earlier.c.doi_key == deposit.c.doi_key, earlier.c.position < deposit.c.position
    )
    members = select(*columns).join_from(deposit, batch).where(deposit.c.batch_id == batch_id, ~is_again.exists())
    statement = insert(deposited).from_select([column.name for column in columns], members)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            set_={name: new[name] for name in ("fingerprint", "batch_id", "timestamp")},
            where=deposited.c.timestamp < new.timestamp,
        )
    )
