"""`harvester check`: findings by code, as JSON or as CSV."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import structs

from harvester import pipeline
from harvester.checking.grouped import FindingGroup, FindingGroups
from harvester.cli.common import Command, Common, pass_common, unknown
from harvester.cli.findings_list import print_findings
from harvester.cli.output import as_csv, as_json_list
from harvester.cli.progress import opened, shown
from harvester.config import Config
from harvester.counting import counted
from harvester.crossref.target import CROSSREF
from harvester.findings import SEVERITIES, Severity, kinds
from harvester.registration.again import OPEN
from harvester.registration.registrar import terms_of
from harvester.reports import RecordFinding

if TYPE_CHECKING:
    from harvester.store import Store

FAIL_ON = 4  # the exit code for findings at or above --fail-on
_severity = click.Choice(SEVERITIES)


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only findings with this code; may be repeated.")
@click.option("--severity", "severities", multiple=True, type=_severity, help="Only these; may be repeated.")
@click.option(
    "--fail-on", type=_severity, help=f"Exit code {FAIL_ON} when there is a finding of this severity or above."
)
@click.option(
    "--online", is_flag=True, help="Also compare journals and DOI prefixes with Crossref's records, over the network."
)
@click.option(
    "--title-list",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --online: look journals up in this copy of Crossref's titleFile.csv.",
)
@click.option("--csv", is_flag=True, help="Print every finding as a row of CSV, safe to open in a spreadsheet.")
@pass_common
def command(
    common: Common,
    names: tuple[str, ...],
    codes: tuple[str, ...],
    severities: tuple[Severity, ...],
    fail_on: Severity | None,
    online: bool,
    title_list: Path | None,
    csv: bool,
) -> int:
    """Lists the problems of the records of the named sources, or all, and who can fix them.

    An error holds a record back from export. A warning does not. An info is for information only.

    With --online, it asks Crossref about the title and the ISSNs of each journal, and about each DOI prefix. Crossref
    refuses every article whose journal differs from its own record.
    """
    if csv and common.json:
        raise click.UsageError("--csv and --json exclude each other.")
    if title_list and not online:
        raise click.UsageError("--title-list needs --online.")
    _refuse_unknown(codes)
    config = common.load()
    grouped = FindingGroups()
    with opened(common, config) as store:
        today = datetime.now(UTC).date().isoformat()
        with shown(common):
            selected = pipeline.check(config, store, names, today=today, codes=codes, severities=severities)
            about_journals = pipeline.check_online(config, store, names, title_list=title_list) if online else ()
            wanted = (one for one in about_journals if _is_wanted(one, codes, severities))
            findings = grouped.counting(chain(wanted, selected))
            if not (common.json or csv):
                _consume(findings)
        open_dois = _not_registered(config, store)
        _print(findings, grouped, json=common.json, csv=csv)
    groups = grouped.groups()
    common.say(_sentence(groups))
    if open_dois:
        common.say(f"{counted(open_dois, 'DOI')} refused or unaccounted for at Crossref: harvester deposits says why.")
    return FAIL_ON if fail_on and _has(groups, fail_on) else 0


def _print(findings: Iterable[RecordFinding], grouped: FindingGroups, *, json: bool, csv: bool) -> None:
    """Prints the findings one by one as JSON or CSV, as they come; for people their groups, once all were counted."""
    if json:
        as_json_list("findings", findings)
    elif csv:
        as_csv(RecordFinding.__struct_fields__, map(structs.astuple, findings))
    else:
        print_findings(grouped.groups())


def _refuse_unknown(codes: Sequence[str]) -> None:
    for code in codes:
        if code not in kinds():
            raise click.BadParameter(unknown("finding", code, list(kinds())), param_hint="--code")


def _is_wanted(finding: RecordFinding, codes: Collection[str], severities: Collection[Severity]) -> bool:
    return (not codes or finding.code in codes) and (not severities or finding.severity in severities)


def _not_registered(config: Config, store: Store) -> int:
    """How many DOIs Crossref refused or did not mention, where files are sent."""
    terms = terms_of(config, CROSSREF.name)
    counts = store.registrations.counts(CROSSREF.name, terms.system) if terms else {}
    return sum(counts.get(state, 0) for state in OPEN)


def _consume(findings: Iterable[RecordFinding]) -> None:
    for _ in findings:
        pass


def _sentence(groups: Sequence[FindingGroup]) -> str:
    """The counts by severity, and the next step."""
    if not groups:
        return "Nothing found."
    numbers = dict.fromkeys(SEVERITIES, 0)
    for group in groups:
        numbers[group.kind.severity] += group.count
    counts = ", ".join(counted(number, severity) for severity, number in numbers.items() if number)
    return f"{counts}. For more about one: harvester explain CODE, harvester show RECORD."


def _has(groups: Sequence[FindingGroup], severity: Severity) -> bool:
    """Whether there is a finding of this severity or a graver one."""
    return any(SEVERITIES.index(group.kind.severity) <= SEVERITIES.index(severity) for group in groups)
