"""`harvester deposit`: exports what is pending, sends it, and asks what became of it.

Exit code 0, or 1 if the login is refused. With --wait also 3 if something is still open, and 4 if a DOI is refused or
unaccounted for.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from msgspec import structs

from harvester import pipeline
from harvester.answers import Terms
from harvester.cli import registered
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.export import sentence
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.signals import stop_on_signals
from harvester.cli.terminal import echo
from harvester.config import Config
from harvester.counting import counted
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.target import CROSSREF
from harvester.errors import ConfigError
from harvester.identifiers import clean_doi
from harvester.registration.round import RoundReport
from harvester.registration.waiting import until_settled
from harvester.reports import DepositReport, ExportReport
from harvester.store import Selection
from harvester.system.stopping import Stop

if TYPE_CHECKING:
    from harvester.store import Store

_MINUTES = 60


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--doi", "dois", multiple=True, metavar="DOI", help="Only this DOI, changed or not; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Show what would be written and sent, without any request.")
@click.option(
    "--wait",
    "minutes",
    type=click.IntRange(min=0),
    is_flag=False,
    flag_value=_MINUTES,
    metavar="[MINUTES]",
    help=f"Wait for the results, {_MINUTES} minutes when no number is given.",
)
@pass_common
def command(common: Common, names: tuple[str, ...], dois: tuple[str, ...], dry_run: bool, minutes: int | None) -> int:
    """Sends to Crossref what is new or changed, and reads the results.

    It exports the named sources or all, sends the files that wait, and asks for the results that are due. Run it again
    to read later results, or let the daemon do it.

    With --wait, the exit code is 0 if every DOI that was sent is registered, 4 if one is refused or unaccounted for, 3
    if a result is still open at the end, and 1 if Crossref refuses the login.
    """
    config = common.load()
    terms = CROSSREF_AGENCY.terms(config)
    if terms is None:
        raise ConfigError([CROSSREF_AGENCY.off])
    selection = Selection(dois=tuple(_doi(doi) for doi in dois))
    with opened(common, config) as store, stop_on_signals(common, "Stopping after this request.") as stop:
        if dry_run:
            with shown(common):
                exported = _export(config, store, names, selection, stop, dry_run=True)
            return _print_dry_run(common, store, terms, exported)
        with shown(common):
            exported = _export(config, store, names, selection, stop)
            report = _work(config, store, exported, minutes, stop)
        result = _result(store, terms, report)
        _print(common, config, store, result, exported, selection.dois)
        return stop.code(_exit_code(result, _states(store, terms, selection.dois), waited=minutes is not None))


def _doi(text: str) -> str:
    if (doi := clean_doi(text)) is None:
        raise click.BadParameter(f"{text} is not a DOI; write 10.12345/abc", param_hint="--doi")
    return doi


def _export(
    config: Config, store: Store, names: Sequence[str], selection: Selection, stop: Stop, *, dry_run: bool = False
) -> ExportReport:
    return pipeline.export(
        config, store, CROSSREF, names, now=_now, selection=selection, dry_run=dry_run, stop=stop
    )  # fmt: skip


def _work(config: Config, store: Store, exported: ExportReport, minutes: int | None, stop: Stop) -> RoundReport:
    end = _now() + timedelta(minutes=minutes or 0)

    def do_round() -> RoundReport:
        return pipeline.deposit(config, store, CROSSREF_AGENCY, now=_now, stop=stop)

    first = pipeline.deposit(config, store, CROSSREF_AGENCY, now=_now, exported=exported, stop=stop)
    if minutes is None:
        return first
    return until_settled(first, do_round, deadline=end, now=_now, stop=stop, sleep=time.sleep)


def _now() -> datetime:
    return datetime.now(UTC)


def _result(store: Store, terms: Terms, report: RoundReport) -> DepositReport:
    counts = store.registrations.counts(CROSSREF_AGENCY.name, terms.system)
    return DepositReport(**structs.asdict(report), system=terms.system, states=dict(counts.items()))


def _states(store: Store, terms: Terms, dois: Collection[str]) -> set[str]:
    """The states of these DOIs, or of all that were sent."""
    if dois:
        return {row.state for row in store.registrations.rows(CROSSREF_AGENCY.name, terms.system, dois)}
    return set(store.registrations.counts(CROSSREF_AGENCY.name, terms.system))


def _exit_code(result: DepositReport, states: set[str], *, waited: bool) -> int:
    if result.stopped:
        return 1
    if not waited:
        return 0
    if result.open_files or states & {"waiting", "uncertain"}:
        return 3
    return 4 if states & {"refused", "unaccounted"} else 0


# ---------------------------------------------------------------------------------------------- printing


def _print_dry_run(common: Common, store: Store, terms: Terms, exported: ExportReport) -> int:
    known = {file.batch_id: file.state for file in store.submissions.all(CROSSREF_AGENCY.name, terms.system)}
    waiting = [
        file.path
        for file in store.deposits.files(CROSSREF_AGENCY.name)
        if known.get(file.batch_id, "written") in ("written", "throttled", "unavailable", "login_refused")
    ]
    if common.json:
        as_json(system=terms.system, export=exported, waiting=waiting)
        return 0
    for path in waiting:
        echo(f"would send {path}, unless Crossref knows it already")
    for file in exported.files:
        echo(f"would write and send a file with {counted(file.records, 'record')}")
    common.say(sentence(exported, dry_run=True))
    return 0


def _print(
    common: Common, config: Config, store: Store, result: DepositReport, exported: ExportReport, dois: Collection[str]
) -> None:
    if common.json:
        as_json(export=exported, **structs.asdict(result))
        return
    common.say(f"Export: {sentence(exported)}")
    common.say(f"{counted(result.sent, 'file')} sent to Crossref ({result.system}).")
    if not common.quiet:
        registered.print_states(config, store, CROSSREF_AGENCY, dois)
    for words in filter(None, (result.stopped, result.problem)):
        echo(words, err=True)
    if result.open_files and not result.stopped:
        following = f" Next request: {result.next:%Y-%m-%d %H:%M} UTC." if result.next else ""
        common.say(f"{counted(result.open_files, 'file')} without a result yet.{following}")
