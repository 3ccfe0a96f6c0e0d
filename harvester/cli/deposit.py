"""`harvester deposit`: exports what is pending, sends it, and asks what became of it, for each agency that is on.

Exit code 0, or 1 if the login is refused. With --wait also 3 if something is still open, and 4 if a DOI is refused or
unaccounted for.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from msgspec import structs

from harvester import pipeline
from harvester.cli import registered
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.signals import stop_on_signals
from harvester.cli.terminal import echo
from harvester.config import Config
from harvester.counting import counted
from harvester.deposits.summary import sentence
from harvester.deposits.target import TARGETS
from harvester.errors import ConfigError, Stopped
from harvester.identifiers import clean_doi
from harvester.registration.registrar import AGENCIES, Agency, sending_agencies
from harvester.registration.round import RoundReport
from harvester.registration.waiting import until_settled
from harvester.reports import DepositReport, ExportReport
from harvester.store import Selection
from harvester.system.stopping import Stop

if TYPE_CHECKING:
    from harvester.store import Store

_MINUTES = 60
_WORST_FIRST = (1, 3, 4)  # exit codes


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--doi", "dois", multiple=True, metavar="DOI", help="Only this DOI, changed or not; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Show what would be written and sent, without any request.")
@click.option(
    "--wait",
    "minutes",
    type=click.IntRange(0, 10_080),
    is_flag=False,
    flag_value=_MINUTES,
    metavar="[MINUTES]",
    help=f"Wait for the results, {_MINUTES} minutes when no number is given.",
)
@click.option(
    "--no-floor",
    is_flag=True,
    help="Do not read before what Crossref holds of each DOI; a deposit of another program may be overwritten.",
)
@click.option(
    "--target",
    "name",
    type=click.Choice(sorted(AGENCIES)),
    help="Only to this one; if not set, to each that `deposit` is set for in config.toml.",
)
@pass_common
def command(
    common: Common,
    names: tuple[str, ...],
    dois: tuple[str, ...],
    dry_run: bool,
    minutes: int | None,
    no_floor: bool,
    name: str | None,
) -> int:
    """Sends what is new or changed to Crossref and other targets, and reads the results.

    It exports the named sources or all, sends the files that wait, and asks for the results that are due. Run it again
    to read later results, or let the daemon do it.

    With --wait, the exit code is 0 if every DOI that was sent is registered, 4 if one is refused or unaccounted for, 3
    if a result is still open at the end, and 1 if a login is refused.
    """
    config = common.load()
    agencies = _agencies(config, name)
    if common.json and len(agencies) > 1:
        titles = " and ".join(agency.name for agency in agencies)
        raise click.UsageError(f"--json is about one receiver, and files are sent to {titles}; add --target")
    selection = Selection(dois=tuple(doi_of(doi) for doi in dois))
    with opened(common, config) as store, stop_on_signals(common, "Stopping after this request.") as stop:
        codes = [
            _Deposit(common, config, store, agency, selection, stop, reads_back=not no_floor).run(
                names, minutes, dry_run=dry_run
            )
            for agency in agencies
            if not stop()
        ]
        return stop.code(next((code for code in _WORST_FIRST if code in codes), 0))


def _agencies(config: Config, name: str | None) -> list[Agency]:
    """Those to send to. Raises `ConfigError` if sending is off."""
    agencies = [AGENCIES[name]] if name else sending_agencies(config)
    off = [agency.off for agency in agencies if agency.terms(config) is None]
    if off or not agencies:
        configured = [agency.off for agency in AGENCIES.values() if TARGETS[agency.name].is_configured(config)]
        raise ConfigError(off or configured or [agency.off for agency in AGENCIES.values()])
    return agencies


def doi_of(text: str) -> str:
    if (doi := clean_doi(text)) is None:
        raise click.BadParameter(f"{text} is not a DOI; write 10.12345/abc", param_hint="--doi")
    return doi


def _now() -> datetime:
    return datetime.now(UTC)


class _Deposit:
    """One call, for one agency."""

    def __init__(
        self,
        common: Common,
        config: Config,
        store: Store,
        agency: Agency,
        selection: Selection,
        stop: Stop,
        *,
        reads_back: bool,
    ) -> None:
        terms = agency.terms(config)
        assert terms is not None, "it was chosen because sending is on"
        self._common, self._config, self._store, self._agency = common, config, store, agency
        self._selection, self._stop, self._system = selection, stop, terms.system
        self._reads_back = reads_back

    def run(self, names: Sequence[str], minutes: int | None, *, dry_run: bool) -> int:
        """Exports, sends and prints; returns the exit code."""
        if dry_run:
            with shown(self._common):
                exported = self._export(names, dry_run=True)
            return self._print_dry_run(exported)
        with self._agency.registrar(self._config, self._stop):
            pass  # a missing password is reported before anything is written
        try:
            with shown(self._common):
                exported = self._export(names, dry_run=False)
                report = self._work(exported, minutes)
        except Stopped as stopped:
            self._common.say(f"{str(stopped).rstrip('.')}.")
            return 1
        counts = self._store.registrations.counts(self._agency.name, self._system)
        result = DepositReport(**structs.asdict(report), system=self._system, states=dict(counts.items()))
        self._print(result, exported)
        return _exit_code(result, self._states(), waited=minutes is not None)

    def _export(self, names: Sequence[str], *, dry_run: bool) -> ExportReport:
        return pipeline.export(
            self._config,
            self._store,
            TARGETS[self._agency.name],
            names,
            now=_now,
            selection=self._selection,
            dry_run=dry_run,
            reads_back=self._reads_back and not dry_run,
            stop=self._stop,
        )

    def _work(self, exported: ExportReport, minutes: int | None) -> RoundReport:
        end = _now() + timedelta(minutes=minutes or 0)

        def do_round(fresh: ExportReport | None = None) -> RoundReport:
            return pipeline.deposit(
                self._config, self._store, self._agency, now=_now, exported=fresh, stop=self._stop
            )  # fmt: skip

        first = do_round(exported)
        if minutes is None:
            return first
        return until_settled(first, do_round, deadline=end, now=_now, stop=self._stop, sleep=time.sleep)

    def _states(self) -> set[str]:
        """The states of the selected DOIs, or of all that were sent."""
        registrations, dois = self._store.registrations, self._selection.dois
        if dois:
            return {row.state for row in registrations.rows(self._agency.name, self._system, dois)}
        return set(registrations.counts(self._agency.name, self._system))

    def _without_a_state(self) -> list[str]:
        """The selected DOIs that were never sent and belong to no article."""
        dois = self._selection.dois
        rows = self._store.registrations.rows(self._agency.name, self._system, dois) if dois else ()
        return [row.doi for row in rows if row.registration is None and row.record is None]

    # ------------------------------------------------------------------------------------------ printing

    def _print_dry_run(self, exported: ExportReport) -> int:
        name = self._agency.name
        known = {file.batch_id: file.state for file in self._store.submissions.all(name, self._system)}
        waiting = [
            file.path
            for file in self._store.deposits.files(name)
            if known.get(file.batch_id, "written") in ("written", "throttled", "unavailable", "login_refused")
        ]
        if self._common.json:
            as_json(system=self._system, export=exported, waiting=waiting)
            return 0
        for path in waiting:
            echo(f"would send {path}, unless {self._agency.title} knows it already")
        for file in exported.files:
            echo(f"would write and send a file with {counted(file.records, 'record')}")
        self._common.say(sentence(exported, dry_run=True))
        return 0

    def _print(self, result: DepositReport, exported: ExportReport) -> None:
        common = self._common
        if common.json:
            as_json(export=exported, **structs.asdict(result))
            return
        words = sentence(exported)
        common.say(f"Export: {words[0].lower()}{words[1:]}")
        common.say(f"{counted(result.sent, 'file')} sent to {self._agency.title} ({result.system}).")
        if not common.quiet:
            registered.print_states(self._config, self._store, self._agency, self._selection.dois)
        for words in filter(None, (result.stopped, result.problem)):
            echo(words, err=True)
        for doi in self._without_a_state():
            echo(f"There is no live record with the DOI {doi}; `harvester show {doi}` says more.", err=True)
        if result.open_files and not result.stopped:
            following = f" Next request: {result.next:%Y-%m-%d %H:%M} UTC." if result.next else ""
            common.say(f"{counted(result.open_files, 'file')} without a result yet.{following}")


def _exit_code(result: DepositReport, states: set[str], *, waited: bool) -> int:
    if result.stopped:
        return 1
    if not waited:
        return 0
    if result.open_files or states & {"waiting", "uncertain"}:
        return 3
    return 4 if states & {"refused", "unaccounted"} else 0
