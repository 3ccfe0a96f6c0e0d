"""`harvester runs`."""

from __future__ import annotations

import click
import msgspec

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json, table
from harvester.store import Run

_COUNTS = ("new", "changed", "deleted", "unchanged", "rejected")


@click.command(cls=Command)
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
@pass_common
def command(common: Common, name: str | None, limit: int) -> None:
    """Lists the last harvests, of one source or all."""
    config = common.load()
    with pipeline.opened(config) as store:
        runs = store.runs(limit, name)
    if common.json:
        as_json(runs=[_document(run) for run in runs])
        return
    rows = [(*_facts(run), *(getattr(run.counts, count) for count in _COUNTS)) for run in runs]
    table(("run", "source", "format", "started (UTC)", "kind", "state", "pages", *_COUNTS), rows)
    for run in runs:
        if run.error:
            common.say(f"run {run.id} ({run.source}, {run.prefix}): {run.error}")


def _facts(run: Run) -> tuple[object, ...]:
    return run.id, run.source, run.prefix, f"{run.started:%Y-%m-%d %H:%M:%S}", run.kind, run.state, run.pages


def _document(run: Run) -> dict[str, object]:
    facts = msgspec.structs.asdict(run)
    counts = msgspec.structs.asdict(facts.pop("counts"))
    del facts["windows"]
    return {"id": facts.pop("id"), "source": facts.pop("source"), "format": facts.pop("prefix"), **facts, **counts}
