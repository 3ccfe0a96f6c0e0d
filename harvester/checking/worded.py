"""The stored findings with their texts and who can fix them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from harvester import findings
from harvester.reports import RecordFinding
from harvester.store import DepositState, FindingRow
from harvester.system.progress import reported

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

NOT_DEPOSITED = DepositState(target="")


def worded_findings(
    store: Store,
    sources: Sequence[str],
    tables: Mapping[str, str],
    codes: Sequence[str] = (),
    severities: Sequence[findings.Severity] = (),
    journal: str | None = None,
) -> Iterator[RecordFinding]:
    """The stored findings with these sources, codes and severities (empty: all). `tables`: `Config.journal_tables`.

    `journal` is any ISSN of the only journal that is wanted. Progress is reported while they are read.
    """
    rows = store.findings.matching(sources, codes, severities)
    rows = reported(rows, "reading findings", store.findings.count(sources, codes, severities))
    if journal is not None:
        rows = (row for row in rows if tables.get(row.issn or "", row.issn) == tables.get(journal, journal))
    return map(partial(worded_finding, tables=tables), rows)


def worded_finding(row: FindingRow, tables: Mapping[str, str]) -> RecordFinding:
    """A stored finding with its message, its fix and who can fix it."""
    kind, deposit = findings.kinds()[row.finding.code], row.deposit or NOT_DEPOSITED
    return RecordFinding(
        code=row.finding.code,
        severity=kind.severity,
        record=row.identifier,
        source=row.source,
        doi=row.doi,
        path=row.finding.path,
        value=row.finding.value,
        message=findings.sentence(row.finding),
        fix=findings.remedy(row.finding, row.source, tables.get(row.issn or "", row.issn)),
        who=kind.who,
        deposited=deposit.written or deposit.elsewhere_since,
        deposit_file=deposit.file,
        changed_since=deposit.changed_since,
        title=row.title,
        link=row.landing_page or (f"https://doi.org/{row.doi}" if row.doi else None),
    )
