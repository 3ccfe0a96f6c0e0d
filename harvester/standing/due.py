"""What is due, judged only from the schedules and the run table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from harvester.config import Config, Source
from harvester.config.schedule import Schedule, due_since, next_after
from harvester.store import RunRow
from harvester.system import locks, mtime_marker
from harvester.system.files import make_folder
from harvester.system.mtime_marker import Dates

if TYPE_CHECKING:
    from harvester.store import Store
    from harvester.store.ready import PendingArticles


class RunTable(Protocol):
    """What is read from the run table, with `store.connect` or `store.open_overview`."""

    def newest_run(self, name: str, prefix: str, /) -> RunRow | None: ...

    def oldest_run(self, name: str, prefix: str, /) -> RunRow | None: ...

    def last_reconciliation(self, name: str, prefix: str, /) -> RunRow | None: ...


TaskKind = Literal["harvest", "reconcile", "export", "report", "digest", "deposit", "results", "readback"]
EXPORT, REPORT, DIGEST, DEPOSIT = "[exports]", "[report]", "[digest]", "[crossref]"  # no source has these names
READBACK, READ_BACK = "[readback]", "[readback-done]"  # the markers of its attempts, and of those that succeeded
READBACK_EVERY = timedelta(days=1)


class Task(Struct, frozen=True, kw_only=True):
    """A scheduled task: when it was last done, since when it is due, `None` if it is not, and when it comes next.

    `subject` is a source, `EXPORT`, `REPORT`, `DIGEST` or `DEPOSIT`. While its provider wants no requests a source is
    not due, and `next` is the end of that time.
    """

    subject: str
    kind: TaskKind
    schedule: Schedule | None  # `None` of results, which are asked for when they are due
    last: datetime | None
    due: datetime | None
    next: datetime

    @property
    def name(self) -> str:
        return comparison_of(self.subject) if self.kind == "reconcile" else self.subject


def comparison_of(source: str) -> str:
    """The name of the task that compares a source with its provider; no source can have this name."""
    return f"reconcile {source}"


def scheduled_tasks(config: Config, store: Store, now: datetime) -> list[Task]:
    """Every scheduled task."""
    with store.overview() as overview:
        overview.look_up_runs()
        tasks = harvest_tasks(config, overview, now) + reconcile_tasks(config, overview, now)
    if schedule := config.export_schedule():
        last = store.ledger.last_export()
        due = _not_before_attempt(config, EXPORT, last, export_due(config, store, now))
        tasks.append(_task(EXPORT, "export", schedule, last, due, now))
    if schedule := config.page_schedule():
        last = _report_written(config)
        due = _not_before_attempt(config, REPORT, last, report_due(config, now))
        tasks.append(_task(REPORT, "report", schedule, last, due, now))
    if schedule := config.digest_schedule():
        last = store.digests.last()
        tasks.append(_task(DIGEST, "digest", schedule, last, digest_due(config, store, now), now))
    return [*tasks, *deposit_tasks(config, store, now)]


def deposit_tasks(config: Config, store: Store, now: datetime) -> list[Task]:
    """Sending by schedule, and what is due in between of the files that were sent."""
    from harvester.registration.planning import next_moment
    from harvester.registration.registrar import sending_agencies

    tasks, schedule = [], config.deposit_schedule()
    last = deposit_attempted(config)
    if schedule:
        tasks.append(_task(DEPOSIT, "deposit", schedule, last, due_since(schedule, last, now), now))
    for agency in sending_agencies(config):
        terms = agency.terms(config)
        moment = next_moment(store, agency, terms, now, sends=schedule is not None) if terms else None
        if moment:
            due = moment if moment <= now else None
            tasks.append(
                Task(subject=DEPOSIT, kind="results", schedule=None, last=last, due=due, next=max(moment, now))
            )
    return [*tasks, *_readback_tasks(config, store, now)]


def _readback_tasks(config: Config, store: Store, now: datetime) -> list[Task]:
    """Once a day, what has changed at the agencies that hold something of ours is read. First a day after a deposit."""
    from harvester.registration.readback import has_registered

    if not has_registered(config, store):
        return []
    last = readback_attempted(config)
    before = last or deposit_attempted(config)
    moment = max(before + READBACK_EVERY, now) if before else now
    due = moment if moment <= now else None
    return [Task(subject=DEPOSIT, kind="readback", schedule=None, last=last, due=due, next=moment)]


def readback_attempted(config: Config) -> datetime | None:
    """When the agencies were last asked what has changed."""
    return _marked(config, READBACK)


def read_back_until(config: Config) -> datetime | None:
    """When they were last asked with success: everything before that was read."""
    return _marked(config, READ_BACK)


def _marked(config: Config, subject: str) -> datetime | None:
    attempt = mtime_marker.read(_attempt_marker(config, subject))
    return attempt.modified if attempt else None


def deposit_attempted(config: Config) -> datetime | None:
    """When files were last sent by schedule."""
    return _marked(config, DEPOSIT)


def harvest_tasks(config: Config, runs: RunTable, now: datetime) -> list[Task]:
    """The harvest of every source that has a schedule, in the order of the configuration."""
    schedules = config.schedules()
    return [_harvest_task(name, schedules[name], _history(config, runs, name), now) for name in schedules]


def reconcile_tasks(config: Config, runs: RunTable, now: datetime) -> list[Task]:
    """The reconciliation of every source that has a schedule for it, in the order of the configuration."""
    schedules = config.reconcile_schedules()
    return [_reconcile_task(name, schedules[name], _history(config, runs, name), now) for name in schedules]


def source_tasks(config: Config, runs: RunTable, name: str, now: datetime) -> list[Task]:
    """The harvest and the reconciliation of one source, if they have a schedule."""
    history = _history(config, runs, name)
    harvest, reconcile = config.schedule_of(name), config.reconcile_schedule_of(name)
    tasks = [_harvest_task(name, harvest, history, now)] if harvest else []
    return [*tasks, _reconcile_task(name, reconcile, history, now)] if reconcile else tasks


# ---------------------------------------------------------------------------------------- harvest and comparison


class _History(Struct, frozen=True, kw_only=True):
    """The runs of a source that decide what is due: one for each format, `None` if a format has none."""

    harvests: Sequence[RunRow | None]
    comparisons: Sequence[RunRow | None]
    first_harvests: Sequence[RunRow | None]  # of the formats that were never compared
    is_at_work: bool  # whether a process is at work on a run; one that is "running" without that was left by a crash

    def is_running(self, runs: Iterable[RunRow | None]) -> bool:
        return self.is_at_work and _says_running(runs)

    def waiting_until(self, now: datetime) -> datetime | None:
        return _end_of_wait((*self.harvests, *self.comparisons), now)


def _history(config: Config, runs: RunTable, name: str) -> _History:
    source = config.sources[name]
    harvests, comparisons = newest_runs(runs, source), last_reconciliations(runs, source)
    never_compared = [prefix for prefix, run in zip(source.formats, comparisons, strict=True) if run is None]
    return _History(
        harvests=harvests,
        comparisons=comparisons,
        first_harvests=[runs.oldest_run(name, prefix) for prefix in never_compared],
        is_at_work=_says_running((*harvests, *comparisons)) and _is_at_work(config, name),
    )


def _says_running(runs: Iterable[RunRow | None]) -> bool:
    return any(run is not None and run.state == "running" for run in runs)


def _is_at_work(config: Config, name: str) -> bool:
    return locks.holder(config.locks, f"source-{name}") is not None


def _harvest_task(name: str, schedule: Schedule, history: _History, now: datetime) -> Task:
    runs = history.harvests
    due = None if history.is_running(runs) else interrupted_since(runs) or due_since(schedule, last_attempt(runs), now)
    return _task(name, "harvest", schedule, _last_end(runs), due, now, history.waiting_until(now))


def _reconcile_task(name: str, schedule: Schedule, history: _History, now: datetime) -> Task:
    runs = history.comparisons
    due = None if history.is_running(runs) else _comparison_due(schedule, history, now)
    unfinished = interrupted_since(run for run in history.harvests if run and run.kind == "full")
    if due and unfinished:
        # A comparison would report as missing what that harvest is about to bring, so the harvest comes first.
        due = max(due, unfinished)
    return _task(name, "reconcile", schedule, _last_end(runs), due, now, history.waiting_until(now))


def _comparison_due(schedule: Schedule, history: _History, now: datetime) -> datetime | None:
    """Since when the comparison of a format is due.

    The schedule begins with the first harvest of a format. Were it the newest one, a harvest each night would postpone
    the first comparison for ever.
    """
    compared = [run for run in history.comparisons if run]
    dates = [due_since(schedule, run.started, now) for run in history.first_harvests if run]
    if compared:
        dates.append(interrupted_since(compared) or due_since(schedule, last_attempt(compared), now))
    return min(filter(None, dates), default=None)


def _last_end(runs: Iterable[RunRow | None]) -> datetime | None:
    return max((run.finished or run.started for run in runs if run), default=None)


def _task(
    subject: str,
    kind: TaskKind,
    schedule: Schedule,
    last: datetime | None,
    due: datetime | None,
    now: datetime,
    wait: datetime | None = None,
) -> Task:
    following = next_after(schedule, now)
    if wait is not None:
        due, following = None, wait if due else max(following, wait)
    return Task(subject=subject, kind=kind, schedule=schedule, last=last, due=due, next=following)


def waiting_until(runs: RunTable, source: Source, now: datetime) -> datetime | None:
    """Until when the provider wants no requests, according to its last answer; `None` if requests are allowed."""
    return _end_of_wait((*newest_runs(runs, source), *last_reconciliations(runs, source)), now)


def _end_of_wait(runs: Iterable[RunRow | None], now: datetime) -> datetime | None:
    moments = [run.wait_until for run in runs if run and run.state == "waiting" and run.wait_until]
    return max((moment for moment in moments if moment > now), default=None)


def newest_runs(runs: RunTable, source: Source) -> list[RunRow | None]:
    """The newest run of each format of the source, `None` for a format without one."""
    return [runs.newest_run(source.name, prefix) for prefix in source.formats]


def last_reconciliations(runs: RunTable, source: Source) -> list[RunRow | None]:
    """The newest reconciliation of each format of the source, `None` for a format without one."""
    return [runs.last_reconciliation(source.name, prefix) for prefix in source.formats]


def last_attempt(runs: Iterable[RunRow | None]) -> datetime | None:
    """When the last attempt of a source ended, by the newest run of each format.

    `None` if a format was never attempted, or was interrupted, or has to wait, because it is still to be done. A failed
    run counts as an attempt: the next one is at the next scheduled time.
    """
    ends = [None if run is None or _must_resume(run) else run.finished or run.started for run in runs]
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(ends) else None


def interrupted_since(runs: Iterable[RunRow | None]) -> datetime | None:
    """Since when an interrupted run is due, for a source that no process is at work on; `None` if there is none."""
    # A run that is still "running" was left by a crash.
    interrupted = [run for run in runs if run and (_must_resume(run) or run.state == "running")]
    return min((run.wait_until or run.finished or run.started for run in interrupted), default=None)


def _must_resume(run: RunRow) -> bool:
    return run.interrupted or run.state == "waiting"


def export_due(config: Config, store: Store, now: datetime) -> datetime | None:
    """Since when an export is due; `None` if it is not, or if nothing is new or changed since the last file."""
    from harvester.deposits.target import configured_targets  # imports lxml, and `harvester status` must start fast

    schedule = config.export_schedule()
    if schedule is None:
        return None
    for target in configured_targets(config):
        since = due_since(schedule, store.ledger.last_export(target.name), now)
        if since is not None and pending(config, store, target.name, now):
            return since
    return None


def pending(config: Config, store: Store, target: str, now: datetime) -> PendingArticles:
    """The articles that an export to this target would include, as the store has them. A DOI that the export would
    assign is not among them."""
    from harvester.mapping import membership
    from harvester.registration.registrar import terms_of

    terms = terms_of(config, target)
    return store.ready.pending(
        target,
        config.sources,
        configured=config.sources,
        without=membership.CODES,
        system=terms.system if terms else "live",
        now=now,
        waits=terms is not None,
    )


def digest_due(config: Config, store: Store, now: datetime) -> datetime | None:
    """Since when the digest is due; `None` if it is not."""
    schedule = config.digest_schedule()
    return due_since(schedule, store.digests.last(), now) if schedule else None


def report_due(config: Config, now: datetime) -> datetime | None:
    """Since when the report is due, by the date of its file; `None` if it is not."""
    schedule = config.page_schedule()
    return due_since(schedule, _report_written(config), now) if schedule else None


def mark_attempt(config: Config, subject: str, now: datetime) -> None:
    """Remembers that an export or a report begins. If the program dies meanwhile, no run shows that it had begun."""
    marker = _attempt_marker(config, subject)
    with suppress(OSError):
        make_folder(marker.parent)
    mtime_marker.write(marker, Dates(modified=now, accessed=now))


def _not_before_attempt(config: Config, subject: str, last: datetime | None, due: datetime | None) -> datetime | None:
    """Since when it is due, but not earlier than its last attempt: what has waited longest comes first (`turns`).

    Otherwise a task that was attempted and never completed would be due since now, at each call.
    """
    attempt = mtime_marker.read(_attempt_marker(config, subject))
    if due is None or attempt is None:
        return due
    return max(due, attempt.modified) if last else attempt.modified


def _attempt_marker(config: Config, subject: str) -> Path:
    return config.locks_dir / f"{subject.strip('[]')}-attempted"


def _report_written(config: Config) -> datetime | None:
    try:
        return datetime.fromtimestamp(config.report_file.stat().st_mtime, UTC)
    except OSError:
        return None
