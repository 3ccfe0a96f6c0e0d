"""`harvester serve`."""

from __future__ import annotations

import signal
import threading

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.progress import opened
from harvester.web.server import serve
from harvester.web.site import Site

DEFAULT = "127.0.0.1:8765"


@click.command(cls=Command)
@click.option("--listen", metavar="ADDRESS:PORT", help=f"Where to serve; [web] listen, or {DEFAULT}, when absent.")
@pass_common
def command(common: Common, listen: str | None) -> None:
    """Serves the web page, until Ctrl-C: what needs a person, runs, findings, records, deposits.

    The page reads the store, also while others harvest. The daemon serves it too, if [web] listen is set.
    """
    config = common.load()
    with opened(common, config):
        pass  # made or upgraded, which a page never does
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with serve(Site(lambda: config), listen or DEFAULT) as address:
        common.say(f"The page is at {address} until Ctrl-C.")
        try:
            ended.wait()
        except KeyboardInterrupt:
            common.say("Stopped.")
