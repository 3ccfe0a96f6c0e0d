"""`harvester report`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from harvester import report
from harvester.cli import documents
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json, counted, one_line
from harvester.cli.progress import opened, shown
from harvester.cli.tables import table
from harvester.cli.terminal import echo
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
    with opened(common, config) as store, shown(common):
        gathered = report.gather(config, store, names, now=datetime.now(UTC))
    if html:
        write_report_file(html, report.to_html(gathered))
        common.say(f"{html} is written; open it in a browser.")
    if common.json:
        as_json(**{**msgspec.structs.asdict(gathered), "sources": list(map(documents.of_source, gathered.sources))})
    elif not html:
        _print(gathered)


def _print(gathered: report.Report) -> None:
    _print_sources(gathered)
    for journal in gathered.journals:
        _print_journal(journal)
    for who, words in report.WHO.items():
        groups = [group for group in gathered.findings if group.who == who]
        if groups:
            echo(f"\n{words}:")
            _print_groups(groups)
    _print_held(gathered)


def _print_sources(gathered: report.Report) -> None:
    rows = [
        (
            *(status.source, counts.new, counts.changed, counts.deposited + counts.elsewhere),
            *(status.held_back, status.deleted, _last_runs(status)),
        )
        for status, counts in zip(gathered.sources, gathered.deposits, strict=True)
    ]
    table(("source", "new", "changed", "deposited", "held back", "deleted", "last run"), rows)


def _last_runs(source: SourceStatus) -> str:
    runs = [status.last_run for status in source.formats if status.last_run]
    return "; ".join(run.error or f"{run.prefix} {run.state}" for run in runs) or "never harvested"


def _print_journal(journal: report.JournalShare) -> None:
    echo(f"\n{one_line(journal.title)} ({journal.journal})")
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
        echo(f"  {group.severity}  {group.code}  {group.count}")
        for fix in (group.fix, *group.more_fixes):
            echo(f"    {fix}")
        for example in group.examples:
            echo(f"    - {example.record}: {one_line(example.message)}")


def _print_held(gathered: report.Report) -> None:
    if not gathered.held_count:
        return
    echo(f"\n{counted(gathered.held_count, 'record')} held back:")
    for record in gathered.held:
        echo(f"  {record.record}: {one_line(' '.join(record.sentences))}")
    if gathered.held_count > len(gathered.held):
        echo(f"  and {gathered.held_count - len(gathered.held):,} more: harvester check --severity error --csv")
