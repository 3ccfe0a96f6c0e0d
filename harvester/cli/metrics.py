"""`harvester metrics`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.progress import opened
from harvester.daemon.metrics import exposition
from harvester.errors import HarvesterError
from harvester.system import files


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@pass_common
def command(common: Common, file: Path | None) -> None:
    """Prints metrics in Prometheus' text format, or writes them into FILE.

    For cron: a FILE that ends in .prom in the folder of node_exporter's textfile collector. The file is whole at any
    moment. The daemon has the same at /metrics.
    """
    config = common.load()
    with opened(common, config) as store:
        text = exposition(config, store, datetime.now(UTC))
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        files.write_whole(file, text)
        file.chmod(0o644)  # node_exporter is another user
    except OSError as error:
        raise HarvesterError(f"{file} cannot be written: {error.strerror}; name another folder.") from error
