"""`harvester status`: a traffic light for each source, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

import click
from msgspec import Struct, structs

from harvester import store
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json, counted, line, table
from harvester.config import Config
from harvester.daemon.due import Planned, planned, waiting_until
from harvester.daemon.troubles import Trouble, in_two, local, trouble_of
from harvester.store import FormatStatus, SourceStatus

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
    plan: Planned | None
    trouble: Trouble | None
    waiting_until: datetime | None


@click.command(cls=Command)
@pass_common
def command(common: Common) -> None:
    """Says how each source stands: whether it works, its last complete harvest, the next one, what is wrong."""
    config, now = common.load(), datetime.now(UTC)
    with store.glance(config.store_url) as seen:
        stored = {one.source: one for one in seen.status()}
        plans = {plan.subject: plan for plan in planned(config, seen, now)}
        stands = [
            _Stand(
                source=_whole(config, name, stored.pop(name, None)),
                plan=plans.get(name),
                trouble=trouble_of(seen, source),
                waiting_until=waiting_until(seen, source, now),
            )
            for name, source in config.sources.items()
        ]
    if common.json:
        as_json(sources=[_document(stand) for stand in stands])
        return
    for stand in stands:
        _print(config, stand)
    sources = [stand.source for stand in stands]
    head = ("source", "format", "live", "deleted", "last complete", "last run", "new", "changed", "rejected")
    table(head, [row for source in sources for row in _rows(config, source)])
    line()
    table(("source", "ready", "held back"), [(one.source, one.ready, one.held_back) for one in sources])
    for name in stored:
        common.say(f"The store also has {name}, which is not in {config.path}.")


def _whole(config: Config, name: str, stored: SourceStatus | None) -> SourceStatus:
    """The status with a row for every configured format, also for one that never had its turn."""
    stored = stored or SourceStatus(source=name, url=config.sources[name].url)
    held = {one.prefix: one for one in stored.formats}
    prefixes = dict.fromkeys((*config.sources[name].formats, *held))
    formats = tuple(held.get(prefix) or FormatStatus(prefix=prefix) for prefix in prefixes)
    return structs.replace(stored, formats=formats)


def light(formats: Sequence[FormatStatus], trouble: Trouble | None) -> Light:
    """What needs a person first; else the worst of the formats decides."""
    lights = ["bad" if trouble else "good", *(_light_of(one) for one in formats)]
    return next(one for one in LIGHTS if one in lights)


def _light_of(status: FormatStatus) -> Light:
    run = status.last_run
    if run is None or run.state in ("running", "waiting") or run.interrupted:
        return "wait"
    return "look" if run.state != "complete" or run.error or run.counts.rejected else "good"


def _print(config: Config, stand: _Stand) -> None:
    line(f"{stand.source.source} {LIGHTS[light(stand.source.formats, stand.trouble)]}")
    for name, words in (*_facts(config, stand), *_wrong(stand.source, stand.trouble)):
        line(f"  {name:<6} {words}")
    line()


def _facts(config: Config, stand: _Stand) -> Iterator[tuple[str, str]]:
    completes = [one.last_complete for one in stand.source.formats]
    ends = [run.finished for run in completes if run and run.finished]
    yield "last", f"complete {local(min(ends), config.zone)}" if len(ends) == len(completes) else "never complete"
    plan = stand.plan
    yield "next", "now" if plan and plan.due else local(plan.next, config.zone) if plan else "no schedule"
    if stand.waiting_until:
        yield "waits", f"until {local(stand.waiting_until, config.zone)}, as its provider asks"


def _wrong(source: SourceStatus, trouble: Trouble | None) -> Iterator[tuple[str, str]]:
    """What needs a person, then what is doubtful besides."""
    if trouble:
        yield from (("why", trouble.why), ("to do", trouble.todo), ("see", trouble.see))
    for one in source.formats:
        run = one.last_run
        if run and run.error and not (trouble and trouble.see.endswith(f" {run.id}")):
            why, todo = in_two(run.error, "")
            yield "why", f"{one.prefix}: {why}"
            if todo:
                yield "to do", todo
        if run and run.counts.rejected:
            yield "why", f"{one.prefix}: {counted(run.counts.rejected, 'record')} rejected: harvester runs {run.id}"


def _rows(config: Config, source: SourceStatus) -> Iterator[tuple[object, ...]]:
    for status in source.formats:
        complete, run = status.last_complete, status.last_run
        when = local(complete.finished or complete.started, config.zone) if complete else "never"
        counts = (run.counts.new, run.counts.changed, run.counts.rejected) if run else ("", "", "")
        last = run.state if run else "never"
        yield source.source, status.prefix, status.live, status.deleted, when, last, *counts


def _document(stand: _Stand) -> dict[str, object]:
    return {
        **structs.asdict(stand.source),
        "light": light(stand.source.formats, stand.trouble),
        "due_since": stand.plan.due if stand.plan else None,
        "next_run": stand.plan.next if stand.plan else None,
        "waiting_until": stand.waiting_until,
    }
