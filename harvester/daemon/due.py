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
    """What is read from the run table, through `store.connect` or `store.open_overview`."""

    def newest_run(self, name: str, prefix: str, /) -> RunRow | None: ...

    def last_reconciliation(self, name: str, prefix: str, /) -> RunRow | None: ...


TaskKind = Literal["harvest", "reconcile", "export", "report"]
EXPORT, REPORT = "[exports]", "[report]"  # no source can have these names


class Task(Struct, frozen=True, kw_only=True):
    """A scheduled task: since when it is due, `None` if it is not, and when it comes next.

    `subject` is a source, `EXPORT` or `REPORT`. While its provider wants no requests a source is not due, and `next`
    is the end of that time.
    """

    subject: str
    kind: TaskKind
    schedule: Schedule
    due: datetime | None
    next: datetime

    @property
    def name(self) -> str:
        return f"reconcile {self.subject}" if self.kind == "reconcile" else self.subject


def scheduled_tasks(config: Config, store: Store, now: datetime) -> list[Task]:
    """Every scheduled task."""
    tasks = harvest_tasks(config, store, now) + reconcile_tasks(config, store, now)
    if schedule := config.export_schedule():
        tasks.append(_task(EXPORT, "export", schedule, export_due(config, store, now), now))
    if schedule := config.page_schedule():
        tasks.append(_task(REPORT, "report", schedule, report_due(config, now), now))
    return tasks


def harvest_tasks(config: Config, store: RunTable, now: datetime) -> list[Task]:
    """The harvest of every source that has a schedule, in the order of the configuration."""
    tasks = []
    for name, schedule in config.schedules().items():
        runs = newest_runs(store, config.sources[name])
        due = (
            None
            if _is_running(config, name, runs)
            else interrupted_since(runs) or due_since(schedule, last_attempt(runs), now)
        )
        wait = waiting_until(store, config.sources[name], now)
        tasks.append(_task(name, "harvest", schedule, due, now, wait))
    return tasks


def reconcile_tasks(config: Config, store: RunTable, now: datetime) -> list[Task]:
    """The reconciliation of every source that has a schedule for it. The first one comes after the first harvest."""
    tasks = []
    for name, schedule in config.reconcile_schedules().items():
        runs = last_reconciliations(store, config.sources[name])
        done = last_attempt(runs) if any(runs) else last_attempt(newest_runs(store, config.sources[name]))
        due = due_since(schedule, done, now) if done or any(runs) else None
        wait = waiting_until(store, config.sources[name], now)
        tasks.append(_task(name, "reconcile", schedule, due, now, wait))
    return tasks


def _is_running(config: Config, name: str, runs: Iterable[RunRow | None]) -> bool:
    """Whether a process is at work on a run of the source. A run without one was left by a crash."""
    running = any(run is not None and run.state == "running" for run in runs)
    return running and locks.holder(config.locks_dir, f"source-{name}") is not None


def _task(
    subject: str, kind: TaskKind, schedule: Schedule, due: datetime | None, now: datetime, wait: datetime | None = None
) -> Task:
    following = next_after(schedule, now)
    if wait is not None:
        due, following = None, wait if due else max(following, wait)
    return Task(subject=subject, kind=kind, schedule=schedule, due=due, next=following)


def waiting_until(store: RunTable, source: Source, now: datetime) -> datetime | None:
    """Until when the provider wants no requests, by its last answer; `None` if requests are allowed."""
    runs = (*newest_runs(store, source), *last_reconciliations(store, source))
    moments = [run.wait_until for run in runs if run and run.state == "waiting" and run.wait_until]
    return max((moment for moment in moments if moment > now), default=None)


def newest_runs(store: RunTable, source: Source) -> list[RunRow | None]:
    """The newest run of each format of the source, `None` for a format without one."""
    return [store.newest_run(source.name, prefix) for prefix in source.formats]


def last_reconciliations(store: RunTable, source: Source) -> list[RunRow | None]:
    """The newest reconciliation of each format of the source, `None` for a format without one."""
    return [store.last_reconciliation(source.name, prefix) for prefix in source.formats]


def last_attempt(runs: Iterable[RunRow | None]) -> datetime | None:
    """When the last attempt of a source ended, by the newest run of each format.

    `None` if a format was never attempted, or was interrupted, or has to wait, because it is still to be done. A failed
    run counts as an attempt: the next one is at the next scheduled time.
    """
    ends = [None if run is None or _must_resume(run) else run.finished or run.started for run in runs]
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(ends) else None


def interrupted_since(runs: Iterable[RunRow | None]) -> datetime | None:
    """Since when an interrupted harvest is due, for a source that no process is at work on; `None` if there is none."""
    # A run that is still "running" was left by a crash.
    interrupted = [run for run in runs if run and (_must_resume(run) or run.state == "running")]
    return min((run.wait_until or run.finished or run.started for run in interrupted), default=None)


def _must_resume(run: RunRow) -> bool:
    return run.interrupted or run.state == "waiting"


def export_due(config: Config, store: Store, now: datetime) -> datetime | None:
    """Since when an export is due; `None` if it is not, or if nothing is new or changed since the last file."""
    # Both import lxml, and `harvester status` must start fast.
    from harvester.deposits.target import configured_targets
    from harvester.mapping import membership

    schedule = config.export_schedule()
    if schedule is None:
        return None
    for target in configured_targets(config):
        since = due_since(schedule, store.last_export(target.name), now)
        pending = store.pending(target.name, config.sources, configured=config.sources, without=membership.CODES)
        if since and next(pending, None):
            return since
    return None


def report_due(config: Config, now: datetime) -> datetime | None:
    """Since when the report is due, by the date of its file; `None` if it is not."""
    schedule = config.page_schedule()
    try:
        written = datetime.fromtimestamp(config.report_file.stat().st_mtime, UTC)
    except OSError:
        written = None
    return due_since(schedule, written, now) if schedule else None
