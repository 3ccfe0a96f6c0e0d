"""`harvester export crossref`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from harvester import pipeline
from harvester.cli.common import Common, Group, pass_common
from harvester.cli.output import as_json, counted, line, one_line, table
from harvester.identifiers import clean_doi, fold_doi
from harvester.reports import ExportReport

HELD_SHOWN = 20


@click.group(cls=Group)
def command() -> None:
    """Writes what is ready for deposit into files."""


@command.command("crossref")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Every record that is ready, not only new and changed ones.")
@click.option("--doi", "dois", multiple=True, metavar="DOI", help="Only this DOI, changed or not; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Build and validate the files, and write none.")
@click.option(
    "--schema-version",
    type=click.Choice(("5.5.0", "5.4.0", "5.3.1")),
    help="Crossref's deposit schema; that of [crossref] schema_version when absent.",
)
@pass_common
def crossref(
    common: Common,
    names: tuple[str, ...],
    everything: bool,
    dois: tuple[str, ...],
    dry_run: bool,
    schema_version: str | None,
) -> int:
    """Writes Crossref deposit files, of the named sources or all.

    A record is written when it is new or has changed since its last file, and no error holds it back. Every file is
    valid against Crossref's schema before it gets its name.
    """
    config = common.load()
    dois = tuple(clean_doi(doi) or doi for doi in dois)  # people paste https://doi.org/10.…
    with pipeline.opened(config) as store:
        report = pipeline.export(
            config,
            store,
            names,
            now=lambda: datetime.now(UTC),
            everything=everything,
            dois=dois,
            dry_run=dry_run,
            schema_version=schema_version,
        )
    if common.json:
        as_json(files=report.files, held_back=report.held_back, thinner=report.thinner, unchanged=report.unchanged)
    elif not common.quiet:
        _print(report, dry_run=dry_run)
        common.say(sentence(report, dry_run=dry_run))
    missing = _missing(dois, report)
    for doi in missing:
        click.echo(f"There is no live record with the DOI {doi}; `harvester show {doi}` says more.", err=True)
    return 1 if missing else 0


def _missing(dois: Sequence[str], report: ExportReport) -> list[str]:
    """The DOIs that were asked for and are neither in a file nor held back."""
    held = (one.doi for one in report.held_back if one.doi)
    known = {fold_doi(doi) for doi in (*held, *(doi for file in report.files for doi in file.dois))}
    return [doi for doi in dict.fromkeys(dois) if fold_doi(doi) not in known]


def _print(report: ExportReport, *, dry_run: bool) -> None:
    if report.files:
        rows = [(file.path, file.schema_version, file.records, file.bytes) for file in report.files]
        table(("would write" if dry_run else "file", "schema", "records", "bytes"), rows)
    for warned in report.thinner[:HELD_SHOWN]:
        line(f"thinner  {warned.record}  {one_line(warned.message)}")
    if len(report.thinner) > HELD_SHOWN:
        line(f"and {len(report.thinner) - HELD_SHOWN} more that have less than their last deposit")
    for held in report.held_back[:HELD_SHOWN]:
        line(f"held back  {held.record}  {', '.join(held.codes)}")
    if len(report.held_back) > HELD_SHOWN:
        line(f"and {len(report.held_back) - HELD_SHOWN} more held back: harvester check --severity error")


def sentence(report: ExportReport, *, dry_run: bool = False) -> str:
    """What an export came to, for the person who started it."""
    records = sum(file.records for file in report.files)
    done = "would be written" if dry_run else "written"
    parts = [f"{counted(records, 'record')} {done} into {counted(len(report.files), 'file')}"]
    if not report.files:
        parts = ["Nothing to write"]
    if report.unchanged:
        parts.append(f"{report.unchanged:,} unchanged since the last file")
    if report.held_back:
        parts.append(f"{len(report.held_back):,} held back (harvester check --severity error says why)")
    return ", ".join(parts) + "."
