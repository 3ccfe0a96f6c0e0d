"""`harvester runs`."""

from __future__ import annotations

import click
import msgspec

from harvester import documents
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.config import Config, select_sources
from harvester.counting import counted
from harvester.errors import HarvesterError
from harvester.standing.moments import local_time
from harvester.store import Run, RunWindow, Store

SHOWN = 20  # lines of one kind
_LONGEST_ID = 18  # digits: SQLite has integers of 64 bits
_COUNTS = ("new", "changed", "deleted", "unchanged", "rejected")


@click.command(cls=Command)
@click.argument("name", required=False, metavar="[NAME|ID]")
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=20, show_default=True, help="How many, newest first."
)
@pass_common
def command(common: Common, name: str | None, limit: int) -> None:
    """Lists the last harvests, of one source or all; with the number of one, shows it."""
    config = common.load()
    with opened(common, config) as store:
        if name and name.isascii() and name.isdigit() and name not in config.sources:
            if len(name) > _LONGEST_ID:
                raise _no_run(name)
            _show(common, config, store, int(name))
            return
        runs = store.runs.latest(limit, name)
    if common.json:
        as_json(runs=[documents.of_run(run) for run in runs])
        return
    rows = [(*_facts(config, run), *(getattr(run.counts, count) for count in _COUNTS)) for run in runs]
    if not rows:
        if name:
            select_sources(config, [name])  # raises if the name is unknown
        common.say(f"There is no run of {name} yet." if name else "There is no run yet.")
        return
    table(("run", "source", "format", "started", "kind", "state", "pages", *_COUNTS), rows, optional=_COUNTS)
    for run in runs:
        if run.error:
            common.say(f"run {run.id} ({run.source}, {run.prefix}): {run.error}")


def _show(common: Common, config: Config, store: Store, run_id: int) -> None:
    try:
        run = store.runs.get(run_id)
    except LookupError:
        raise _no_run(str(run_id)) from None
    rejected = store.records.rejections(run_id)
    if common.json:
        as_json(**documents.of_one_run(run, rejected))
        return
    echo(f"run {run.id}: {run.source}, {run.prefix}, {run.kind}, {run.state}")
    echo(f"  began     {local_time(run.started, config.zone)}")
    echo(f"  ended     {local_time(run.finished, config.zone) if run.finished else 'not yet'}")
    echo(f"  records   {', '.join(f'{name} {count}' for name, count in msgspec.structs.asdict(run.counts).items())}")
    echo(f"  requests  {counted(len(run.windows), 'window')}, {counted(run.pages, 'page')}")
    if run.error:
        echo(f"  says      {run.error}")
    if run.wait_until:
        echo(f"  waits     until {local_time(run.wait_until, config.zone)}")
    left = [window for window in run.windows if window.state != "done"]
    for window in left[:SHOWN]:
        echo(f"  open      {_words(window)}")
    for record in rejected[:SHOWN]:
        echo(f"  rejected  {record.identifier or 'a record without an identifier'}: {record.reason}")
    if len(rejected) > SHOWN:
        echo(f"  and {len(rejected) - SHOWN} more rejected: harvester runs {run.id} --json")


def _no_run(run_id: str) -> HarvesterError:
    return HarvesterError(f"There is no run {run_id}; harvester runs lists those there are.")


def _words(window: RunWindow) -> str:
    request = window.window
    bounds = [f"set {request.set_spec}" if request.set_spec else "", f"from {request.since}" if request.since else ""]
    bounds += [f"until {request.until}" if request.until else "", f"{counted(window.pages, 'page')} so far"]
    return ", ".join(filter(None, bounds))


def _facts(config: Config, run: Run) -> tuple[object, ...]:
    return run.id, run.source, run.prefix, local_time(run.started, config.zone), run.kind, run.state, run.pages
