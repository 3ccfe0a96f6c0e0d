"""`harvester serve`."""

from __future__ import annotations

import logging
import signal
import threading

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.progress import opened
from harvester.daemon.logs import set_up
from harvester.web.serving import serve_page
from harvester.web.site import LOOPBACK


@click.command(cls=Command)
@click.option("--listen", metavar="ADDRESS:PORT", help=f"Where to serve; [web] listen, or {LOOPBACK}, when absent.")
@pass_common
def command(common: Common, listen: str | None) -> None:
    """Serves the web page, until Ctrl-C: what needs a person, runs, findings, records, deposits.

    The page reads the store, also while others harvest. The daemon serves it too, if [web] listen is set.
    """
    config = common.load()
    with opened(common, config):
        pass  # made or upgraded, which a page never does
    set_up(common.log_format, logging.DEBUG if common.verbose else logging.INFO, verbose=common.verbose)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with serve_page(lambda: config, listen or config.web.listen or LOOPBACK) as address:
        common.say(f"The page is at {address} until Ctrl-C.")
        try:
            ended.wait()
        except KeyboardInterrupt:
            common.say("Stopped.")
