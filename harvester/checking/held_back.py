"""Why records are held back, and what a person calls them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
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
    grouped, stored_codes = FindingGroups(), set[tuple[str, str, str]]()
    for finding in reported(grouped.counting(_stored(config, store, held)), "reading findings"):
        stored_codes.add((finding.source, finding.record, finding.code))
    for _ in grouped.counting(_found_at_export(held, stored_codes)):
        pass
    return grouped.groups()


def _stored(config: Config, store: Store, held: Sequence[HeldBack]) -> Iterable[RecordFinding]:
    wanted, sources = {(one.source, one.record) for one in held}, sorted({one.source for one in held})
    stored = worded_findings(store, sources, config.journal_tables, severities=("error",)) if sources else ()
    return (finding for finding in stored if (finding.source, finding.record) in wanted)


def _found_at_export(held: Iterable[HeldBack], stored: AbstractSet[tuple[str, str, str]]) -> Iterable[RecordFinding]:
    """What is found while a file is built is not stored: the record is held back from one target only."""
    for one in held:
        for code in one.codes:
            if (one.source, one.record, code) not in stored:
                yield worded_finding(FindingRow(one.source, one.record, one.doi, Finding(code), None), {})
