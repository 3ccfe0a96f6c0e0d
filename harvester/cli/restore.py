"""`harvester restore`."""

from __future__ import annotations

from pathlib import Path

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_common
def command(common: Common, file: Path) -> None:
    """Puts the copy FILE in the place of the store, after checking it.

    The store that was there is kept under another name, together with its log. Stop the daemon first: nothing is
    changed while a harvest, an export or another program uses the store.
    """
    config = common.load()
    kept = pipeline.restore(config, file)
    store = config.store_path
    if common.json:
        as_json(store=str(store), kept=None if kept is None else str(kept))
    common.say(f"{file} is in place as {store}.")
    if kept is not None:
        common.say(f"The store that was there is kept as {kept}; delete it when you do not need it any more.")
    common.say(
        "Next: harvester harvest fetches what came since. Exports since are written again: harvester docs operations."
    )
