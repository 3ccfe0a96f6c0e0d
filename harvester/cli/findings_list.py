"""The list of findings that `check`, `export` and `demo` print: for each code the sentence, the remedy and examples."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harvester.checking.grouped import SHOWN, FindingGroup
from harvester.cli.deposited import deposit_words
from harvester.cli.invocation import as_called
from harvester.cli.terminal import echo
from harvester.counting import counted
from harvester.findings import WHO, outline
from harvester.reports import RecordFinding
from harvester.text import one_line

_INDENT = " " * 9  # the width of "warning" and two blanks
_NOUNS = {  # what the values of a field are, by its path in the article
    "issns": "ISSN",
    "doi": "DOI",
    "orcid": "ORCID iD",
    "landing_page": "address",
    "url": "address",
    "contributors": "name",
    "titles": "title",
    "abstracts": "abstract",
    "dates": "date",
    "languages": "language",
    "lang": "language",
}


def print_findings(groups: Sequence[FindingGroup], *, command: str = "harvester check") -> None:
    """Prints each group of findings. `command` prints those of the same records that are not shown here."""
    for group in groups:
        severity = group.kind.severity
        echo(f"{severity:<7}  {group.message or outline(group.kind)}", tone=severity)
        echo(f"{_INDENT}{_extent(group)}")
        for fix in group.fixes:
            echo(f"{_INDENT}To do: {as_called(fix)} (Who: {WHO[group.kind.who]}.)")
        more = as_called(f"{command} --code {group.code} --csv")
        if group.has_more_fixes:
            echo(f"{_INDENT}For others there is more to do: {more}")
        for example in group.examples:
            _print_example(example, without_message=group.message is not None)
        if group.records > len(group.examples):
            echo(f"{_INDENT}and {group.records - len(group.examples):,} more: {more}")
        echo(f"{_INDENT}Code: {group.code}\n")


def _print_example(example: RecordFinding, *, without_message: bool) -> None:
    """Prints the title of a record, then where to see it, and what is wrong if that is not said above."""
    title = f"{one_line(example.title, 120)} ({example.record})" if example.title else example.record
    echo(f"{_INDENT}- {title}{_deposited(example)}")
    if example.link:
        echo(f"{_INDENT}  {example.link}")
    if not without_message:
        echo(f"{_INDENT}  {one_line(example.message)}")


def _deposited(finding: RecordFinding) -> str:
    if finding.deposited is None:
        return ""
    words = deposit_words(finding.deposited, finding.deposit_file, changed_since=finding.changed_since)
    return f"; deposited {words}"


def _extent(group: FindingGroup) -> str:
    """`2 ISSNs in 39,200 records: 2049-3630 (39,000), 1234-5679 (200)`."""
    records = counted(group.records, "record")
    if len(group.values) < 2:
        return records if group.count == group.records else f"{group.count:,} times in {records}"
    most = group.values.most_common(SHOWN)
    different = f"{counted(len(group.values), _noun(group.examples[0].path))} in {records}"
    if most[0][1] == 1:
        return different  # each record has its own: the examples show some
    values = ", ".join(f"{one_line(value, 60)} ({number:,})" for value, number in most)
    rest = len(group.values) - len(most)
    more = f" and {counted(rest, 'other')}" if rest else ""
    return f"{different}: {values}{more}"


def _noun(path: str) -> str:
    """What the values of findings with this path are."""
    last = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
    return _NOUNS.get(last, "value")
