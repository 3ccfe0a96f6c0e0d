"""`harvester remap`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.counting import counted


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@pass_common
def command(common: Common, names: tuple[str, ...]) -> None:
    """Makes the articles of the named sources, or all, again from the stored records.

    The other commands do this by themselves after a change of configuration or program. No provider is asked.
    """
    config = common.load()
    with opened(common, config) as store, shown(common):
        today = datetime.now(UTC).date().isoformat()
        articles = pipeline.rebuild(config, store, names, today=today, everything=True)
    if common.json:
        as_json(articles=articles)
    else:
        common.say(f"{counted(articles, 'article')} rebuilt.")
