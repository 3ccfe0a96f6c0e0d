"""What is due, from the schedule and the run table alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from harvester.config import Config, Source
from harvester.config.schedule import Schedule, due_since, next_after
from harvester.store import RunRow
from harvester.system import locks

if TYPE_CHECKING:
    from harvester.store import Store


class RunTable(Protocol):
    """What is asked of the run table: of `store.connect` or of `store.open_overview`."""

    def newest_run(self, name: str, prefix: str, /) -> RunRow | None: ...

    def last_reconciliation(self, name: str, prefix: str, /) -> RunRow | None: ...


What = Literal["harvest", "reconcile", "export", "report"]
EXPORT, REPORT = "[exports]", "[report]"  # no source can have these names


class Planned(Struct, frozen=True, kw_only=True):
    """A schedule at work: since when it is due, `None` where it is not, and when it comes next.

    `subject` is a source, `EXPORT` or `REPORT`. While its provider wants to be left alone a source is not due, and
    comes when that is over.
    """

    subject: str
    what: What
    schedule: Schedule
    due: datetime | None
    next: datetime

    @property
    def name(self) -> str:
        return f"reconcile {self.subject}" if self.what == "reconcile" else self.subject


def agenda(config: Config, store: Store, now: datetime) -> list[Planned]:
    """All that is done by schedule."""
    plans = planned(config, store, now) + reconciling(config, store, now)
    if schedule := config.export_schedule():
        plans.append(_planned(EXPORT, "export", schedule, export_due(config, store, now), now))
    if schedule := config.page_schedule():
        plans.append(_planned(REPORT, "report", schedule, page_due(config, now), now))
    return plans


def planned(config: Config, store: RunTable, now: datetime) -> list[Planned]:
    """Every source that has a schedule, in the order of the configuration."""
    plans = []
    for name, schedule in config.schedules().items():
        runs = newest_runs(store, config.sources[name])
        due = None if _at_work(config, name, runs) else owed_since(runs) or due_since(schedule, last_done(runs), now)
        wait = waiting_until(store, config.sources[name], now)
        plans.append(_planned(name, "harvest", schedule, due, now, wait))
    return plans


def reconciling(config: Config, store: RunTable, now: datetime) -> list[Planned]:
    """Every source that is to be compared with its provider from time to time; the first time after its harvest."""
    plans = []
    for name, schedule in config.reconcile_schedules().items():
        runs = last_reconciliations(store, config.sources[name])
        done = last_done(runs) if any(runs) else last_done(newest_runs(store, config.sources[name]))
        due = due_since(schedule, done, now) if done or any(runs) else None
        wait = waiting_until(store, config.sources[name], now)
        plans.append(_planned(name, "reconcile", schedule, due, now, wait))
    return plans


def _at_work(config: Config, name: str, runs: Iterable[RunRow | None]) -> bool:
    """Whether a run of the source is under way, and did not die."""
    running = any(run is not None and run.state == "running" for run in runs)
    return running and locks.holder(config.locks_dir, f"source-{name}") is not None


def _planned(
    subject: str, what: What, schedule: Schedule, due: datetime | None, now: datetime, wait: datetime | None = None
) -> Planned:
    coming = next_after(schedule, now)
    if wait is not None:
        due, coming = None, wait if due else max(coming, wait)
    return Planned(subject=subject, what=what, schedule=schedule, due=due, next=coming)


def waiting_until(store: RunTable, source: Source, now: datetime) -> datetime | None:
    """Until when the provider wants to be left alone, by what it said last; `None` where it may be asked."""
    runs = (*newest_runs(store, source), *last_reconciliations(store, source))
    moments = [run.wait_until for run in runs if run and run.state == "waiting" and run.wait_until]
    return max((moment for moment in moments if moment > now), default=None)


def newest_runs(store: RunTable, source: Source) -> list[RunRow | None]:
    """The newest run of each format of the source; `None` where there was none."""
    return [store.newest_run(source.name, prefix) for prefix in source.formats]


def last_reconciliations(store: RunTable, source: Source) -> list[RunRow | None]:
    """The newest comparison of each format of the source; `None` where there was none."""
    return [store.last_reconciliation(source.name, prefix) for prefix in source.formats]


def last_done(runs: Iterable[RunRow | None]) -> datetime | None:
    """When the last harvest of a source ended, by the newest run of each format.

    `None` where a format never had its turn, was interrupted or had to wait: that is still to be done. A harvest that
    failed had its turn; the schedule says when it has another one.
    """
    ends = [None if run is None or _is_owed(run) else run.finished or run.started for run in runs]
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(ends) else None


def owed_since(runs: Iterable[RunRow | None]) -> datetime | None:
    """Since when a harvest of a source nobody is at work on is to be gone on with; `None` where none is."""
    owed = [run for run in runs if run and (_is_owed(run) or run.state == "running")]  # who is at work on it died
    return min((run.wait_until or run.finished or run.started for run in owed), default=None)


def _is_owed(run: RunRow) -> bool:
    return run.interrupted or run.state == "waiting"


def export_due(config: Config, store: Store, now: datetime) -> datetime | None:
    """Since when an export is due; `None` if it is not, or if nothing is new or changed since the last file."""
    from harvester.deposits.target import configured_targets  # brings lxml, and `harvester status` is to start at once

    schedule = config.export_schedule()
    if schedule is None:
        return None
    for target in configured_targets(config):
        since = due_since(schedule, store.last_export(target.name), now)
        if since and next(store.pending(target.name), None):
            return since
    return None


def page_due(config: Config, now: datetime) -> datetime | None:
    """Since when the report is to be written; its file says when it was."""
    schedule = config.page_schedule()
    try:
        written = datetime.fromtimestamp(config.report_file.stat().st_mtime, UTC)
    except OSError:
        written = None
    return due_since(schedule, written, now) if schedule else None
