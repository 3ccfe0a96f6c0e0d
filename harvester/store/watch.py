"""What is asked of the store from outside of a run: what is under way, what people were told, what can go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, select, union, update
from sqlalchemy.dialects.sqlite import insert

from harvester.store.database import Database, chunks
from harvester.store.records import UNRESOLVED_REJECTIONS
from harvester.store.runs import runs_of
from harvester.store.structs import Alert, Pruned, Run
from harvester.store.tables import (
    alert,
    article,
    batch,
    mapping,
    payload,
    record,
    record_version,
    rejected,
    run,
    run_window,
)

_FORGOTTEN = ""  # no configuration and program has this fingerprint


class Watch(Database):
    """Running runs, alerts, retention."""

    def running_runs(self) -> tuple[Run, ...]:
        """The runs that were begun and not ended, by a process that is at work or by one that died."""
        with self._read() as connection:
            return runs_of(connection, select(run).where(run.c.state == "running").order_by(run.c.id))

    def last_reconciled(self, name: str, prefix: str) -> Run | None:
        """The newest comparison of a source with its provider, however it ended."""
        mine = select(run).where(run.c.source == name, run.c.prefix == prefix, run.c.kind == "reconcile")
        with self._read() as connection:
            return next(iter(runs_of(connection, mine.order_by(run.c.id.desc()).limit(1))), None)

    def last_export(self) -> datetime | None:
        """When the last deposit file was written."""
        with self._read() as connection:
            return connection.execute(select(func.max(batch.c.written, type_=batch.c.written.type))).scalar()

    # ---------------------------------------------------------------------------------- alerts

    def alerts(self) -> dict[str, Alert]:
        """What people were told of and has not passed, by subject."""
        with self._read() as connection:
            return {row.subject: Alert(*row) for row in connection.execute(select(alert))}

    def keep_alerts(self, alerts: Sequence[Alert]) -> None:
        """Remembers what people were told, in the place of what they were told before."""
        statement = insert(alert)
        change = statement.on_conflict_do_update(
            set_={"since": statement.excluded.since, "told": statement.excluded.told}
        )
        with self._write() as connection:
            for one in alerts:
                connection.execute(change, {"subject": one.subject, "since": one.since, "told": one.told})

    def drop_alerts(self, subjects: Sequence[str]) -> None:
        """Forgets what has passed."""
        with self._write() as connection:
            connection.execute(delete(alert).where(alert.c.subject.in_(subjects)))

    # ------------------------------------------------------------------------------- mapping again

    def forget_mapping(self, name: str) -> None:
        """Lets every article of a source be made again, whoever comes first to it."""
        with self._write() as connection:
            connection.execute(insert(mapping).values(fingerprint=_FORGOTTEN).on_conflict_do_nothing())
            forgotten = select(mapping.c.id).where(mapping.c.fingerprint == _FORGOTTEN).scalar_subquery()
            connection.execute(update(article).where(article.c.source == name).values(mapping_id=forgotten))

    # ------------------------------------------------------------------------------- retention

    def prune(self, before: datetime) -> Pruned:
        """Takes out what records said before that moment and say no longer, what was rejected before it, and the runs
        that nothing points to. What a record says now stays, and so do the last word on a record that is awaited still
        and the runs that the next harvest begins from."""
        with self._transaction("migrate") as connection:  # each payload would cost a scan of all that may point to it
            ended = select(run.c.id).where(run.c.started < before, run.c.state != "running")
            versions = _delete(connection, record_version, record_version.c.replaced_by.in_(ended))
            rejections = _settled(connection, ended)
            for chunk in chunks(rejections):
                connection.execute(delete(rejected).where(rejected.c.id.in_(chunk)))
            needed = _needed(connection)
            runs = [run_id for run_id in connection.execute(ended).scalars() if run_id not in needed]
            for chunk in chunks(runs):
                connection.execute(delete(run_window).where(run_window.c.run_id.in_(chunk)))
                connection.execute(delete(run).where(run.c.id.in_(chunk)))
            payloads = _delete(connection, payload, payload.c.id.not_in(_PAYLOADS_IN_USE))
            self._check_references(connection)
        self._engine.dispose()  # the next connection has its foreign keys on
        return Pruned(versions=versions, rejected=len(rejections), runs=len(runs), payloads=payloads)


_PAYLOADS_IN_USE = union(
    *(
        select(column).where(column.is_not(None))
        for column in (
            record.c.payload_id,
            record.c.original_id,
            record_version.c.payload_id,
            record_version.c.original_id,
            rejected.c.payload_id,
        )
    )
)


def _delete(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(which)).rowcount


def _settled(connection: Connection, ended: Select[tuple[int]]) -> list[int]:
    """What these runs rejected, without the last rejection of each record that has not come since."""
    places = select(run.c.source, run.c.prefix).join(rejected, rejected.c.run_id == run.c.id).distinct()
    unresolved = {
        row.id
        for place in connection.execute(places).all()
        for row in connection.execute(UNRESOLVED_REJECTIONS, place._asdict())
    }
    ids = connection.execute(select(rejected.c.id).where(rejected.c.run_id.in_(ended))).scalars()
    return [one for one in ids if one not in unresolved]


def _needed(connection: Connection) -> set[int]:
    """The runs that rows point to, the newest of each source and format, and the last complete one."""
    place = (run.c.source, run.c.prefix)
    whole = run.c.kind.in_(("full", "incremental"))
    asked = (
        select(record.c.run_id).distinct(),
        select(record_version.c.run_id).distinct(),
        select(record_version.c.replaced_by).distinct(),
        select(rejected.c.run_id).distinct(),
        select(func.max(run.c.id)).group_by(*place, run.c.kind),
        select(func.max(run.c.id)).where(whole).group_by(*place),
        select(func.max(run.c.id)).where(whole, run.c.state == "complete").group_by(*place),
    )
    return {run_id for statement in asked for run_id in connection.execute(statement).scalars()}
