"""Why records are held back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from msgspec import structs

from harvester.checking.grouped import FindingGroup, FindingGroups
from harvester.checking.worded import worded_finding, worded_findings
from harvester.config import Config
from harvester.model import Finding
from harvester.reports import HeldBack, RecordFinding
from harvester.store import FindingRow
from harvester.text import plain

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


def held_back_groups(config: Config, store: Store, held: Sequence[HeldBack]) -> list[FindingGroup]:
    """What holds these records back, by code."""
    grouped, stored_codes = FindingGroups(), set[tuple[str, str, str]]()
    for finding in grouped.counting(_stored(config, store, held)):
        stored_codes.add((finding.source, finding.record, finding.code))
    for _ in grouped.counting(_found_at_export(store, held, stored_codes)):
        pass
    return grouped.groups()


def _stored(config: Config, store: Store, held: Sequence[HeldBack]) -> Iterable[RecordFinding]:
    wanted, sources = {(one.source, one.record) for one in held}, sorted({one.source for one in held})
    stored = worded_findings(store, sources, config.journal_tables, severities=("error",)) if sources else ()
    return (finding for finding in stored if (finding.source, finding.record) in wanted)


def _found_at_export(
    store: Store, held: Iterable[HeldBack], stored: AbstractSet[tuple[str, str, str]]
) -> Iterable[RecordFinding]:
    """What is found while a file is built is not stored: the record is held back from one target only."""
    for one in held:
        for code in one.codes:
            if (one.source, one.record, code) not in stored:
                yield worded_finding(_row(store, one, code), {})


def _row(store: Store, one: HeldBack, code: str) -> FindingRow:
    row = FindingRow(one.source, one.record, one.doi, Finding(code))
    for stored in store.articles.find(one.record, one.source):
        if stored.identifier == one.record and (article := stored.article):
            title = plain(article.titles[0].text) if article.titles else None
            row = structs.replace(row, title=title, landing_page=article.landing_page)
    return row
