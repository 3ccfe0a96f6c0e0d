"""`harvester status`: a traffic light for each source, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

import click
from msgspec import Struct, structs

from harvester import store
from harvester.cli import documents
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json, counted, line, table
from harvester.config import Config
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


class _Stand(Struct, frozen=True, kw_only=True):
    """How one source stands."""

    source: SourceStatus
    plan: Task | None
    trouble: Incident | None
    waiting_until: datetime | None
    at_work: locks.Holder | None


@click.command(cls=Command)
@pass_common
def command(common: Common) -> None:
    """Says how each source stands: whether it works, its last complete harvest, the next one, what is wrong."""
    config, now = common.load(), datetime.now(UTC)
    with store.open_overview(config.store_url) as seen:
        stored = {one.source: one for one in seen.status()}
        plans = {plan.subject: plan for plan in harvest_tasks(config, seen, now)}
        stands = [
            _stand(config, seen, _whole(config, name, stored.pop(name, None)), plans.get(name), now)
            for name in config.sources
        ]
    if common.json:
        as_json(sources=[_document(stand) for stand in stands])
        return
    common.say_where_to_begin(config)
    for stand in stands:
        _print(config, stand, now)
    if stands:
        _print_tables(config, [stand.source for stand in stands])
    if any(stand.plan and stand.plan.due for stand in stands) and not locks.holder(config.locks_dir, "daemon"):
        common.say("What is due comes with harvester daemon, or with harvester harvest --due.")
    for name in stored:
        common.say(f"The store also has {name}, which is not in {config.path}.")


def _stand(config: Config, seen: RunTable, status: SourceStatus, plan: Task | None, now: datetime) -> _Stand:
    source = config.sources[status.source]
    at_work = locks.holder(config.locks_dir, f"source-{source.name}")
    trouble = source_incident(seen, source)
    if plan and not at_work:
        trouble = trouble or incident_of_neglect(source.name, plan.due, now)
    waits = waiting_until(seen, source, now)
    return _Stand(source=status, plan=plan, trouble=trouble, waiting_until=waits, at_work=at_work)


def _print_tables(config: Config, sources: Sequence[SourceStatus]) -> None:
    head = ("source", "format", "live", "deleted", "last complete", "last run", "new", "changed", "rejected")
    table(head, [row for source in sources for row in _rows(config, source)])
    line()
    table(("source", "ready", "held back"), [(one.source, one.ready, one.held_back) for one in sources])


def _whole(config: Config, name: str, stored: SourceStatus | None) -> SourceStatus:
    """The status with a row for every configured format, also for one that never had its turn."""
    status = store.status_or_empty(name, config.sources[name].url, stored)
    held = {one.prefix: one for one in status.formats}
    prefixes = dict.fromkeys((*config.sources[name].formats, *held))
    formats = tuple(held.get(prefix) or FormatStatus(prefix=prefix) for prefix in prefixes)
    return structs.replace(status, formats=formats)


def light(formats: Sequence[FormatStatus], trouble: Incident | None) -> Light:
    """What needs a person first; else the worst of the formats decides."""
    lights = ["bad" if trouble else "good", *(_light_of(one) for one in formats)]
    return next(one for one in LIGHTS if one in lights)


def _light_of(status: FormatStatus) -> Light:
    run = status.last_run
    if run is None or run.state in ("running", "waiting") or run.interrupted:
        return "wait"
    return "look" if run.state != "complete" or run.error or run.counts.rejected else "good"


def _print(config: Config, stand: _Stand, now: datetime) -> None:
    line(f"{stand.source.source} {LIGHTS[light(stand.source.formats, stand.trouble)]}")
    for name, words in (*_facts(config, stand, now), *_wrong(stand)):
        line(f"  {name:<6} {words}")
    line()


def _facts(config: Config, stand: _Stand, now: datetime) -> Iterator[tuple[str, str]]:
    completes = [one.last_complete for one in stand.source.formats]
    ends = [run.finished for run in completes if run and run.finished]
    yield "last", f"complete {local_time(min(ends), config.zone)}" if len(ends) == len(completes) else "never complete"
    if stand.at_work:
        yield "now", _progress(config, stand.at_work, stand.source.formats)
    else:
        yield "next", _next(config, stand.plan, now)
    if stand.waiting_until:
        yield "waits", f"until {local_time(stand.waiting_until, config.zone)}, as its provider asks"


def _progress(config: Config, at_work: locks.Holder, formats: Sequence[FormatStatus]) -> str:
    runs = [one.last_run for one in formats if one.last_run and one.last_run.state == "running"]
    pages = "".join(f", {counted(run.pages, 'page')} of {run.prefix} so far" for run in runs)
    return f"at work since {local_time(at_work.since, config.zone)}{pages}"


def _next(config: Config, plan: Task | None, now: datetime) -> str:
    if plan is None:
        return "no schedule"
    if plan.due is None:
        return local_time(plan.next, config.zone)
    return "now" if plan.due >= now else f"now, due since {local_time(plan.due, config.zone)}"


def _wrong(stand: _Stand) -> Iterator[tuple[str, str]]:
    """What needs a person, then what is doubtful besides."""
    trouble = stand.trouble
    if trouble:
        yield from (("why", trouble.why), ("to do", trouble.todo), ("see", trouble.see))
    for one in stand.source.formats:
        run = one.last_run
        if run and run.state == "running" and not stand.at_work:
            yield "why", f"{one.prefix}: {CRASHED}"
        elif run and run.error and run.interrupted:
            yield "why", f"{one.prefix}: {run.error}"  # its next step is ours
        elif run and run.error and not (trouble and trouble.see.endswith(f" {run.id}")):
            why, todo = _doubt(stand.source.source, run.error)
            yield "why", f"{one.prefix}: {why}"
            if todo:
                yield "to do", todo
        if run and run.counts.rejected:
            yield "why", f"{one.prefix}: {counted(run.counts.rejected, 'record')} rejected: harvester runs {run.id}"


def _doubt(source: str, said: str) -> tuple[str, str]:
    """A doubt as what it is and what to do: that a list was believed in the end is nothing to do."""
    if said.endswith(lists.BELIEVED):
        return said, f"`harvester harvest {source} --full` asks again; if it stays so, tell its administrator"
    return cause_and_remedy(said, "")


def _rows(config: Config, source: SourceStatus) -> Iterator[tuple[object, ...]]:
    for status in source.formats:
        complete, run = status.last_complete, status.last_run
        when = local_time(complete.finished or complete.started, config.zone) if complete else "never"
        counts = (run.counts.new, run.counts.changed, run.counts.rejected) if run else ("", "", "")
        last = run.state if run else "never"
        yield source.source, status.prefix, status.live, status.deleted, when, last, *counts


def _document(stand: _Stand) -> dict[str, object]:
    return {
        **documents.of_source(stand.source),
        "light": light(stand.source.formats, stand.trouble),
        "trouble": stand.trouble,
        "due_since": stand.plan.due if stand.plan else None,
        "next_run": stand.plan.next if stand.plan else None,
        "waiting_until": stand.waiting_until,
        "at_work_since": stand.at_work.since if stand.at_work else None,
    }
