"""`harvester prune`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.counting import counted

_MOST_DAYS = 100_000  # 270 years; a date before the year 1 does not exist


@click.command(cls=Command)
@click.option(
    "--older-than", "days", type=click.IntRange(1, _MOST_DAYS), metavar="DAYS", required=True, help="How old, in days."
)
@pass_common
def command(common: Common, days: int) -> None:
    """Deletes what is superseded: earlier versions of records, old rejected records, runs that nothing refers to.

    The current records, the articles and the ledger of deposits stay. So do rejected records that are still missing.
    The file does not shrink; its space is used again. `harvester backup` writes a compact copy.
    """
    config = common.load()
    with opened(common, config) as store, shown(common):
        done = store.retention.prune(datetime.now(UTC) - timedelta(days=days))
    if common.json:
        as_json(versions=done.versions, rejected=done.rejected, runs=done.runs, payloads=done.payloads)
    common.say(
        f"Deleted: {counted(done.versions, 'earlier version')}, {counted(done.rejected, 'rejected record')}, "
        f"{counted(done.runs, 'run')}, {counted(done.payloads, 'payload')}."
    )
