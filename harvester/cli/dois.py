"""`harvester dois`: the DOIs that this program assigns to articles by a journal's pattern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

import click

from harvester import pipeline
from harvester.cli import selection
from harvester.cli.common import Common, Group, pass_common
from harvester.cli.output import as_json
from harvester.cli.tables import table
from harvester.config import select_sources
from harvester.counting import counted
from harvester.store import MintedDoi, Selection
from harvester.text import one_line


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Lists the DOIs that this program assigned by a journal's pattern, and those that the next export assigns."""
    if context.invoked_subcommand is None:
        _list(context.ensure_object(Common))


def _list(common: Common) -> None:
    config = common.load()
    with pipeline.opened(config) as store:
        sources = list(config.sources)
        planned, minted = store.minting.planned_dois(sources, Selection()), store.minting.minted_dois(sources)
    if common.json:
        as_json(minted=minted, planned=planned)
        return
    rows = [(one.doi, _file(one), one.record, one_line(one.title or "", 60)) for one in minted]
    rows += [(one.doi, "next export", one.record, one_line(one.title or "", 60)) for one in planned]
    if rows:
        table(("DOI", "deposited in", "record", "title"), rows)
    common.say(f"{counted(len(minted), 'DOI')} assigned, {len(planned):,} to be assigned by the next export.")


def _file(one: MintedDoi) -> str:
    return PurePath(one.file).name if one.file else "no file yet"


@command.command("undo")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@selection.decorated("Only this DOI; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="Every DOI of the named sources, or of all.")
@pass_common
def undo(common: Common, /, names: tuple[str, ...], everything: bool, **selecting: Any) -> int:
    """Takes back DOIs that this program assigned, as long as they are in no deposit file.

    Change the pattern first: otherwise the next export assigns the same DOIs again.
    """
    config = common.load()
    selected = selection.selection_of(config, **selecting)
    if not (everything or names or selected):
        raise click.UsageError("Name the articles: --journal, --year, --doi, a source, or --all.")
    with pipeline.opened(config) as store:
        today = datetime.now(UTC).date().isoformat()
        undone = pipeline.undo_minted(config, store, names, selected, today=today)
        kept = store.minting.minted_dois([source.name for source in select_sources(config, names)], selected)
    if common.json:
        as_json(undone=undone, kept=kept)
    common.say(f"{counted(len(undone), 'DOI')} taken back.")
    if kept:
        click.echo(_why_kept(kept), err=True)
    return 1 if kept and not undone else 0


def _why_kept(kept: Sequence[MintedDoi]) -> str:
    first = kept[0]
    return (
        f"{counted(len(kept), 'DOI')} kept, because a deposit file contains them: {first.doi} is in {first.file}. "
        f"If that file was never uploaded, run `harvester deposits discard {_file(first)}` first. "
        "A DOI that was registered cannot be taken back."
    )
