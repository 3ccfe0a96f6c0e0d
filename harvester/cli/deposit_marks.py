"""`harvester deposits mark`: what a person knows of DOIs: deposited by another program, registered, or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from harvester import pipeline
from harvester.cli import selection
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.confirmation import is_confirmed
from harvester.cli.deposit_requests import batch_of
from harvester.cli.output import as_json
from harvester.cli.registered import of_target
from harvester.config import Config, select_sources
from harvester.counting import counted
from harvester.deposits.target import TARGETS
from harvester.errors import HarvesterError
from harvester.identifiers import clean_doi, find_dois
from harvester.registration import by_hand
from harvester.registration.registrar import Agency, shown_agency, shown_system
from harvester.store import MarkPreview, Selection

if TYPE_CHECKING:
    from harvester.store import Store


@click.command("mark", cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME|DOI|FILE]...")
@selection.decorated("Only this DOI; may be repeated.")
@click.option(
    "--dois-from",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Only the DOIs in this text or CSV file; - is standard input.",
)
@click.option("--all", "everything", is_flag=True, help="Every article of the named sources, or of all.")
@click.option("--registered", "is_registered", flag_value="yes", help="These DOIs are registered, with whatever data.")
@click.option("--not", "is_registered", flag_value="no", help="These DOIs are not registered: send them again.")
@click.option("--uploaded", is_flag=True, help="These deposit files were uploaded by hand, and their logs will come.")
@click.option("--undo", is_flag=True, help="Remove the marks of these articles.")
@click.option("--dry-run", is_flag=True, help="Only show how many articles there are.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@of_target
@pass_common
def command(
    common: Common,
    /,
    names: tuple[str, ...],
    dois_from: Path | None,
    everything: bool,
    is_registered: str | None,
    uploaded: bool,
    undo: bool,
    dry_run: bool,
    yes: bool,
    target: str | None,
    dois: tuple[str, ...],
    **selecting: Any,
) -> None:
    """Marks articles that another program deposited, such as the Crossref plugin of OJS.

    They are exported when they change, not before. What is in a deposit file of this program is never marked.

    With --registered or --not, it notes what you know of DOIs that this program did send, for example because you
    looked them up at Crossref. The arguments are DOIs then. With --uploaded they are deposit files that you uploaded
    yourself. Otherwise they are sources.
    """
    if uploaded and is_registered:
        raise click.UsageError("--uploaded is about files, --registered and --not are about DOIs; use one of them.")
    config = common.load()
    agency = shown_agency(config, target)
    listed = _dois_in(dois_from) if dois_from else ()
    if is_registered:
        _mark_known(common, config, agency, _named(names, dois, listed), registered=is_registered == "yes")
        return
    if uploaded:
        _mark_uploaded(common, config, agency, names)
        return
    selected = selection.selection_of(config, dois=(*dois, *listed), **selecting)
    if not (everything or names or selected):
        raise click.UsageError("Name the articles: --journal, --year, --doi, --dois-from, a source, or --all.")
    with pipeline.opened(config) as store:
        if undo:
            unmarked = pipeline.unmark_deposited(config, store, TARGETS[agency.name], names, selected)
            if common.json:
                as_json(unmarked=unmarked)
            common.say(f"{counted(unmarked, 'mark')} removed.")
        else:
            _mark(common, config, store, agency, names, selected, dry_run=dry_run, yes=yes)


def _named(names: Sequence[str], dois: Sequence[str], listed: Sequence[str]) -> list[str]:
    found = [*(_doi(name) for name in (*names, *dois)), *listed]
    if not found:
        raise click.UsageError("Name the DOIs that are registered, or not.")
    return found


def _doi(name: str) -> str:
    if (doi := clean_doi(name)) is None:
        raise click.UsageError(f"{name} is not a DOI. With --registered and --not, name DOIs such as 10.12345/abc.")
    return doi


def _mark_known(common: Common, config: Config, agency: Agency, dois: Sequence[str], *, registered: bool) -> None:
    system = shown_system(config, agency)
    with pipeline.opened(config) as store:
        number = by_hand.mark(config, store, agency, system, dois, lambda: datetime.now(UTC), registered=registered)
    if common.json:
        as_json(marked=number)
    state = "registered" if registered else "not registered; the next deposit includes what the store has of them"
    common.say(f"{counted(number, 'DOI')} marked as {state}.")


def _mark_uploaded(common: Common, config: Config, agency: Agency, names: Sequence[str]) -> None:
    """Marks all of the files, or stops at the first that cannot be marked."""
    if not names:
        raise click.UsageError("Name the deposit files that were uploaded. `harvester deposits` lists them.")
    system, number = shown_system(config, agency), 0
    with pipeline.opened(config) as store:
        for batch_id in [batch_of(store, agency, name) for name in names]:
            number += by_hand.mark_uploaded(config, store, agency, system, batch_id, lambda: datetime.now(UTC))
    if common.json:
        as_json(uploaded=len(names), dois=number)
    then = "deposit asks for their results" if agency.terms(config) else "deposits read takes the log that is mailed"
    common.say(
        f"{counted(len(names), 'file')} marked as uploaded, with {counted(number, 'DOI')}. Next: harvester {then}."
    )


def _mark(
    common: Common,
    config: Config,
    store: Store,
    agency: Agency,
    names: tuple[str, ...],
    selected: Selection,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    sources = [source.name for source in select_sources(config, names)]
    preview = store.deposits.preview_marks(agency.name, sources, selected)
    for words in _preview_lines(preview):
        common.say(words)
    number = preview.marked + preview.unknown
    if number and not dry_run:
        if not (yes or is_confirmed(f"Mark {counted(number, 'DOI')}?", "Nothing was marked. To mark")):
            raise click.Abort
        pipeline.mark_deposited(config, store, TARGETS[agency.name], names, selected, now=lambda: datetime.now(UTC))
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
