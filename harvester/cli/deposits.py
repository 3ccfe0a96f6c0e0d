"""`harvester deposits`: what became of each DOI and each deposit file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from harvester import pipeline
from harvester.answers import System
from harvester.cli import deposit_import, deposit_marks, deposit_requests, registered
from harvester.cli.common import Common, Group, pass_common
from harvester.cli.confirmation import is_confirmed
from harvester.cli.output import as_json, as_json_list
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.counting import counted
from harvester.errors import HarvesterError
from harvester.identifiers import clean_doi
from harvester.registration import described, words
from harvester.registration.registrar import Agency, shown_agency, shown_system
from harvester.reports import AtAgency, DoiReport
from harvester.store import DepositFile, Event
from harvester.text import one_line

if TYPE_CHECKING:
    from harvester.store import Store

FILES_SHOWN = 20


@click.group(cls=Group, invoke_without_command=True)
@registered.of_target
@click.pass_context
def command(context: click.Context, target: str | None) -> None:
    """Says what became of each DOI, grouped by state, and lists the deposit files.

    With --json it prints one row for each DOI of the store.
    """
    if context.invoked_subcommand is None:
        _list(context.ensure_object(Common), target)


command.add_command(deposit_marks.command)
command.add_command(deposit_import.command)
command.add_command(deposit_requests.read)
command.add_command(deposit_requests.retry)


def _list(common: Common, target: str | None) -> None:
    config = common.load()
    agency = shown_agency(config, target)
    system = shown_system(config, agency)
    with pipeline.opened(config) as store:
        if common.json:
            as_json_list("deposits", described.described(store, agency, system))
            return
        files = store.deposits.files(agency.name)
        counts = store.deposits.counts(list(config.sources))
        _print_files(store, agency, system, files[-FILES_SHOWN:])
        if len(files) > FILES_SHOWN:
            echo(f"and {counted(len(files) - FILES_SHOWN, 'older file')}")
        echo()
        registered.print_states(config, store, agency)
    deposited, elsewhere = sum(one.deposited for one in counts), sum(one.elsewhere for one in counts)
    common.say(
        f"Of the articles that are ready: {deposited:,} in deposit files, {elsewhere:,} marked as deposited by another "
        f"program, {sum(one.new for one in counts):,} new, {sum(one.changed for one in counts):,} changed since."
    )
    if any(one.new or one.changed for one in counts):
        sends = agency.terms(config) is not None
        common.say(f"Next: harvester {'deposit' if sends else f'export {agency.name}'}.")


def _print_files(store: Store, agency: Agency, system: System, files: Sequence[DepositFile]) -> None:
    known = {one.batch_id: words.OF_FILE[one.state] for one in store.submissions.all(agency.name, system)}
    if files:
        rows = [
            (
                PurePath(one.path).name,
                _minute(one.written),
                one.records,
                one.changed_since,
                known.get(one.batch_id, words.OF_FILE["written"]),
            )
            for one in files
        ]
        table(("file", "written (UTC)", "records", "changed since", "state"), rows)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


@command.command("show")
@click.argument("name", metavar="FILE|DOI")
@click.option("--log", "raw", is_flag=True, help="Print the log of the file as it was received.")
@registered.of_target
@pass_common
def show(common: Common, name: str, raw: bool, target: str | None) -> None:
    """Shows what became of a deposit file or of a DOI, with its whole history."""
    config = common.load()
    agency = shown_agency(config, target)
    system = shown_system(config, agency)
    doi = clean_doi(name)
    with pipeline.opened(config) as store:
        files = store.deposits.files(agency.name, doi)
        if doi is None:
            files = tuple(one for one in files if is_named(one, name))
        rows = list(described.described(store, agency, system, [doi])) if doi else []
        if not files and not (doi and described.knows(store, agency, system, doi)):
            raise HarvesterError(f"There is no deposit of {name} in the store. `harvester deposits` lists the files.")
        batch_id = None if doi else files[0].batch_id
        if raw:
            _print_logs(store, system, files)
            return
        dois = [] if doi else [row.doi for row in store.deposits.rows_of_file(files[0].batch_id)]
        rows = rows or list(described.described(store, agency, system, dois))
        history = store.submissions.history(agency.name, system, batch_id=batch_id, doi=doi)
        seen = store.held_records.of_dois(agency.name, system, [row.doi for row in rows])
        if common.json:
            as_json(
                files=files,
                deposits=rows,
                history=history,
                at_crossref=[described.at_agency(one) for one in seen.values()],
            )
            return
        _print_files(store, agency, system, files)
        titles = {} if doi else {one.doi: one.title for one in store.deposits.rows_of_file(files[0].batch_id)}
        for row in rows:
            echo(f"  {row.doi}  {row.state}  {one_line(titles.get(row.doi) or '')}".rstrip())
        if doi:
            registered.print_states(config, store, agency, [doi])
            _print_seen(rows, [described.at_agency(one) for one in seen.values()])
    _print_history(history)


def _print_seen(rows: Sequence[DoiReport], seen: Sequence[AtAgency]) -> None:
    """The other side of a conflict, and what Crossref was seen to hold."""
    for row in rows:
        if row.dois_in_conflict and row.state != "registered_with_conflict":
            echo(f"         {', '.join(row.dois_in_conflict)} has the same metadata.")
    for row, one in zip(rows, seen, strict=False):
        if line := _seen_words(one, row):
            echo(f"         {line}")
        for key, doi in one.found.items():
            echo(f"         {key}: {doi}")


def _seen_words(one: AtAgency, row: DoiReport) -> str:
    """The version and the references, as far as they are known."""
    read = f" on {one.read:%Y-%m-%d}" if one.read else ""
    version = f"Version {one.version} at Crossref{read}." if one.version else ""
    if described.is_missing(one, row):
        version = f"Not at Crossref{read}."
    matched = f"{counted(one.references, 'reference')}, {one.matched:,} with a DOI at Crossref."
    return " ".join(filter(None, (version, matched if one.references else "")))


def _print_history(history: Sequence[Event]) -> None:
    width = max((len(event.state) for event in history), default=0)
    for event in history:
        echo(f"  {event.at:%Y-%m-%d %H:%M:%S}  {event.state:<{width}}  {one_line(event.words)}")


def _print_logs(store: Store, system: System, files: Sequence[DepositFile]) -> None:
    for file in files:
        for log in store.submissions.logs(file.batch_id, system):
            click.echo(log.raw)


def is_named(file: DepositFile, name: str) -> bool:
    """Whether this is its path, the name of the file, or its batch id."""
    return PurePath(name).name in (PurePath(file.path).name, file.batch_id)


@command.command("discard")
@click.argument("name", metavar="FILE")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@registered.of_target
@pass_common
def discard(common: Common, name: str, yes: bool, target: str | None) -> None:
    """Deletes a deposit file that was never uploaded.

    Its articles are exported again, and DOIs that this program assigned in it can be taken back (harvester dois undo).
    """
    config = common.load()
    with pipeline.opened(config) as store:
        agency = shown_agency(config, target)
        file = next((one for one in store.deposits.files(agency.name) if is_named(one, name)), None)
        if file is None:
            raise HarvesterError(f"There is no deposit file {name} in the store. `harvester deposits` lists them.")
        common.say(f"{file.path}, with {counted(file.records, 'record')}. Discard it only if it was never uploaded.")
        if not (yes or is_confirmed("Discard it?", "Nothing was discarded. To discard")):
            raise click.Abort
        pipeline.discard_deposit(config, store, file)
    if common.json:
        as_json(discarded=file.batch_id)
    common.say(f"{file.path} is deleted, and its articles count as not deposited in it.")
