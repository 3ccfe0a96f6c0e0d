"""`harvester status`: a traffic light for each source, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import click
from msgspec import Struct, structs

from harvester import store
from harvester.checking.configured import Leftover, Notice, configured_statuses, leftovers, notices
from harvester.cli import documents
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json, counted
from harvester.cli.tables import table
from harvester.cli.terminal import Tone, echo
from harvester.config import Config, Source
from harvester.daemon.due import RunTable, Task, harvest_tasks, waiting_until
from harvester.daemon.incidents import (
    CRASHED,
    Incident,
    cause_and_remedy,
    incident_of_neglect,
    local_time,
    source_incident,
)
from harvester.harvesting import lists
from harvester.store import FormatStatus, SourceStatus
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
    """The state of one source."""

    source: SourceStatus
    task: Task | None
    incident: Incident | None
    waiting_until: datetime | None
    at_work: locks.Holder | None
    notices: Sequence[Notice]


@click.command(cls=Command)
@pass_common
def command(common: Common) -> None:
    """Says how each source stands: whether it works, its last complete harvest, the next one, what is wrong."""
    config, now = common.load(), datetime.now(UTC)
    common.say_if_read_only(config)
    with store.open_overview(config.store_url) as overview:
        tasks = {task.subject: task for task in harvest_tasks(config, overview, now)}
        stored = configured_statuses(config, overview.status())
        noticed, left = notices(config, overview), leftovers(config, overview)
        states = [
            _state(config, overview, _status(source, stored), tasks.get(name), noticed.get(name, ()), now)
            for name, source in config.sources.items()
        ]
    if common.json:
        as_json(sources=[_document(state) for state in states], leftovers=[_leftover(one) for one in left])
        return
    common.say_where_to_begin(config)
    for state in states:
        _print(config, state, now)
    if states:
        _print_tables(config, [state.source for state in states])
    if any(state.task and state.task.due for state in states) and not locks.holder(config.locks_dir, "daemon"):
        common.say("What is due comes with harvester daemon, or with harvester harvest --due.")
    for one in left:
        common.say(one.sentence())


def _state(
    config: Config,
    overview: RunTable,
    status: SourceStatus,
    task: Task | None,
    noticed: Sequence[Notice],
    now: datetime,
) -> _SourceState:
    source = config.sources[status.source]
    at_work = locks.holder(config.locks_dir, f"source-{source.name}")
    incident = source_incident(overview, source)
    if task and not at_work:
        incident = incident or incident_of_neglect(source.name, task.due, now)
    waits = waiting_until(overview, source, now)
    return _SourceState(
        source=status, task=task, incident=incident, waiting_until=waits, at_work=at_work, notices=noticed
    )


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


def light(formats: Sequence[FormatStatus], incident: Incident | None, noticed: Sequence[Notice] = ()) -> Light:
    """The light of a source: bad if there is an incident, or else that of its worst format or of its notices."""
    lights = ["bad" if incident else "look" if noticed else "good", *map(_light_of, formats)]
    return next(worst for worst in LIGHTS if worst in lights)


def _light(state: _SourceState) -> Light:
    return light(state.source.formats, state.incident, state.notices)


def _light_of(status: FormatStatus) -> Light:
    run = status.last_run
    if run is None or run.state in ("running", "waiting") or run.interrupted:
        return "wait"
    return "look" if run.state != "complete" or run.error or run.counts.rejected else "good"


def _print(config: Config, state: _SourceState, now: datetime) -> None:
    shown = _light(state)
    echo(f"{state.source.source} {LIGHTS[shown]}", tone=_TONES[shown])
    for name, words in (*_facts(config, state, now), *_problems(state)):
        echo(f"  {name:<6} {words}")
    echo()


def _facts(config: Config, state: _SourceState, now: datetime) -> Iterator[tuple[str, str]]:
    completes = [status.last_complete for status in state.source.formats]
    ends = [run.finished for run in completes if run and run.finished]
    yield "last", f"complete {local_time(min(ends), config.zone)}" if len(ends) == len(completes) else "never complete"
    if state.at_work:
        yield "now", _progress(config, state.at_work, state.source.formats)
    else:
        yield "next", _next(config, state.task, now)
    if state.waiting_until:
        yield "waits", f"until {local_time(state.waiting_until, config.zone)}, as its provider asks"


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
    incident = state.incident
    if incident:
        yield from (("why", incident.why), ("to do", incident.todo), ("see", incident.see))
    for status in state.source.formats:
        run = status.last_run
        if run and run.state == "running" and not state.at_work:
            yield "why", f"{status.prefix}: {CRASHED}"
        elif run and run.error and run.interrupted:
            yield "why", f"{status.prefix}: {run.error}"  # a person need not do anything
        elif run and run.error and not (incident and incident.see.endswith(f" {run.id}")):
            why, todo = _doubt(state.source.source, run.error)
            yield "why", f"{status.prefix}: {why}"
            if todo:
                yield "to do", todo
        if run and run.counts.rejected:
            yield "why", f"{status.prefix}: {counted(run.counts.rejected, 'record')} rejected: harvester runs {run.id}"
    for notice in state.notices:
        yield from (("why", notice.what), ("to do", notice.todo))


def _doubt(source: str, error: str) -> tuple[str, str]:
    """A doubt as cause and remedy. If the end of a list was accepted, the error contains no remedy."""
    if error.endswith(lists.BELIEVED):
        return error, f"`harvester harvest {source} --full` asks again; if it stays so, tell its administrator"
    return cause_and_remedy(error, "")


def _rows(config: Config, source: SourceStatus) -> Iterator[tuple[object, ...]]:
    for status in source.formats:
        complete, run = status.last_complete, status.last_run
        when = local_time(complete.finished or complete.started, config.zone) if complete else "never"
        counts = (run.counts.new, run.counts.changed, run.counts.rejected) if run else ("", "", "")
        last = run.state if run else "never"
        yield source.source, status.prefix, status.live, status.deleted, when, last, *counts


def _document(state: _SourceState) -> dict[str, object]:
    return {
        **documents.of_source(state.source),
        "light": _light(state),
        "trouble": state.incident,
        "due_since": state.task.due if state.task else None,
        "next_run": state.task.next if state.task else None,
        "waiting_until": state.waiting_until,
        "at_work_since": state.at_work.since if state.at_work else None,
        "notices": state.notices,
    }


def _leftover(one: Leftover) -> dict[str, object]:
    return {**structs.asdict(one), "command": one.command}
