"""What is due, from the schedule and the run table alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from harvester.config import Config, Source
from harvester.schedule import Schedule, due_since, next_after
from harvester.store import RunRow

if TYPE_CHECKING:
    from harvester.store import Store

INTERRUPTED = "interrupted; it goes on by itself at the next start"


class RunTable(Protocol):
    """What is asked of the run table: by `store.connect` for those who work, by `store.glance` for those who look."""

    def newest_run(self, name: str, prefix: str, /) -> RunRow | None: ...

    def last_reconciled(self, name: str, prefix: str, /) -> RunRow | None: ...


class Planned(Struct, frozen=True, kw_only=True):
    """A source with its schedule: since when it is due, `None` where it is not, and when it comes next."""

    source: str
    schedule: Schedule
    due: datetime | None
    next: datetime


def planned(config: Config, store: RunTable, now: datetime) -> list[Planned]:
    """Every source that has a schedule, in the order of the configuration."""
    plans = []
    for name, schedule in config.schedules().items():
        runs = newest_runs(store, config.sources[name])
        busy = any(run is not None and run.state == "running" for run in runs)
        due = None if busy else due_since(schedule, last_done(runs), now)
        plans.append(Planned(source=name, schedule=schedule, due=due, next=next_after(schedule, now)))
    return plans


def newest_runs(store: RunTable, source: Source) -> list[RunRow | None]:
    """The newest run of each format of the source; `None` where there was none."""
    return [store.newest_run(source.name, prefix) for prefix in source.formats]


def reconciling(config: Config, store: RunTable, now: datetime) -> list[Planned]:
    """Every source that is to be compared with its provider from time to time; the first time after its harvest."""
    plans = []
    for name, schedule in config.reconcile_schedules().items():
        runs = last_reconciled(store, config.sources[name])
        done = last_done(runs) if any(runs) else last_done(newest_runs(store, config.sources[name]))
        due = due_since(schedule, done, now) if done or any(runs) else None
        plans.append(Planned(source=name, schedule=schedule, due=due, next=next_after(schedule, now)))
    return plans


def last_reconciled(store: RunTable, source: Source) -> list[RunRow | None]:
    """The newest comparison of each format of the source; `None` where there was none."""
    return [store.last_reconciled(source.name, prefix) for prefix in source.formats]


def last_done(runs: Iterable[RunRow | None]) -> datetime | None:
    """When the last harvest of a source ended, by the newest run of each format.

    `None` where a format never had its turn or was interrupted: that is still to be done. A harvest that failed had
    its turn; the schedule says when it has another one.
    """
    ends = [None if run is None or run.error == INTERRUPTED else run.finished or run.started for run in runs]
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(ends) else None


def export_due(config: Config, store: Store, now: datetime) -> datetime | None:
    """Since when an export is due; `None` where it is not, or nothing is new or changed since the last file."""
    schedule = config.export_schedule()
    since = due_since(schedule, store.last_export(), now) if schedule else None
    return since if since and next(store.pending(), None) else None
