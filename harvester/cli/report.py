"""`harvester report`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from harvester import documents, report
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.config import Config
from harvester.counting import counted
from harvester.daemon.work import write_report_file
from harvester.reports import RecordFinding
from harvester.store import SourceStatus
from harvester.text import one_line

_INDENT = " " * 11  # the width of "  warning" and two blanks


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--journal",
    "journals",
    multiple=True,
    metavar="ISSN",
    help="Only this journal; may be repeated. `all` means each journal of config.toml.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report as a web page that needs no other files. For several journals: an index, with a page for "
    "each journal next to it.",
)
@pass_common
def command(common: Common, names: tuple[str, ...], journals: tuple[str, ...], html: Path | None) -> None:
    """Reports what to do, what is held back, and how complete the articles are, for the named sources or all.

    Problems are grouped by who can fix them. Those whose fix releases the most records come first. Completeness is
    counted per journal as in Crossref's participation reports, over the articles that are ready for deposit.
    """
    config = common.load()
    with opened(common, config) as store, shown(common):
        wanted: Sequence[str | None] = _journals(config, journals) or [None]
        reports = [report.gather(config, store, names, now=datetime.now(UTC), journal=journal) for journal in wanted]
    if html:
        _write(html, reports)
        common.say(f"{html} is written; open it in a browser.")
    if common.json:
        found = list(map(_document, reports))
        as_json(**(found[0] if len(found) == 1 else {"reports": found}))
    elif not html:
        for gathered in reports:
            _print(gathered)


def _journals(config: Config, wanted: Sequence[str]) -> list[str]:
    """The ISSNs of the wanted journals, one for each journal."""
    issns = [*config.journal_tables] if "all" in wanted else wanted
    return list(dict.fromkeys(config.journal_tables.get(issn, issn) for issn in issns))


def _write(html: Path, reports: Sequence[report.Report]) -> None:
    if len(reports) == 1:
        write_report_file(html, report.to_html(reports[0]))
        return
    files = [html.with_name(f"{html.stem}-{one.journal}{html.suffix}") for one in reports]
    for file, one in zip(files, reports, strict=True):
        write_report_file(file, report.to_html(one))
    index = report.to_index_html([(file.name, one) for file, one in zip(files, reports, strict=True)])
    write_report_file(html, index)


def _document(gathered: report.Report) -> dict[str, object]:
    return {**msgspec.structs.asdict(gathered), "sources": list(map(documents.of_source, gathered.sources))}


def _print(gathered: report.Report) -> None:
    if gathered.journal is None:
        _print_sources(gathered)
    else:
        echo(one_line(gathered.title))
    for who, words in report.WHO.items():
        groups = [group for group in gathered.findings if group.who == who]
        if groups:
            echo(f"\n{words}:")
            _print_groups(groups)
    _print_held(gathered)
    for journal in gathered.journals:
        _print_journal(journal)


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
        echo(f"  {group.severity:<7}  {one_line(group.message)}", tone=group.severity)
        released = f"; fixing this releases {group.frees:,}" if group.frees else ""
        echo(f"{_INDENT}{counted(group.records, 'record')}{released}")
        for fix in (group.fix, *group.more_fixes):
            echo(f"{_INDENT}To do: {fix}")
        for example in group.examples:
            _print_example(example, without_message="…" not in group.message)
        echo(f"{_INDENT}Code: {group.code}\n")


def _print_example(example: RecordFinding, *, without_message: bool) -> None:
    echo(f"{_INDENT}- {_name(example.title, example.record)}")
    if example.link:
        echo(f"{_INDENT}  {example.link}")
    if not without_message:
        echo(f"{_INDENT}  {one_line(example.message)}")


def _name(title: str | None, record: str) -> str:
    return f"{one_line(title, 120)} ({record})" if title else record


def _print_held(gathered: report.Report) -> None:
    if not gathered.held_count:
        return
    echo(f"\n{counted(gathered.held_count, 'record')} held back:")
    for record in gathered.held:
        echo(f"  {_name(record.title, record.record)}: {one_line(' '.join(record.sentences))}")
    if gathered.held_count > len(gathered.held):
        echo(f"  and {gathered.held_count - len(gathered.held):,} more: harvester check --severity error --csv")
