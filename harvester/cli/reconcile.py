"""`harvester reconcile`: exit codes as for `harvester harvest`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.harvest import exit_code, show
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.signals import stop_on_signals


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--confirm",
    is_flag=True,
    help="Let more records go than max_deletion_share, or a list that is shorter than it says, allow for.",
)
@pass_common
def command(common: Common, names: tuple[str, ...], confirm: bool) -> int:
    """Compares the store with each provider's whole list of identifiers.

    It finds deletions that were never announced, and records that came with old datestamps. Nothing is deleted that
    the provider still has when it is requested by identifier. Records that were rejected before are requested too; what
    the provider neither lists nor knows by its name is waited for no longer.
    """
    config = common.load()
    with opened(common, config) as store, stop_on_signals(common) as stop, shown(common):
        runs = pipeline.reconcile(config, store, names, now=lambda: datetime.now(UTC), confirm=confirm, stop=stop)
    if common.json:
        as_json(runs=runs)
    else:
        show(common, runs)
    return stop.code(exit_code(runs))
