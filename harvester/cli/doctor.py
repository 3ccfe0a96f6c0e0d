"""`harvester doctor`: exit code 0 if nothing is wrong, 1 if something is."""

from __future__ import annotations

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.terminal import echo


@click.command(cls=Command)
@click.option("--deep", is_flag=True, help="Read every stored payload and hold it against its hash.")
@pass_common
def command(common: Common, deep: bool) -> int:
    """Looks for damage in the store: its structure, its references, with --deep every byte that was received."""
    config = common.load()
    with opened(common, config) as store, shown(common):
        faults = store.check_integrity(deep=deep)
    if common.json:
        as_json(faults=faults)
    else:
        for fault in faults:
            echo(fault)
    if faults:
        common.say("Stop the daemon and put a backup in the store's place: harvester restore FILE.")
    else:
        common.say("The store is sound." if deep else "The store is sound; --deep reads every payload too.")
    return 1 if faults else 0
