"""How one source is: its light, its last and next harvest and comparison, what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from harvester.checking.configured import Notice
from harvester.config import Config, Source
from harvester.counting import counted
from harvester.harvesting import lists, sentences
from harvester.standing.due import RunTable, Task, source_tasks, waiting_until
from harvester.standing.incidents import CRASHED, Incident, cause_and_remedy, incident_of_neglect, source_incidents
from harvester.standing.moments import local_time, next_time
from harvester.store import FormatStatus, Overview, RunRow, SourceStatus
from harvester.system import locks

Light = Literal["good", "wait", "look", "bad"]
LIGHTS: dict[Light, str] = {  # the worst first
    "bad": "needs a person",
    "wait": "is not complete yet",
    "look": "works, but look at it",
    "good": "works",
}


class Problem(Struct, frozen=True, kw_only=True):
    """Something that is wrong or doubtful: why, what to do if anything can be done, and the command that shows more."""

    why: str
    todo: str | None = None
    see: str | None = None


class SourceStanding(Struct, frozen=True, kw_only=True):
    """How one source is at the moment `now`, in words whose times are in `zone`.

    `status` has its counts, and a row for each configured format. `runs`: those that say how it is, by format, oldest
    first. `harvest` and `comparison` are `None` without a schedule. `at_work`: the process that harvests it.
    `waiting_until`: its provider wants no requests before.
    """

    status: SourceStatus
    harvest: Task | None
    comparison: Task | None
    runs: dict[str, tuple[RunRow, ...]]
    incidents: tuple[Incident, ...]
    waiting_until: datetime | None
    at_work: locks.Holder | None
    notices: tuple[Notice, ...]
    now: datetime
    zone: str

    @property
    def name(self) -> str:
        return self.status.source

    @property
    def light(self) -> Light:
        formats = [(status, self.runs[status.prefix]) for status in self.status.formats]
        return light(formats, self.incidents, self.notices)

    @property
    def is_due(self) -> bool:
        """Whether its harvest or its comparison is due."""
        return any(task is not None and task.due for task in (self.harvest, self.comparison))

    @property
    def last_complete(self) -> datetime | None:
        """Since when every format is complete; `None` if one of them never was."""
        completes = [status.last_complete for status in self.status.formats]
        ends = [run.finished for run in completes if run and run.finished]
        return min(ends) if ends and len(ends) == len(completes) else None

    @property
    def last_comparisons(self) -> list[RunRow]:
        """The newest comparison of each format that has one."""
        return [status.last_comparison for status in self.status.formats if status.last_comparison]

    @property
    def problems(self) -> list[Problem]:
        """What needs a person, and then what is doubtful in addition."""
        return list(_problems(self))

    def harvested_words(self) -> str:
        """When it was last complete."""
        return f"complete {local_time(self.last_complete, self.zone)}" if self.last_complete else "never complete"

    def next_words(self) -> str:
        """When its next harvest comes."""
        return next_time(self.harvest, self.now, self.zone)

    def work_words(self) -> str | None:
        """Since when it is being harvested and how far that is; `None` if it is not."""
        if self.at_work is None:
            return None
        runs = [one.last_run for one in self.status.formats if one.last_run and one.last_run.state == "running"]
        pages = "".join(f", {counted(run.pages, 'page')} of {run.prefix} so far" for run in runs)
        return f"at work since {local_time(self.at_work.since, self.zone)}{pages}"

    def wait_words(self) -> str | None:
        """Until when its provider wants no requests; `None` if requests are allowed."""
        if self.waiting_until is None:
            return None
        return f"until {local_time(self.waiting_until, self.zone)}, as its provider asks"

    def compared_words(self) -> str | None:
        """When it was last compared with its provider and how that ended; `None` if it need not be compared."""
        runs = self.last_comparisons
        if runs:
            when = local_time(min(run.finished or run.started for run in runs), self.zone)
            return f"comparison {when}, {_endings(runs)}"
        return "never compared" if self.comparison else None

    def next_comparison_words(self) -> str | None:
        """When its next comparison comes; `None` without a schedule."""
        return f"comparison {next_time(self.comparison, self.now, self.zone)}" if self.comparison else None


def source_standing(
    config: Config, overview: Overview, status: SourceStatus, notices: Sequence[Notice], now: datetime
) -> SourceStanding:
    """How a source is. `status` has a row for each configured format; `notices` are those of this source."""
    source = config.sources[status.source]
    tasks = {task.kind: task for task in source_tasks(config, overview, source.name, now)}
    at_work = _holder(config, source.name)
    return SourceStanding(
        status=status,
        harvest=tasks.get("harvest"),
        comparison=tasks.get("reconcile"),
        runs={one.prefix: _decisive_runs(overview, source, one) for one in status.formats},
        incidents=tuple(_incidents(overview, source, tasks.values(), now, is_at_work=at_work is not None)),
        waiting_until=waiting_until(overview, source, now),
        at_work=at_work,
        notices=tuple(notices),
        now=now,
        zone=config.zone,
    )


def current_incidents(
    config: Config, runs: RunTable, name: str, tasks: Iterable[Task], now: datetime
) -> list[Incident]:
    """What needs a person: what its runs ended with, or else that nobody does its `tasks`."""
    is_at_work = _holder(config, name) is not None
    return _incidents(runs, config.sources[name], tasks, now, is_at_work=is_at_work)


def _incidents(
    runs: RunTable, source: Source, tasks: Iterable[Task], now: datetime, *, is_at_work: bool
) -> list[Incident]:
    found = source_incidents(runs, source)
    if found or is_at_work:
        return found
    return [overdue for task in tasks if (overdue := incident_of_neglect(task, now))]


def light(
    formats: Iterable[tuple[FormatStatus, Sequence[RunRow]]],
    incidents: Sequence[Incident],
    noticed: Sequence[Notice] = (),
) -> Light:
    """The light of a source: bad if there is an incident, or else that of the worst run of its formats or notice."""
    lights = ["bad" if incidents else "look" if noticed else "good"]
    for status, runs in formats:
        lights += ["wait"] if status.last_run is None else map(_light_of, runs)
        lights += ["look"] if status.last_run and status.last_run.counts.rejected else []
    return next(worst for worst in LIGHTS if worst in lights)


def _light_of(run: RunRow) -> Light:
    if run.state in ("running", "waiting") or run.interrupted:
        return "wait"
    return "look" if run.state != "complete" or run.error else "good"


def _holder(config: Config, name: str) -> locks.Holder | None:
    return locks.holder(config.locks, f"source-{name}")


def _decisive_runs(overview: Overview, source: Source, status: FormatStatus) -> tuple[RunRow, ...]:
    """The newest harvest of a format, its newest comparison, and its newest run, which may have had a range of dates.

    What one of them said stays true when another one follows, or until a person has done it.
    """
    runs = (overview.newest_run(source.name, status.prefix), status.last_comparison, status.last_run)
    newest = {run.id: run for run in runs if run}
    return tuple(_as_of_now(newest[run_id], source) for run_id in sorted(newest))


def _as_of_now(run: RunRow, source: Source) -> RunRow:
    return replace(run, error=sentences.without_followed_advice(run.error, source.overlap))


def _endings(runs: Sequence[RunRow]) -> str:
    """How these runs ended, each of another format."""
    states = {run.state for run in runs}
    return states.pop() if len(states) == 1 else ", ".join(f"{run.prefix} {run.state}" for run in runs)


def _problems(standing: SourceStanding) -> Iterator[Problem]:
    for incident in standing.incidents:
        what = "" if incident.subject == standing.name else f"{incident.what}; "
        yield Problem(why=what + incident.why, todo=incident.todo, see=incident.see)
    known = {incident.see for incident in standing.incidents}
    for status in standing.status.formats:
        for run in standing.runs[status.prefix]:
            if f"harvester runs {run.id}" not in known:
                yield from _doubts(standing.name, run, is_at_work=standing.at_work is not None)
        if status.last_run and (rejected := status.last_run.counts.rejected):
            yield Problem(
                why=f"{status.prefix}: {counted(rejected, 'record')} rejected: harvester runs {status.last_run.id}"
            )
    for notice in standing.notices:
        yield Problem(why=notice.what, todo=notice.todo)


def _doubts(source: str, run: RunRow, *, is_at_work: bool) -> Iterator[Problem]:
    what = f"comparison of {run.prefix}" if run.kind == "reconcile" else run.prefix
    if run.state == "running" and not is_at_work:
        yield Problem(why=f"{what}: {CRASHED}")
    elif run.error and run.interrupted:
        yield Problem(why=f"{what}: {run.error}")  # a person need not do anything
    elif run.error:
        why, todo = _doubt(source, run.error)
        yield Problem(why=f"{what}: {why}", todo=todo or None)


def _doubt(source: str, error: str) -> tuple[str, str]:
    """A doubt as cause and remedy. If the end of a list was accepted, the error contains no remedy."""
    if error.endswith(lists.BELIEVED):
        return (
            error,
            f"`harvester harvest {source} --full` requests it again; if nothing changes, tell its administrator",
        )
    return cause_and_remedy(error, "")
