"""`harvester config check`."""

from __future__ import annotations

import click

from harvester.cli.common import Common, Group, pass_common
from harvester.cli.output import as_json
from harvester.cli.terminal import echo
from harvester.config import load
from harvester.counting import counted
from harvester.errors import ConfigError


@click.group(cls=Group)
def command() -> None:
    """Looks after the configuration."""


@command.command()
@pass_common
def check(common: Common) -> int:
    """Says all that is wrong with the configuration.

    Every problem is named with its key and line. Secrets are looked up too.
    """
    problems = []
    try:
        config = load(common.config)
    except ConfigError as error:
        problems = error.problems
    else:
        for source in config.sources.values():
            try:
                source.access()
            except ConfigError as error:
                problems += error.problems
    if common.json:
        as_json(problems=problems)
    else:
        for problem in problems:
            echo(problem, err=True)
    if not problems:
        sources, journals = counted(len(config.sources), "source"), len(set(config.journals.values()))
        common.say(f"{config.path} is good: {sources}, {counted(journals, 'journal')}.")
    return ConfigError.exit_code if problems else 0
