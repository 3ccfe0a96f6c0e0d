"""`harvester status`: a traffic light for each source, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import click

from harvester import store
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.tables import table
from harvester.cli.terminal import Tone, echo
from harvester.config import Config
from harvester.standing.documents import document
from harvester.standing.moments import local_time
from harvester.standing.overall import Overall, Sent, overall
from harvester.standing.source import LIGHTS, Light, SourceStanding
from harvester.store import SourceStatus

_TONES: dict[Light, Tone] = {"bad": "error", "wait": "info", "look": "warning", "good": "good"}


@click.command(cls=Command)
@pass_common
def command(common: Common) -> None:
    """Shows the state of each source: whether it works, its last complete harvest, the next one, what is wrong.

    The same of the comparisons with its provider.
    """
    config = common.load()
    common.say_if_read_only(config)
    with store.open_overview(config.store_url) as overview:
        found = overall(config, overview, datetime.now(UTC))
    if common.json:
        as_json(**document(found))
        return
    common.say_where_to_begin(config)
    _print(config, found)
    if step := found.next_step():
        common.say(step)
    for one in found.leftovers:
        common.say(one.sentence())


def _print(config: Config, found: Overall) -> None:
    for standing in found.sources:
        _print_source(standing)
    if found.sources:
        _print_tables(config, [standing.status for standing in found.sources])
    _print_deposits(found.deposits)


def _print_source(standing: SourceStanding) -> None:
    echo(f"{standing.name} {LIGHTS[standing.light]}", tone=_TONES[standing.light])
    facts = (f"  {name:<6} {words}" for name, words in (*_facts(standing), *_problems(standing)) if words)
    echo("\n".join([*facts, ""]))


def _facts(standing: SourceStanding) -> Iterator[tuple[str, str | None]]:
    yield "last", standing.harvested_words()
    work = standing.work_words()
    yield ("now", work) if work else ("next", standing.next_words())
    yield "waits", standing.wait_words()
    yield "last", standing.compared_words()
    yield "next", standing.next_comparison_words()


def _problems(standing: SourceStanding) -> Iterator[tuple[str, str | None]]:
    for problem in standing.problems:
        yield from (("why", problem.why), ("to do", problem.todo), ("see", problem.see))


def _print_deposits(deposits: Sequence[Sent]) -> None:
    if deposits:
        echo()
    for sent in deposits:
        chosen = f" --target {sent.target}" if len(deposits) > 1 else ""
        echo(f"{sent.sentence()}; harvester deposits{chosen} says more.")
        if sent.login_refused:
            words = f"{sent.title} refuses the login, so nothing is sent; harvester deposit{chosen} says why."
            echo(words, tone=_TONES["bad"])


def _print_tables(config: Config, sources: Sequence[SourceStatus]) -> None:
    head = ("source", "format", "live", "deleted", "last complete", "last run", "new", "changed", "rejected")
    rows = [row for source in sources for row in _rows(config, source)]
    table(head, rows, optional=("deleted", "new", "changed", "rejected"))
    echo()
    table(("source", "ready", "held back"), [(status.source, status.ready, status.held_back) for status in sources])


def _rows(config: Config, source: SourceStatus) -> Iterator[tuple[object, ...]]:
    for status in source.formats:
        complete, run = status.last_complete, status.last_run
        when = local_time(complete.finished or complete.started, config.zone) if complete else "never"
        counts = (run.counts.new, run.counts.changed, run.counts.rejected) if run else ("", "", "")
        last = run.state if run else "never"
        yield source.source, status.prefix, status.live, status.deleted, when, last, *counts
