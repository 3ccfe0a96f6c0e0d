"""`harvester harvest`: exit code 0 if every run is complete, 3 if some are, 1 if none is; 130 or 143 if stopped.

With --due it is for cron and does what is due, as the daemon would.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.signals import stop_on_signals
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.counting import counted
from harvester.datestamps import FIRST_DAY, LAST_DAY
from harvester.deposits.summary import sentence
from harvester.errors import ConfigError
from harvester.reports import ExportReport, RunReport
from harvester.standing.wishes import title
from harvester.text import one_line

if TYPE_CHECKING:
    from harvester.daemon.due_run import DueResult

_COUNTS = ("new", "changed", "deleted", "unchanged", "repaired", "rejected", "pages", "seconds")


def _date(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """A day, or a moment in UTC, as OAI-PMH writes them."""
    try:
        if value is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", value):
            raise ValueError
        datetime.fromisoformat(value or "2024-01-31")
    except ValueError:
        raise click.BadParameter(f"{value} is not a date; write 2024-01-31 or 2024-01-31T12:00:00Z") from None
    if value is not None and not FIRST_DAY <= value[:10] <= LAST_DAY:
        raise click.BadParameter(f"{value} is outside the calendar; it begins at {FIRST_DAY} and ends at {LAST_DAY}")
    return value


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--full", is_flag=True, help="Request all records, not only new and changed ones.")
@click.option("--from", "since", callback=_date, metavar="DATE", help="Request what changed on that day or later.")
@click.option("--until", callback=_date, metavar="DATE", help="Request what changed on that day or earlier.")
@click.option("--due", is_flag=True, help="Do what the schedules say is due now; for cron.")
@pass_common
def command(common: Common, names: tuple[str, ...], full: bool, since: str | None, until: str | None, due: bool) -> int:
    """Harvests the named sources, or all, into the store.

    It requests from each provider what changed since the last complete harvest. A harvest that was cut short resumes.
    SIGTERM or Ctrl-C stops at the next page; the same command again continues there.

    Records that were rejected before and have not come since are requested by identifier.

    With -q, --due prints nothing unless something needs a person, and that once a day.
    """
    if since and until and since[:10] > until[:10]:
        raise click.UsageError("--from is later than --until.")
    if due and (names or full or since or until):
        raise click.UsageError("--due takes no names and no dates: the schedules say what is due.")
    if due:
        return _harvest_due(common)
    config = common.load()
    with opened(common, config) as store, stop_on_signals(common) as stop, shown(common):
        runs = pipeline.harvest(
            config,
            store,
            names,
            now=lambda: datetime.now(UTC),
            full=full,
            since=since,
            until=until,
            stop=stop,
        )
    if common.json:
        as_json(runs=runs)
    else:
        show(common, runs)
    return stop.code(exit_code(runs))


def _harvest_due(common: Common) -> int:
    from harvester.daemon import config_error
    from harvester.daemon.due_run import run_due

    try:
        config = common.load()
    except ConfigError as error:
        if config_error.already_reported(common.config, datetime.now(UTC)) and common.quiet:
            return error.exit_code
        raise
    config_error.clear(config.path)
    with stop_on_signals(common) as stop, shown(common):
        result = run_due(config, now=lambda: datetime.now(UTC), stop=stop)
    _print_done(common, result)
    if result.notification:
        echo(result.notification.text(config.zone), err=True)
    if result.digest:
        echo(result.digest.text(), err=True)
    if result.notification_error:
        echo(result.notification_error, err=True)
    if result.store_error:
        if not result.notification:
            common.say(str(result.store_error))  # it was reported today already
        return result.store_error.exit_code
    if not (result.runs or result.wishes) and (result.export, result.report, result.deposit) == (None, None, None):
        common.say(_nothing_done(result))
        common.say_where_to_begin(config)
    return stop.code(_exit_code_of_due(result))


def _print_done(common: Common, result: DueResult) -> None:
    if common.json:
        as_json(
            runs=result.runs,
            wishes=result.wishes,
            export=result.export,
            deposit=result.deposit,
            report=result.report,
            troubles=result.notification.incidents,
            digest=result.digest.fields() if result.digest else None,
            halted=str(result.store_error) if result.store_error else None,
        )
    elif result.runs and not common.quiet:
        _print_runs(result.runs)
    for wish in result.wishes:
        common.say(f"{title(wish)}, as {wish.asked_by} asked: {one_line(wish.outcome)}")
    if isinstance(result.export, ExportReport):
        common.say(f"Export: {sentence(result.export)}")
    if result.deposit and not isinstance(result.deposit, str):
        sent, asked = counted(result.deposit.sent, "deposit file"), counted(result.deposit.asked, "result")
        common.say(f"Deposit: {sent} sent, {asked} asked for.")
    if result.report and result.report.error is None:
        common.say(f"{result.report.file} is written.")


def _nothing_done(result: DueResult) -> str:
    if result.still_due:
        return f"Still due: {', '.join(result.still_due)}; another process may be at work on it."
    return "Nothing is due; harvester schedule says when."


def _exit_code_of_due(result: DueResult) -> int:
    if (
        isinstance(result.export, str)
        or isinstance(result.deposit, str)
        or (result.report is not None and result.report.error is not None)
    ):
        return 1
    return exit_code(result.runs) or (3 if result.needs_person else 0)


def exit_code(runs: Sequence[RunReport]) -> int:
    complete = [run.state == "complete" for run in runs]
    return 0 if all(complete) else 3 if any(complete) else 1


def show(common: Common, runs: Sequence[RunReport]) -> None:
    """Prints the runs as a table, their errors, and the next step."""
    if not common.quiet:
        _print_runs(runs)
    for run in runs:
        if run.error:
            echo(f"{run.source} ({run.format}): {run.error}", err=True)
        if run.rejected:
            rejected = counted(run.rejected, "record")
            common.say(f"{run.source} ({run.format}): {rejected} rejected; harvester runs {run.id} says which and why.")
    if exit_code(runs) == 0 and any(run.new or run.changed or run.deleted for run in runs):
        common.say("Next: harvester check, then harvester export crossref.")


def _print_runs(runs: Sequence[RunReport]) -> None:
    rows = [(run.source, run.format, run.state, *(getattr(run, name) for name in _COUNTS)) for run in runs]
    table(("source", "format", "state", *_COUNTS), rows, optional=_COUNTS)
