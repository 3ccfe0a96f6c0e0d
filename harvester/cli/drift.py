"""`harvester drift`: what Crossref holds, compared with what was sent. Exit code 4 if anything differs."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.deposit import doi_of
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.signals import stop_on_signals
from harvester.cli.terminal import echo
from harvester.counting import counted
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.registration.drift import Drift
from harvester.registration.drift_search import DriftFound
from harvester.reports import DriftRow
from harvester.text import one_line

FOUND = 4  # the exit code if anything differs


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--doi", "dois", multiple=True, metavar="DOI", help="Only this DOI; may be repeated.")
@pass_common
def command(common: Common, names: tuple[str, ...], dois: tuple[str, ...]) -> int:
    """Compares what Crossref holds with what was sent, field by field.

    Of the named sources, or all. What is compared is the deposit file that was sent, not the article as it is today.
    What was registered in the last three days may not be shown by Crossref yet, and does not count as missing.

    The exit code is 4 if anything differs.
    """
    config = common.load()
    with (
        opened(common, config) as store,
        stop_on_signals(common, "Stopping after this request.") as stop,
        shown(common),
    ):
        found = pipeline.find_drift(
            config, store, CROSSREF_AGENCY, names, dois=[doi_of(doi) for doi in dois], now=_now, stop=stop
        )
    if common.json:
        as_json(drift=[row_of(one) for one in found.drift], skipped=found.skipped)
    else:
        _print(common, found)
    return FOUND if found.drift else 0


def _now() -> datetime:
    return datetime.now(UTC)


def row_of(one: Drift) -> DriftRow:
    return DriftRow(
        doi=one.doi,
        kind=one.kind,
        field=one.field,
        ours="; ".join(one.ours) or None,
        theirs="; ".join(one.theirs) or None,
        held_version=None if one.held_version is None else str(one.held_version),
    )


def _print(common: Common, found: DriftFound) -> None:
    doi = None
    for one in found.drift:
        if one.doi != doi:
            doi = one.doi
            echo(doi)
        for words in sentences(one):
            echo(f"  {words}")
    for skipped in found.skipped:
        echo(f"{skipped.doi}  not compared: {skipped.reason}")
    differing = len({one.doi for one in found.drift})
    common.say(f"{counted(found.compared, 'DOI')} compared, {differing:,} differ.")
    if differing:
        common.say(
            "Next, for each DOI: `harvester deposits retry DOI` sends yours, `harvester deposits mark DOI "
            "--registered` keeps what Crossref has."
        )


def sentences(one: Drift) -> list[str]:
    """What differs, in one line, or in one line and two values."""
    ours, theirs = one_line("; ".join(one.ours)), one_line("; ".join(one.theirs))
    if one.kind == "foreign":
        return [f"Another program deposited it: Crossref holds version {theirs}, yours is {ours}."]
    if one.kind == "missing":
        held = f"holds the older version {theirs}" if theirs else "does not have it"
        return [f"Crossref {held}; yours is {ours}."]
    if one.kind == "owner":
        return [f"It belongs to the DOI prefix {theirs} at Crossref, not to {ours}."]
    return [f"{one.field}:", f"  sent:     {ours or '(nothing)'}", f"  Crossref: {theirs or '(nothing)'}"]
