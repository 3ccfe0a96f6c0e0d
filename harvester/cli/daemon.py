"""`harvester daemon`."""

from __future__ import annotations

import logging

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.daemon.logs import set_up
from harvester.daemon.service import Daemon


@click.command(cls=Command)
@pass_common
def command(common: Common) -> None:
    """Harvests and exports by the schedules in the configuration, in the foreground, until it is stopped.

    SIGTERM or Ctrl-C stops at the next page; the next start resumes there. SIGHUP loads the configuration again, or
    keeps the old one and says why. What was missed while the daemon was down is caught up once.
    """
    level = logging.DEBUG if common.verbose else logging.WARNING if common.quiet else logging.INFO
    set_up(common.log_format, level, verbose=common.verbose)
    Daemon(common.config).run()
