"""`harvester deposits`: what was deposited, in which file, and what another program deposited before."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from harvester import pipeline
from harvester.cli import selection
from harvester.cli.common import Common, Group, pass_common
from harvester.cli.output import as_json, as_json_list, one_line
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.config import Config, select_sources
from harvester.counting import counted
from harvester.crossref.target import CROSSREF
from harvester.errors import HarvesterError
from harvester.identifiers import clean_doi, find_dois
from harvester.store import DepositFile, DepositRow, MarkPreview, Selection

if TYPE_CHECKING:
    from harvester.store import Store

FILES_SHOWN = 20


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Lists the deposit files, and what became of each DOI.

    With --json it prints one row for each DOI of the store.
    """
    if context.invoked_subcommand is None:
        _list(context.ensure_object(Common))


def _list(common: Common) -> None:
    config = common.load()
    with pipeline.opened(config) as store:
        if common.json:
            as_json_list("deposits", map(_document, store.deposits.rows(CROSSREF.name)))
            return
        files = store.deposits.files(CROSSREF.name)
        counts = store.deposits.counts(list(config.sources))
    _print_files(files[-FILES_SHOWN:])
    if len(files) > FILES_SHOWN:
        echo(f"and {counted(len(files) - FILES_SHOWN, 'older file')}")
    deposited, elsewhere = sum(one.deposited for one in counts), sum(one.elsewhere for one in counts)
    common.say(
        f"{counted(deposited, 'article')} deposited, {elsewhere:,} marked as deposited by another program, "
        f"{sum(one.new for one in counts):,} new, {sum(one.changed for one in counts):,} changed since."
    )
    if any(one.new or one.changed for one in counts):
        common.say(f"Next: harvester export {CROSSREF.name}.")


def _print_files(files: Sequence[DepositFile]) -> None:
    if files:
        rows = [(PurePath(one.path).name, _minute(one.written), one.records, one.changed_since) for one in files]
        table(("file", "written", "records", "changed since"), rows)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _document(row: DepositRow) -> dict[str, Any]:
    """A row of `deposits --json`. This program sends nothing, so a DOI in a file is `never_sent`."""
    return {"state": "elsewhere" if row.elsewhere_since else "never_sent", **structs.asdict(row)}


@command.command("show")
@click.argument("name", metavar="FILE|DOI")
@pass_common
def show(common: Common, name: str) -> None:
    """Shows what is in a deposit file, or in which files a DOI was deposited."""
    config = common.load()
    doi = clean_doi(name)
    with pipeline.opened(config) as store:
        files = store.deposits.files(CROSSREF.name, doi)
        if doi is None:
            files = tuple(one for one in files if _is_named(one, name))
        if not files:
            raise HarvesterError(f"There is no deposit of {name} in the store. `harvester deposits` lists the files.")
        rows = [] if doi else store.deposits.rows_of_file(files[0].batch_id)
    if common.json:
        as_json(files=files, deposits=list(map(_document, rows)))
        return
    _print_files(files)
    for row in rows:
        changed = "  (changed since)" if row.changed_since else ""
        echo(f"  {row.doi}  {one_line(row.title or '')}{changed}")


def _is_named(file: DepositFile, name: str) -> bool:
    """Whether this is its path, the name of the file, or its batch id."""
    return PurePath(name).name in (PurePath(file.path).name, file.batch_id)


@command.command("discard")
@click.argument("name", metavar="FILE")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@pass_common
def discard(common: Common, name: str, yes: bool) -> None:
    """Deletes a deposit file that was never uploaded.

    Its articles are exported again, and DOIs that this program assigned in it can be taken back (harvester dois undo).
    """
    config = common.load()
    with pipeline.opened(config) as store:
        file = next((one for one in store.deposits.files(CROSSREF.name) if _is_named(one, name)), None)
        if file is None:
            raise HarvesterError(f"There is no deposit file {name} in the store. `harvester deposits` lists them.")
        common.say(f"{file.path}, with {counted(file.records, 'record')}. Discard it only if it was never uploaded.")
        if not (yes or _is_confirmed("Discard it?", "Nothing was discarded. To discard")):
            raise click.Abort
        pipeline.discard_deposit(config, store, file)
    if common.json:
        as_json(discarded=file.batch_id)
    common.say(f"{file.path} is deleted, and its articles count as not deposited in it.")


@command.command("mark")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@selection.decorated("Only this DOI; may be repeated.")
@click.option(
    "--dois-from",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Only the DOIs in this text or CSV file; - is standard input.",
)
@click.option("--all", "everything", is_flag=True, help="Every article of the named sources, or of all.")
@click.option("--undo", is_flag=True, help="Remove the marks of these articles.")
@click.option("--dry-run", is_flag=True, help="Only show how many articles there are.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@pass_common
def mark(
    common: Common,
    /,
    names: tuple[str, ...],
    dois_from: Path | None,
    everything: bool,
    undo: bool,
    dry_run: bool,
    yes: bool,
    dois: tuple[str, ...],
    **selecting: Any,
) -> None:
    """Marks articles that another program deposited, such as the Crossref plugin of OJS.

    They are exported when they change, not before. What is in a deposit file of this program is never marked.
    """
    config = common.load()
    listed = _dois_in(dois_from) if dois_from else ()
    selected = selection.selection_of(config, dois=(*dois, *listed), **selecting)
    if not (everything or names or selected):
        raise click.UsageError("Name the articles: --journal, --year, --doi, --dois-from, a source, or --all.")
    with pipeline.opened(config) as store:
        if undo:
            unmarked = pipeline.unmark_deposited(config, store, CROSSREF, names, selected)
            if common.json:
                as_json(unmarked=unmarked)
            common.say(f"{counted(unmarked, 'mark')} removed.")
        else:
            _mark(common, config, store, names, selected, dry_run=dry_run, yes=yes)


def _mark(
    common: Common,
    config: Config,
    store: Store,
    names: tuple[str, ...],
    selected: Selection,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    sources = [source.name for source in select_sources(config, names)]
    preview = store.deposits.preview_marks(CROSSREF.name, sources, selected)
    for words in _preview_lines(preview):
        common.say(words)
    number = preview.marked + preview.unknown
    if number and not dry_run:
        if not (yes or _is_confirmed(f"Mark {counted(number, 'DOI')}?", "Nothing was marked. To mark")):
            raise click.Abort
        pipeline.mark_deposited(config, store, CROSSREF, names, selected, now=lambda: datetime.now(UTC))
        common.say(f"{counted(number, 'DOI')} marked. The same command with --undo removes the marks.")
    if common.json:
        as_json(**structs.asdict(preview))


def _preview_lines(preview: MarkPreview) -> Iterator[str]:
    yield f"To mark as deposited by another program: {counted(preview.marked, 'article')}."
    if preview.unknown:
        yield f"DOIs of no article in the store: {preview.unknown:,}. They are marked for the time when one comes."
    if preview.already:
        yield f"Marked before: {counted(preview.already, 'article')}."
    if preview.in_files:
        yield f"In deposit files of this program, and not marked: {counted(preview.in_files, 'article')}."


def _is_confirmed(question: str, otherwise: str) -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError(f"{otherwise} without being asked, add --yes.")
    return click.confirm(question, err=True)


def _dois_in(path: Path) -> tuple[str, ...]:
    """The DOIs in a file of any layout. Raises `HarvesterError` if there is none."""
    with click.open_file(str(path), encoding="utf-8-sig", errors="replace") as file:
        dois = tuple(dict.fromkeys(doi for text in file for doi in _dois_of_line(text)))
    if not dois:
        raise HarvesterError(
            f"There is no DOI in {path}. A line looks like 10.12345/abc or https://doi.org/10.12345/abc."
        )
    return dois


def _dois_of_line(text: str) -> list[str]:
    whole = clean_doi(text.strip())
    return [whole] if whole else find_dois(text)
