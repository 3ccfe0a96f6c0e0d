"""Why records are held back, and what a person calls them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.checking.grouped import FindingGroup, FindingGroups
from harvester.checking.worded import worded_finding, worded_findings
from harvester.config import Config
from harvester.model import Finding
from harvester.reports import HeldBack, RecordFinding
from harvester.store import FindingRow
from harvester.system.progress import reported
from harvester.text import plain

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

INVALID = "deposit-invalid"  # found while a file is built, and not stored


class Label(Struct, frozen=True):
    """What a person knows a record by: its title, and the address of its landing page or DOI."""

    title: str | None
    link: str | None


def label(store: Store, source: str, identifier: str) -> Label:
    """The label of a record, without what its article does not have."""
    for stored in store.articles.find(identifier, source):
        if stored.identifier == identifier and (article := stored.article):
            title = plain(article.titles[0].text) if article.titles else None
            return Label(title, article.landing_page or (f"https://doi.org/{stored.doi}" if stored.doi else None))
    return Label(None, None)


def held_back_groups(config: Config, store: Store, held: Sequence[HeldBack]) -> list[FindingGroup]:
    """What holds these records back, by code."""
    wanted, grouped = {(one.source, one.record) for one in held}, FindingGroups()
    sources = sorted({one.source for one in held})
    stored = worded_findings(store, sources, config.journal_tables, severities=("error",)) if sources else ()
    found = (finding for finding in stored if (finding.source, finding.record) in wanted)
    for _ in reported(grouped.counting(found), "reading findings"):
        pass
    for _ in grouped.counting(_invalid(held)):
        pass
    return grouped.groups()


def _invalid(held: Iterable[HeldBack]) -> Iterable[RecordFinding]:
    for one in held:
        if INVALID in one.codes:
            yield worded_finding(FindingRow(one.source, one.record, one.doi, Finding(INVALID), None), {})
