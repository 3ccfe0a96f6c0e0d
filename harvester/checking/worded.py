"""What is doubtful about the stored records, in words, with who can fix it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harvester import findings
from harvester.reports import RecordFinding
from harvester.store import FindingRow

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


def worded_findings(
    store: Store, sources: Sequence[str], codes: Sequence[str] = (), severities: Sequence[findings.Severity] = ()
) -> Iterator[RecordFinding]:
    """The stored findings of these sources with these codes and severities, or with any."""
    return map(worded, store.findings(sources, codes, severities))


def worded(row: FindingRow) -> RecordFinding:
    """A stored finding with its sentence, its fix and who can do it."""
    kind = findings.kinds()[row.finding.code]
    return RecordFinding(
        code=row.finding.code,
        severity=kind.severity,
        record=row.identifier,
        source=row.source,
        doi=row.doi,
        path=row.finding.path,
        value=row.finding.value,
        message=findings.sentence(row.finding),
        fix=kind.fix,
        who=kind.who,
    )
