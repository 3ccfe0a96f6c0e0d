"""Retention: deletes earlier versions, rejections and runs that are no longer needed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, select, union

from harvester.store.database import Part, chunks
from harvester.store.records import UNRESOLVED_REJECTIONS
from harvester.store.structs import Pruned
from harvester.store.tables import payload, record, record_version, rejected, run, run_window, submission_log
from harvester.system.progress import report


class Retention(Part):
    """Deletes what is no longer needed."""

    def prune(self, before: datetime) -> Pruned:
        """Deletes what is no longer needed of the runs that started before that moment.

        This is the versions they replaced, the records they rejected, and the runs that no row points to. The current
        version of every record stays, and so do unresolved rejections and the runs that the next harvest begins from.
        """
        report("looking for what is no longer needed")
        # A migration does not check foreign keys, which would cost a scan of five columns for each deleted payload.
        with self._database.restructure() as connection:
            ended = select(run.c.id).where(run.c.started < before, run.c.state != "running")
            versions = _delete(connection, record_version, record_version.c.replaced_by.in_(ended))
            rejections = _superseded_rejections(connection, ended)
            for chunk in chunks(rejections):
                connection.execute(delete(rejected).where(rejected.c.id.in_(chunk)))
            needed = _needed_runs(connection)
            runs = [run_id for run_id in connection.execute(ended).scalars() if run_id not in needed]
            for chunk in chunks(runs):
                connection.execute(delete(run_window).where(run_window.c.run_id.in_(chunk)))
                connection.execute(delete(run).where(run.c.id.in_(chunk)))
            report("deleting payloads that are no longer needed")
            payloads = delete_unused_payloads(connection)
        return Pruned(versions=versions, rejected=len(rejections), runs=len(runs), payloads=payloads)


def delete_unused_payloads(connection: Connection) -> int:
    """Deletes the payloads that no row points to any more, without checking foreign keys; returns how many."""
    return _delete(connection, payload, payload.c.id.not_in(_PAYLOADS_IN_USE))


_PAYLOADS_IN_USE = union(
    *(
        select(column).where(column.is_not(None))
        for column in (
            record.c.payload_id,
            record.c.original_id,
            record_version.c.payload_id,
            record_version.c.original_id,
            rejected.c.payload_id,
            submission_log.c.payload_id,
        )
    )
)


def _delete(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(condition)).rowcount


def _superseded_rejections(connection: Connection, ended: Select[tuple[int]]) -> list[int]:
    """The ids of the rejections of these runs, without the unresolved ones."""
    source_formats = select(run.c.source, run.c.prefix).join(rejected, rejected.c.run_id == run.c.id).distinct()
    unresolved = {
        row.id
        for source_format in connection.execute(source_formats).all()
        for row in connection.execute(UNRESOLVED_REJECTIONS, source_format._asdict())
    }
    ids = connection.execute(select(rejected.c.id).where(rejected.c.run_id.in_(ended))).scalars()
    return [rejection_id for rejection_id in ids if rejection_id not in unresolved]


def _needed_runs(connection: Connection) -> set[int]:
    """The runs that rows point to, and of each source and format the newest run and the last complete one."""
    source_format = (run.c.source, run.c.prefix)
    whole_list = run.c.kind.in_(("full", "incremental"))
    needed = (
        select(record.c.run_id).distinct(),
        select(record_version.c.run_id).distinct(),
        select(record_version.c.replaced_by).distinct(),
        select(rejected.c.run_id).distinct(),
        select(func.max(run.c.id)).group_by(*source_format, run.c.kind),
        select(func.max(run.c.id)).where(whole_list).group_by(*source_format),
        select(func.max(run.c.id)).where(whole_list, run.c.state == "complete").group_by(*source_format),
    )
    return {run_id for statement in needed for run_id in connection.execute(statement).scalars()}
