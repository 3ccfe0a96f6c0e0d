"""`harvester report`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from harvester import pipeline, report
from harvester.cli import documents
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json, counted, line, one_line, table
from harvester.daemon.work import write_report_file
from harvester.store import SourceStatus


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it as one page for a browser, which needs nothing beside it.",
)
@pass_common
def command(common: Common, names: tuple[str, ...], html: Path | None) -> None:
    """Says how complete the articles are and what is to be done, for the named sources or all.

    Completeness per journal is counted as in Crossref's participation reports, over the articles that are ready for
    deposit. Findings stand by who can mend them.
    """
    config = common.load()
    with pipeline.opened(config) as store:
        said = report.gather(config, store, names, now=datetime.now(UTC))
    if html:
        write_report_file(html, report.page(said))
        common.say(f"{html} is written; open it in a browser.")
    if common.json:
        as_json(**{**msgspec.structs.asdict(said), "sources": list(map(documents.of_source, said.sources))})
    elif not html:
        _print(said)


def _print(said: report.Report) -> None:
    _print_sources(said)
    for journal in said.journals:
        _print_journal(journal)
    for who, words in report.WHO.items():
        groups = [group for group in said.findings if group.who == who]
        if groups:
            line(f"\n{words}:")
            _print_groups(groups)
    _print_held(said)


def _print_sources(said: report.Report) -> None:
    rows = [(one.source, one.ready, one.held_back, one.deleted, _trouble(one)) for one in said.sources]
    table(("source", "ready", "held back", "deleted", "last run"), rows)


def _trouble(source: SourceStatus) -> str:
    runs = [status.last_run for status in source.formats if status.last_run]
    return "; ".join(run.error or f"{run.prefix} {run.state}" for run in runs) or "never harvested"


def _print_journal(journal: report.JournalShare) -> None:
    line(f"\n{one_line(journal.title)} ({journal.journal})")
    head = ("", f"current ({journal.current.articles})", f"back file ({journal.back_file.articles})")
    rows = [
        (words, _percent(journal.current, name), _percent(journal.back_file, name))
        for name, words in report.MEASURES.items()
    ]
    table(head, rows)


def _percent(share: report.Share, measure: str) -> str:
    return f"{share.percent[measure]:.1f}" if share.articles else "-"


def _print_groups(groups: Sequence[report.Group]) -> None:
    for group in groups:
        line(f"  {group.severity}  {group.code}  {group.count}")
        line(f"    {group.fix}")
        for example in group.examples:
            line(f"    - {example.record}: {one_line(example.message)}")


def _print_held(said: report.Report) -> None:
    if not said.held_count:
        return
    line(f"\n{counted(said.held_count, 'record')} held back:")
    for one in said.held:
        line(f"  {one.record}: {one_line(' '.join(one.sentences))}")
    if said.held_count > len(said.held):
        line(f"  and {said.held_count - len(said.held):,} more: harvester check --severity error --csv")
