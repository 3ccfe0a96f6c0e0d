"""`harvester store`: moves a store to another kind of database."""

from __future__ import annotations

from pathlib import Path

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, Group, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import shown
from harvester.config.settings import SQLITE


@click.group(cls=Group)
def command() -> None:
    """Moves a store to another kind of database."""


@command.command("copy", cls=Command)
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
@pass_common
def copy_(common: Common, origin: str, target: str) -> None:
    """Copies the store FROM into the new one TO, and compares both row by row.

    Each is an address as in `[store] url`: sqlite:/// and a path, or postgresql://user@host/database. A password is
    read from the variable PGPASSWORD or from ~/.pgpass. Stop the daemon first: nothing may write meanwhile.
    """
    config = common.load()
    addresses = [
        f"{SQLITE}{Path(one.removeprefix(SQLITE)).absolute()}" if one.startswith(SQLITE) else one
        for one in (origin, target)
    ]
    with shown(common):
        numbers = pipeline.copy_store(config, *addresses)
    if common.json:
        as_json(origin=origin, target=target, rows=numbers)
    common.say(
        f"Copied and compared: {numbers['record']:,} records, {numbers['article']:,} articles, "
        f"{numbers['batch']:,} deposit files."
    )
    common.say(f'Next: set [store] url = "{target}", and run harvester doctor.')
