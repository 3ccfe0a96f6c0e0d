"""Check: what is doubtful about the stored records, in words, with who can mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harvester import findings
from harvester.checking.marks import mark
from harvester.config import Config, chosen
from harvester.mapping.rebuild import rebuild
from harvester.reports import RecordFinding
from harvester.store import FindingRow
from harvester.system.stopping import Stop, never, until_stopped

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


def check(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    today: str,
    codes: Sequence[str] = (),
    severities: Sequence[findings.Severity] = (),
    stop: Stop = never,
) -> Iterator[RecordFinding]:
    """The findings of the named sources, or all, as the present configuration and program see the records.

    Raises `Stopped`, also between two findings.
    """
    sources = [source.name for source in chosen(config, names)]
    rebuild(config, store, names, today=today, stop=stop)
    mark(store)
    return (worded(row) for row in until_stopped(store.findings(sources, codes, severities), stop))


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
