"""`harvester schedule`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.config.schedule import Schedule, in_words, next_after
from harvester.standing.due import Task, scheduled_tasks
from harvester.standing.moments import local_time


@click.command(cls=Command)
@click.option("--next", "count", type=click.IntRange(1, 100), default=1, show_default=True, help="How many moments.")
@pass_common
def command(common: Common, count: int) -> None:
    """Says when each task was last done, whether it is due now and when it comes next, in the configured time zone.

    The tasks are the harvest of each source, its comparison with the provider, the export and the report.

    The daemon and `harvester harvest --due` follow the same plan.
    """
    config, now = common.load(), datetime.now(UTC)
    with opened(common, config) as store:
        tasks = scheduled_tasks(config, store, now)
    if common.json:
        as_json(zone=config.zone, schedule=[_document(task, count) for task in tasks])
        return
    cells = [
        (
            task.name,
            local_time(task.last, config.zone) if task.last else "never",
            "now" if task.due else "",
            *_cells(_next(task, count), count, config.zone),
            _words(task.schedule),
        )
        for task in tasks
    ]
    common.say_where_to_begin(config)
    if cells:
        table(("source", "last", "due", "next", *("then",) * (count - 1), "in words"), cells)
    for name in config.sources.keys() - config.schedules().keys():
        echo(f"{name} has no schedule; it is harvested only when someone says so.")


def _next(task: Task, count: int) -> list[datetime]:
    moments = [task.next]
    while task.schedule and len(moments) < count:
        moments.append(next_after(task.schedule, moments[-1]))
    return moments


def _cells(moments: Sequence[datetime], count: int, zone: str) -> list[str]:
    return [local_time(moment, zone) for moment in moments] + [""] * (count - len(moments))


def _words(schedule: Schedule | None) -> str:
    if schedule is None:
        return "when a result is due"
    minutes, seconds = divmod(schedule.delay, 60)
    delay = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    return in_words(schedule.expression) + (f", {delay} later" if schedule.delay else "")


def _document(task: Task, count: int) -> dict[str, object]:
    return {
        "source": task.name,
        "schedule": task.schedule.expression if task.schedule else None,
        "words": _words(task.schedule),
        "last": task.last,
        "due_since": task.due,
        "next": _next(task, count),
    }
