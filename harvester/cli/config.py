"""`harvester config check`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import click

from harvester.cli.common import Common, Group, pass_common
from harvester.cli.output import as_json
from harvester.cli.terminal import echo
from harvester.config import Config, load
from harvester.counting import counted
from harvester.errors import ConfigError
from harvester.web.access import credentials


@click.group(cls=Group)
def command() -> None:
    """Looks after the configuration."""


@command.command()
@pass_common
def check(common: Common) -> int:
    """Says all that is wrong with the configuration.

    Every problem is named with its key and line. Secrets are looked up too.
    """
    problems: list[str] = []
    try:
        config = load(common.config)
    except ConfigError as error:
        problems = error.problems
    else:
        problems += _problems_of_secrets(config)
    if common.json:
        as_json(problems=problems)
    else:
        for problem in problems:
            echo(problem, err=True)
    if not problems:
        sources, journals = counted(len(config.sources), "source"), len(set(config.journals.values()))
        common.say(f"{config.path} is good: {sources}, {counted(journals, 'journal')}.")
    return ConfigError.exit_code if problems else 0


def _problems_of_secrets(config: Config) -> Iterator[str]:
    reads: list[Callable[[], object]] = [source.access for source in config.sources.values()]
    reads.append(partial(credentials.read, config.web))
    for read in reads:
        try:
            read()
        except ConfigError as error:
            yield from error.problems
