"""`harvester status`: a traffic light for each source, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import click
from msgspec import Struct, structs

from harvester import documents, store
from harvester.checking.configured import Leftover, Notice, configured_statuses, leftovers, notices
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.tables import table
from harvester.cli.terminal import Tone, echo
from harvester.config import Config, Source
from harvester.counting import counted
from harvester.daemon.due import Task, source_tasks, waiting_until
from harvester.daemon.incidents import (
    CRASHED,
    Incident,
    cause_and_remedy,
    incident_of_neglect,
    local_time,
    source_incidents,
)
from harvester.harvesting import lists
from harvester.store import FormatStatus, Overview, RunRow, SourceStatus
from harvester.system import locks

Light = Literal["good", "wait", "look", "bad"]
LIGHTS: dict[Light, str] = {  # the worst first
    "bad": "needs a person",
    "wait": "is not complete yet",
    "look": "works, but look at it",
    "good": "works",
}

_TONES: dict[Light, Tone] = {"bad": "error", "wait": "info", "look": "warning", "good": "good"}


class _SourceState(Struct, frozen=True, kw_only=True):
    """The state of one source. `runs` are those that say how it is, by format, oldest first."""

    source: SourceStatus
    harvest: Task | None
    comparison: Task | None
    runs: dict[str, tuple[RunRow, ...]]
    incidents: tuple[Incident, ...]
    waiting_until: datetime | None
    at_work: locks.Holder | None
    notices: Sequence[Notice]

    @property
    def is_due(self) -> bool:
        return any(task is not None and task.due for task in (self.harvest, self.comparison))


@click.command(cls=Command)
@pass_common
def command(common: Common) -> None:
    """Shows the state of each source: whether it works, its last complete harvest, the next one, what is wrong.

    The same of the comparisons with its provider.
    """
    config, now = common.load(), datetime.now(UTC)
    common.say_if_read_only(config)
    with store.open_overview(config.store_url) as overview:
        stored = configured_statuses(config, overview)
        noticed, left = notices(config, overview), leftovers(config, overview)
        states = [
            _state(config, overview, _status(source, stored), noticed.get(name, ()), now)
            for name, source in config.sources.items()
        ]
        deposits = _deposits(config, overview)
    if common.json:
        rows = [_document(state) for state in states]
        as_json(sources=rows, leftovers=[_leftover(one) for one in left], deposits=deposits)
        return
    common.say_where_to_begin(config)
    for state in states:
        _print(config, state, now)
    if states:
        _print_tables(config, [state.source for state in states])
    if deposits:
        _print_deposits(deposits)
    if any(state.is_due for state in states) and not locks.holder(config.locks_dir, "daemon"):
        common.say("What is due comes with harvester daemon, or with harvester harvest --due.")
    for one in left:
        common.say(one.sentence())


class _Deposits(Struct, frozen=True):
    """What became of the DOIs that were sent to Crossref."""

    system: str
    states: dict[str, int]
    login_refused: bool


def _deposits(config: Config, overview: Overview) -> _Deposits | None:
    """`None` while nothing is sent."""
    if config.crossref is None or config.crossref.deposit == "off":
        return None
    system = config.crossref.deposit
    states = overview.registrations("crossref", system)
    return _Deposits(system, states, overview.is_login_refused("crossref", system))


def _print_deposits(deposits: _Deposits) -> None:
    states = ", ".join(f"{number:,} {state.replace('_', ' ')}" for state, number in sorted(deposits.states.items()))
    echo()
    echo(f"Crossref ({deposits.system}): {states or 'nothing sent yet'}; harvester deposits says more.")
    if deposits.login_refused:
        echo("Crossref refuses the login, so nothing is sent; harvester deposit says why.", tone=_TONES["bad"])


def _state(
    config: Config, overview: Overview, status: SourceStatus, noticed: Sequence[Notice], now: datetime
) -> _SourceState:
    source = config.sources[status.source]
    tasks = {task.kind: task for task in source_tasks(config, overview, source.name, now)}
    at_work = locks.holder(config.locks_dir, f"source-{source.name}")
    incidents = source_incidents(overview, source)
    if not at_work and not incidents:
        incidents = [overdue for task in tasks.values() if (overdue := incident_of_neglect(task, now))]
    return _SourceState(
        source=status,
        harvest=tasks.get("harvest"),
        comparison=tasks.get("reconcile"),
        runs={one.prefix: _decisive_runs(overview, source.name, one) for one in status.formats},
        incidents=tuple(incidents),
        waiting_until=waiting_until(overview, source, now),
        at_work=at_work,
        notices=noticed,
    )


def _decisive_runs(overview: Overview, name: str, status: FormatStatus) -> tuple[RunRow, ...]:
    """The newest harvest of a format, its newest comparison, and its newest run, which may have had a range of dates.

    What one of them said stays true when another one follows.
    """
    runs = (overview.newest_run(name, status.prefix), status.last_comparison, status.last_run)
    newest = {run.id: run for run in runs if run}
    return tuple(newest[run_id] for run_id in sorted(newest))


def _print_tables(config: Config, sources: Sequence[SourceStatus]) -> None:
    head = ("source", "format", "live", "deleted", "last complete", "last run", "new", "changed", "rejected")
    rows = [row for source in sources for row in _rows(config, source)]
    table(head, rows, optional=("deleted", "new", "changed", "rejected"))
    echo()
    table(("source", "ready", "held back"), [(status.source, status.ready, status.held_back) for status in sources])


def _status(source: Source, stored: Mapping[str, SourceStatus]) -> SourceStatus:
    """The status of a source with a row for every configured format, also for those that were never harvested."""
    status = store.status_or_empty(source.name, source.url, stored.get(source.name))
    rows = {row.prefix: row for row in status.formats}
    formats = tuple(rows.get(prefix) or FormatStatus(prefix=prefix) for prefix in source.formats)
    return structs.replace(status, formats=formats)


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


def _light(state: _SourceState) -> Light:
    formats = [(status, state.runs[status.prefix]) for status in state.source.formats]
    return light(formats, state.incidents, state.notices)


def _light_of(run: RunRow) -> Light:
    if run.state in ("running", "waiting") or run.interrupted:
        return "wait"
    return "look" if run.state != "complete" or run.error else "good"


def _print(config: Config, state: _SourceState, now: datetime) -> None:
    shown = _light(state)
    echo(f"{state.source.source} {LIGHTS[shown]}", tone=_TONES[shown])
    for name, words in (*_facts(config, state, now), *_comparison_facts(config, state, now), *_problems(state)):
        echo(f"  {name:<6} {words}")
    echo()


def _facts(config: Config, state: _SourceState, now: datetime) -> Iterator[tuple[str, str]]:
    completes = [status.last_complete for status in state.source.formats]
    ends = [run.finished for run in completes if run and run.finished]
    yield "last", f"complete {local_time(min(ends), config.zone)}" if len(ends) == len(completes) else "never complete"
    if state.at_work:
        yield "now", _progress(config, state.at_work, state.source.formats)
    else:
        yield "next", _next(config, state.harvest, now)
    if state.waiting_until:
        yield "waits", f"until {local_time(state.waiting_until, config.zone)}, as its provider asks"


def _comparison_facts(config: Config, state: _SourceState, now: datetime) -> Iterator[tuple[str, str]]:
    """When it was last compared with its provider and how that ended, and when that comes next."""
    last = [status.last_comparison for status in state.source.formats if status.last_comparison]
    if last:
        when = local_time(min(run.finished or run.started for run in last), config.zone)
        yield "last", f"comparison {when}, {_endings(last)}"
    elif state.comparison:
        yield "last", "never compared"
    if state.comparison:
        yield "next", f"comparison {_next(config, state.comparison, now)}"


def _endings(runs: Sequence[RunRow]) -> str:
    """How these runs ended, each of another format."""
    states = {run.state for run in runs}
    return states.pop() if len(states) == 1 else ", ".join(f"{run.prefix} {run.state}" for run in runs)


def _progress(config: Config, at_work: locks.Holder, formats: Sequence[FormatStatus]) -> str:
    runs = [status.last_run for status in formats if status.last_run and status.last_run.state == "running"]
    pages = "".join(f", {counted(run.pages, 'page')} of {run.prefix} so far" for run in runs)
    return f"at work since {local_time(at_work.since, config.zone)}{pages}"


def _next(config: Config, task: Task | None, now: datetime) -> str:
    if task is None:
        return "no schedule"
    if task.due is None:
        return local_time(task.next, config.zone)
    return "now" if task.due >= now else f"now, due since {local_time(task.due, config.zone)}"


def _problems(state: _SourceState) -> Iterator[tuple[str, str]]:
    """What needs a person, and then what is doubtful in addition."""
    source = state.source.source
    for incident in state.incidents:
        what = "" if incident.subject == source else f"{incident.what}; "
        yield from (("why", what + incident.why), ("to do", incident.todo), ("see", incident.see))
    known = {incident.see for incident in state.incidents}
    for status in state.source.formats:
        for run in state.runs[status.prefix]:
            if f"harvester runs {run.id}" not in known:
                yield from _doubts(source, run, is_at_work=state.at_work is not None)
        if status.last_run and (rejected := status.last_run.counts.rejected):
            yield "why", f"{status.prefix}: {counted(rejected, 'record')} rejected: harvester runs {status.last_run.id}"
    for notice in state.notices:
        yield from (("why", notice.what), ("to do", notice.todo))


def _doubts(source: str, run: RunRow, *, is_at_work: bool) -> Iterator[tuple[str, str]]:
    what = f"comparison of {run.prefix}" if run.kind == "reconcile" else run.prefix
    if run.state == "running" and not is_at_work:
        yield "why", f"{what}: {CRASHED}"
    elif run.error and run.interrupted:
        yield "why", f"{what}: {run.error}"  # a person need not do anything
    elif run.error:
        why, todo = _doubt(source, run.error)
        yield "why", f"{what}: {why}"
        if todo:
            yield "to do", todo


def _doubt(source: str, error: str) -> tuple[str, str]:
    """A doubt as cause and remedy. If the end of a list was accepted, the error contains no remedy."""
    if error.endswith(lists.BELIEVED):
        return (
            error,
            f"`harvester harvest {source} --full` requests it again; if nothing changes, tell its administrator",
        )
    return cause_and_remedy(error, "")


def _rows(config: Config, source: SourceStatus) -> Iterator[tuple[object, ...]]:
    for status in source.formats:
        complete, run = status.last_complete, status.last_run
        when = local_time(complete.finished or complete.started, config.zone) if complete else "never"
        counts = (run.counts.new, run.counts.changed, run.counts.rejected) if run else ("", "", "")
        last = run.state if run else "never"
        yield source.source, status.prefix, status.live, status.deleted, when, last, *counts


def _document(state: _SourceState) -> dict[str, object]:
    harvest, comparison = state.harvest, state.comparison
    return {
        **documents.of_source(state.source),
        "light": _light(state),
        "trouble": state.incidents[0] if state.incidents else None,
        "troubles": state.incidents,
        "due_since": harvest.due if harvest else None,
        "next_run": harvest.next if harvest else None,
        "comparison_due_since": comparison.due if comparison else None,
        "next_comparison": comparison.next if comparison else None,
        "waiting_until": state.waiting_until,
        "at_work_since": state.at_work.since if state.at_work else None,
        "notices": state.notices,
    }


def _leftover(one: Leftover) -> dict[str, object]:
    return {**structs.asdict(one), "command": one.command}
