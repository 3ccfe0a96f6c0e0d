"""`harvester backup`."""

from __future__ import annotations

from pathlib import Path

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.store import how_to_restore
from harvester.system import locks


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_common
def command(common: Common, file: Path) -> None:
    """Copies the store into FILE, whole and compact, while harvests may run.

    An older copy is replaced, and nothing else.
    """
    config = common.load()
    lock = locks.hold(config.locks, "backup", what=f"backup to {file}")
    with opened(common, config) as store, lock, shown(common):
        store.backup(file.absolute())
    size = file.stat().st_size
    if common.json:
        as_json(file=str(file), bytes=size)
    common.say(f"{file} is written, {size / 1e6:,.1f} MB. To restore it: {how_to_restore(config.store_url, file)}")
