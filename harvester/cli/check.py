"""`harvester check`: findings by code, as JSON or as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import click
from msgspec import structs

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common, unknown
from harvester.cli.output import as_csv, as_json_list, counted, line, one_line
from harvester.findings import SEVERITIES, WHO, Severity, kinds
from harvester.reports import RecordFinding

EXAMPLES = 3
FAIL_ON = 4  # the exit code for findings at or above --fail-on
_severity = click.Choice(SEVERITIES)


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only findings with this code; may be repeated.")
@click.option("--severity", "severities", multiple=True, type=_severity, help="Only these; may be repeated.")
@click.option(
    "--fail-on", type=_severity, help=f"Exit code {FAIL_ON} when there is a finding of this severity or above."
)
@click.option("--csv", is_flag=True, help="Print every finding as a row of CSV, safe to open in a spreadsheet.")
@pass_common
def command(
    common: Common,
    names: tuple[str, ...],
    codes: tuple[str, ...],
    severities: tuple[Severity, ...],
    fail_on: Severity | None,
    csv: bool,
) -> int:
    """Says what is wrong with the records of the named sources, or all, and who can mend it.

    An error holds a record back from export; a warning does not; an info is only said.
    """
    if csv and common.json:
        raise click.UsageError("--csv and --json exclude each other.")
    for code in codes:
        if code not in kinds():
            raise click.BadParameter(unknown("finding", code, list(kinds())), param_hint="--code")
    config = common.load()
    counter = FindingCounter()
    with pipeline.opened(config) as store:
        today = datetime.now(UTC).date().isoformat()
        selected = pipeline.check(config, store, names, today=today, codes=codes, severities=severities)
        findings = counter.counting(selected)
        if common.json:
            as_json_list("findings", findings)
        elif csv:
            as_csv(RecordFinding.__struct_fields__, map(structs.astuple, findings))
        else:
            _consume(findings)
            counter.print()
    common.say(counter.sentence())
    return FAIL_ON if fail_on and counter.has(fail_on) else 0


def _consume(findings: Iterable[RecordFinding]) -> None:
    for _ in findings:
        pass


class FindingCounter:
    """Counts findings by code and keeps examples of each."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[RecordFinding]] = {}

    def counting(self, findings: Iterable[RecordFinding]) -> Iterator[RecordFinding]:
        """The same findings, counted as they pass."""
        for finding in findings:
            self._counts[finding.code] = self._counts.get(finding.code, 0) + 1
            examples = self._examples.setdefault(finding.code, [])
            if len(examples) < EXAMPLES:
                examples.append(finding)
            yield finding

    def print(self) -> None:
        """Prints each code with its count and examples, the gravest first."""
        for code in sorted(self._counts, key=lambda code: (_rank(code), -self._counts[code], code)):
            _print_code(code, self._counts[code], self._examples[code])

    def has(self, severity: Severity) -> bool:
        """Whether there is a finding of this severity or a graver one."""
        return any(_rank(code) <= SEVERITIES.index(severity) for code in self._counts)

    def sentence(self) -> str:
        """The counts by severity, and the next step."""
        if not self._counts:
            return "Nothing found."
        numbers = dict.fromkeys(SEVERITIES, 0)
        for code, count in self._counts.items():
            numbers[kinds()[code].severity] += count
        counts = ", ".join(counted(number, severity) for severity, number in numbers.items() if number)
        return f"{counts}. For more about one: harvester explain CODE, harvester show RECORD."


def _rank(code: str) -> int:
    return SEVERITIES.index(kinds()[code].severity)


def _print_code(code: str, count: int, examples: Sequence[RecordFinding]) -> None:
    kind = kinds()[code]
    line(f"{kind.severity}  {code}  {count}")
    line(f"  {kind.fix} (Who: {WHO[kind.who]}.)")
    for example in examples:
        line(f"  - {example.record}: {one_line(example.message)}")
    if count > len(examples):
        line(f"  and {count - len(examples)} more: harvester check --code {code} --csv")
    line()
