"""`harvester schedule`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json, line, table
from harvester.daemon.due import export_due, planned, reconciling
from harvester.daemon.troubles import EXPORT, local
from harvester.schedule import Schedule, in_words, next_after

RECONCILE = "reconcile "


@click.command(cls=Command)
@click.option("--next", "count", type=click.IntRange(1, 100), default=1, show_default=True, help="How many moments.")
@pass_common
def command(common: Common, count: int) -> None:
    """Says what is due now and when each source is harvested next, in the time zone of the configuration.

    The daemon and `harvester harvest --due` follow the same plan.
    """
    config, now = common.load(), datetime.now(UTC)
    with pipeline.opened(config) as store:
        rows = [(plan.source, plan.schedule, plan.due) for plan in planned(config, store, now)]
        rows += [(f"{RECONCILE}{one.source}", one.schedule, one.due) for one in reconciling(config, store, now)]
        if exports := config.export_schedule():
            rows.append((EXPORT, exports, export_due(config, store, now)))
    if common.json:
        as_json(zone=config.zone, schedule=[_document(*row, now, count) for row in rows])
        return
    cells = [
        (name, "now" if due else "", *(local(moment, config.zone) for moment in _next(plan, now, count)), _words(plan))
        for name, plan, due in rows
    ]
    table(("source", "due", "next", *("then",) * (count - 1), "in words"), cells)
    for name in config.sources.keys() - config.schedules().keys():
        line(f"{name} has no schedule; it is harvested only when someone says so.")


def _next(schedule: Schedule, now: datetime, count: int) -> list[datetime]:
    moments = [next_after(schedule, now)]
    while len(moments) < count:
        moments.append(next_after(schedule, moments[-1]))
    return moments


def _words(schedule: Schedule) -> str:
    late = f", {schedule.late} s later" if schedule.late else ""
    return f"{in_words(schedule.expression)}{late}"


def _document(name: str, schedule: Schedule, due: datetime | None, now: datetime, count: int) -> dict[str, object]:
    return {
        "source": name,
        "schedule": schedule.expression,
        "words": _words(schedule),
        "due_since": due,
        "next": _next(schedule, now, count),
    }
