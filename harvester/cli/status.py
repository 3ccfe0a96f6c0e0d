"""`harvester status`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json, line, table
from harvester.config import Config
from harvester.store import FormatStatus, SourceStatus


@click.command(cls=Command)
@pass_common
def command(common: Common) -> None:
    """Says how each source stands: its records, its last complete harvest, what went wrong since."""
    config = common.load()
    with pipeline.opened(config) as store:
        stored = {one.source: one for one in store.status()}
    sources = [stored.pop(name, SourceStatus(source=name, url=source.url)) for name, source in config.sources.items()]
    if common.json:
        as_json(sources=sources)
        return
    head = ("source", "format", "live", "deleted", "last complete", "last run")
    table(head, [row for source in sources for row in _rows(config, source)])
    line()
    table(("source", "ready", "held back"), [(one.source, one.ready, one.held_back) for one in sources])
    for name in stored:
        common.say(f"The store also has {name}, which is not in {config.path}.")
    for source in sources:
        for error in filter(None, (_trouble(status) for status in source.formats)):
            common.say(f"{source.source}: {error}")


def _rows(config: Config, source: SourceStatus) -> Iterator[tuple[object, ...]]:
    harvested = {status.prefix: status for status in source.formats}
    for prefix in dict.fromkeys((*config.sources[source.source].formats, *harvested)):
        status = harvested.get(prefix) or FormatStatus(prefix=prefix)
        complete = status.last_complete
        when = f"{complete.started:%Y-%m-%d %H:%M} UTC" if complete else "never"
        state = status.last_run.state if status.last_run else "never"
        yield source.source, prefix, status.live, status.deleted, when, state


def _trouble(status: FormatStatus) -> str | None:
    run = status.last_run
    return f"{status.prefix}: {run.error or run.state}" if run and run.state != "complete" else None
