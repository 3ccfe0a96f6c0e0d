"""`harvester health`: exit code 0 if the daemon is well and ready, 1 if not."""

from __future__ import annotations

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.terminal import echo
from harvester.daemon.web import get
from harvester.errors import ConfigError


@click.command(cls=Command)
@pass_common
def command(common: Common) -> int:
    """Asks the daemon of this configuration whether it is well and ready, for probes. It needs [daemon] listen."""
    config = common.load()
    if config.daemon.listen is None:
        raise ConfigError([f'{config.path}: there is no [daemon] listen; set it, such as listen = "127.0.0.1:9464"'])
    status, answer = get(config.daemon.listen, "/readyz")
    if common.json:
        as_json(well=status == 200, answer=answer)
    else:
        echo(answer)
    return 0 if status == 200 else 1
