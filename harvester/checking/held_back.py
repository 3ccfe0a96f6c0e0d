"""Why records are held back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
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

INVALID = "deposit-invalid"  # found while a file is built, and not stored


def held_back_groups(config: Config, store: Store, held: Sequence[HeldBack]) -> list[FindingGroup]:
    """What holds these records back, by code."""
    wanted, grouped = {(one.source, one.record) for one in held}, FindingGroups()
    sources = sorted({one.source for one in held})
    stored = worded_findings(store, sources, config.journal_tables, severities=("error",)) if sources else ()
    found = (finding for finding in stored if (finding.source, finding.record) in wanted)
    for _ in grouped.counting(chain(found, _invalid(store, held))):
        pass
    return grouped.groups()


def _invalid(store: Store, held: Iterable[HeldBack]) -> Iterable[RecordFinding]:
    for one in held:
        if INVALID in one.codes:
            row = FindingRow(one.source, one.record, one.doi, Finding(INVALID))
            for stored in store.articles.find(one.record, one.source):
                if stored.identifier == one.record and (article := stored.article):
                    title = plain(article.titles[0].text) if article.titles else None
                    row = structs.replace(row, title=title, landing_page=article.landing_page)
            yield worded_finding(row, {})
