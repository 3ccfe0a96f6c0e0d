"""`harvester export TARGET`: a command for each registered target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from harvester import pipeline
from harvester.checking.grouped import FindingGroup, FindingGroups
from harvester.checking.held_back import held_back_groups
from harvester.cli import selection
from harvester.cli.common import Command, Common, Group, pass_common
from harvester.cli.findings_list import print_findings
from harvester.cli.invocation import as_called, short_path
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.signals import stop_on_signals
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.config import Config
from harvester.deposits.summary import sentence
from harvester.deposits.target import TARGETS, Target
from harvester.errors import Stopped
from harvester.identifiers import fold_doi
from harvester.registration.doi_states import IN_FLIGHT, is_held
from harvester.registration.registrar import terms_of
from harvester.reports import ExportReport
from harvester.text import one_line

if TYPE_CHECKING:
    from harvester.store import Store

FILES_SHOWN = 5  # one by one
NEW_SHOWN = 20
_STOPPING = "Stopping after the present file; a second signal stops at once."


class Targets(Group):
    """The commands are the registered targets at the moment of the call."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(TARGETS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return _command(TARGETS[cmd_name]) if cmd_name in TARGETS else None


@click.group(cls=Targets)
def command() -> None:
    """Writes what is ready for deposit into files."""


def _command(target: Target) -> click.Command:
    @pass_common
    def callback(common: Common, /, **values: Any) -> int:
        return _export(common, target, **values)

    return Command(target.name, callback=callback, params=_parameters(target), help=cleandoc(target.help))


def _parameters(target: Target) -> list[click.Parameter]:
    """The parameters, which are the same for every target, except that some have schema versions."""
    parameters = [
        click.Argument(["names"], nargs=-1, metavar="[NAME]..."),
        click.Option(
            ["--all", "everything"], is_flag=True, help="Every record that is ready, not only new and changed ones."
        ),
        *selection.options("Only this DOI, changed or not; may be repeated."),
        click.Option(["--dry-run"], is_flag=True, help="Build and validate the files, and write none."),
    ]
    if target.versions:
        words = f"{target.title}'s deposit schema; that of [{target.name}] schema_version when absent."
        parameters.append(click.Option(["--schema-version"], type=click.Choice(target.versions), help=words))
    return parameters


def _export(
    common: Common,
    target: Target,
    names: tuple[str, ...],
    everything: bool,
    dry_run: bool,
    schema_version: str | None = None,
    **selecting: Any,
) -> int:
    config = common.load()
    selected = selection.selection_of(config, **selecting)
    with opened(common, config) as store, stop_on_signals(common, _STOPPING) as stop:
        try:
            with shown(common):
                report = pipeline.export(
                    config,
                    store,
                    target,
                    names,
                    now=lambda: datetime.now(UTC),
                    selection=selected,
                    everything=everything,
                    dry_run=dry_run,
                    schema_version=schema_version,
                    stop=stop,
                )
        except Stopped as stopped:
            echo(f"{stopped}", err=True)
            return stop.code(1)
        if selected and not selected.dois and not store.articles.has_any(names, selected):
            raise selection.nothing_selected(selected)
        _say(common, config, store, target, report, dry_run=dry_run)
        return _explain_missing(config, store, target, selected.dois, report)


def _say(common: Common, config: Config, store: Store, target: Target, report: ExportReport, *, dry_run: bool) -> None:
    """Prints what was done, for people or for programs."""
    if common.json:
        as_json(**structs.asdict(report))
    elif not common.quiet:
        with shown(common):
            held_back = held_back_groups(config, store, report.held_back)
        _print(report, held_back, dry_run=dry_run)
        common.say(sentence(report, dry_run=dry_run))
        if report.files and not dry_run:
            _say_next_step(common, config, target, report)


def _explain_missing(config: Config, store: Store, target: Target, dois: Sequence[str], report: ExportReport) -> int:
    """Says why DOIs that were named are in no file; returns the exit code."""
    missing = _missing(dois, report)
    terms = terms_of(config, target.name)
    known = store.registrations.of_dois(target.name, terms.system, missing) if terms else {}
    for doi in missing:
        one = known.get(fold_doi(doi))
        if one and one.state in IN_FLIGHT:
            words = f"{doi} is in a file whose result is awaited; `harvester deposits show {doi}` says more."
        elif is_held(one):
            words = f"{doi} waits for your decision; `harvester deposits show {doi}` says more."
        else:
            words = f"There is no live record with the DOI {doi}; `harvester show {doi}` says more."
        echo(as_called(words), err=True)
    return 1 if missing else 0


def _say_next_step(common: Common, config: Config, target: Target, report: ExportReport) -> None:
    """Prints the next step. Its indented lines are commands: they stay whole, so that they can be copied."""
    sends = terms_of(config, target.name) is not None
    words = "Next: harvester deposit." if sends else target.next_step([short_path(file.path) for file in report.files])
    for line in words.split("\n"):
        common.say(line, whole=line.startswith(" "))


def _missing(dois: Sequence[str], report: ExportReport) -> list[str]:
    """The requested DOIs that are neither in a file nor held back."""
    held_back = (record.doi for record in report.held_back if record.doi)
    minted = (new.doi for new in report.minted)
    known = {fold_doi(doi) for doi in (*minted, *held_back, *(doi for file in report.files for doi in file.dois))}
    return [doi for doi in dict.fromkeys(dois) if fold_doi(doi) not in known]


def _print(report: ExportReport, held_back: Sequence[FindingGroup], *, dry_run: bool) -> None:
    """Prints the files, new DOIs, what is deposited with less than before or was deleted, and what is held back."""
    what = "would write" if dry_run else "file"
    if len(report.files) > FILES_SHOWN:
        first, last = (short_path(report.files[number].path) for number in (0, -1))
        echo(f"{what if dry_run else 'files'} {first} to {last}")
    elif report.files:
        rows = [(short_path(file.path), file.schema_version, file.records, file.bytes) for file in report.files]
        table((what, "schema", "records", "bytes"), rows)
    for new in report.minted[:NEW_SHOWN]:
        echo(f"new DOI  {new.doi}  {one_line(new.title or new.record)}")
    if len(report.minted) > NEW_SHOWN:
        echo(f"and {len(report.minted) - NEW_SHOWN} more new DOIs: {as_called('harvester dois')}")
    changed = FindingGroups()
    for _ in changed.counting((*report.thinner, *report.deleted)):
        pass
    if groups := [*held_back, *changed.groups()]:
        echo()
        print_findings(groups)
