"""`harvester deposits import`: fills in the states of DOIs that another program deposited."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from msgspec import structs

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.signals import stop_on_signals
from harvester.counting import counted
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.identifiers import clean_doi, clean_issn
from harvester.registration.importing import Imported


@click.command("import", cls=Command)
@click.argument("places", nargs=-1, metavar="[PREFIX|ISSN]...")
@pass_common
def command(common: Common, places: tuple[str, ...]) -> int:
    """Fills in the states of DOIs that another program deposited.

    It reads what Crossref holds of these DOI prefixes and journals; without arguments, of the DOI prefixes in the
    configuration. Each DOI that this program never sent becomes "deposited by another program", with its dates and its
    owner, and is sent when its article changes. The next version will be above the one that Crossref holds.

    A command that was stopped resumes where it was.
    """
    config = common.load()
    named = [_place(place) for place in places]
    with (
        opened(common, config) as store,
        stop_on_signals(common, "Stopping after this request.") as stop,
        shown(common),
    ):
        found = pipeline.import_deposits(
            config, store, CROSSREF_AGENCY, named, now=lambda: datetime.now(UTC), stop=stop
        )
    if common.json:
        as_json(**structs.asdict(found))
    for words in lines(found):
        common.say(words)
    return 0


def _place(text: str) -> str:
    if issn := clean_issn(text):
        return issn
    if "/" not in text and clean_doi(f"{text}/a") == f"{text}/a":
        return text
    raise click.UsageError(f"{text} is neither a DOI prefix nor an ISSN; write 10.12345 or 1234-5679.")


def lines(found: Imported) -> list[str]:
    """What was done, in sentences."""
    if not found.listed:
        return ["Crossref lists no DOI there. It may take days to list a new one."]
    words = [f"{counted(found.listed, 'DOI')} at Crossref, {found.imported:,} imported."]
    if found.known:
        words.append(f"Imported before: {found.known:,}.")
    if found.ours:
        words.append(f"Written by this program, and left as they were: {found.ours:,}.")
    if found.without_article:
        words.append(f"Without an article in the store: {found.without_article:,}.")
    return words
