"""Looks for drift: reads what the agency holds of the DOIs that it had from us, and compares it with our files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.answers import Facts
from harvester.identifiers import fold_doi
from harvester.registration.drift import Drift, Sent, compared, is_late
from harvester.registration.readback import FEW, ReadableAgency, Readback
from harvester.registration.reader import content
from harvester.reports import SkippedDoi
from harvester.store import DoiRow, OwnFile, SeenDoi

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

_FILES_IN_MEMORY = 4

_FactsOf = Callable[[OwnFile], "Mapping[str, Facts] | None"]


class DriftFound(Struct, frozen=True, kw_only=True):
    """What was compared, and what was found."""

    compared: int
    drift: tuple[Drift, ...]
    skipped: tuple[SkippedDoi, ...]


def find_drift(
    store: Store,
    agency: ReadableAgency,
    readback: Readback,
    *,
    sources: Collection[str] = (),
    dois: Sequence[str] = (),
    prefixes: tuple[str, ...] = (),
    now: datetime,
) -> DriftFound:
    """Reads and compares the DOIs of these sources, these DOIs, or all that the agency had from us.

    `prefixes` are those of the account. Raises `AgencyUnavailable`, `AgencyError` and `Stopped`; what was read so far
    is remembered.
    """
    rows = [
        row
        for row in store.registrations.rows(agency.name, readback.system, dois)
        if not sources or row.source in sources
    ]
    skipped = [one for row in rows if (one := _not_ours(row, named=bool(dois)))]
    ours = {fold_doi(row.doi): row for row in rows if _held(row) is not None}
    seen = readback.refresh([row.doi for row in ours.values()], by_list=not (dois and len(dois) <= FEW))
    files = store.held_records.own_files(agency.name, list(ours))
    drift: list[Drift] = []
    facts_of = _reading(store, agency)
    for key, row in _by_file(ours):
        sent = _sent(row, files.get(key, ()), seen.get(key), facts_of)
        if not sent.facts:
            skipped.append(SkippedDoi(doi=row.doi, reason="our file is not in the exports folder, and was not kept"))
        held = seen[key].record if key in seen else None
        found = compared(sent, held, prefixes, now)
        if not found and is_late(sent, held):
            skipped.append(SkippedDoi(doi=row.doi, reason="it is new, and the agency does not show it yet"))
        drift.extend(found)
    order = {row.doi: number for number, row in enumerate(rows)}
    drift.sort(key=lambda one: order[one.doi])
    return DriftFound(compared=len(ours), drift=tuple(drift), skipped=tuple(skipped))


def _held(row: DoiRow) -> int | None:
    return row.registration.held if row.registration else None


def _not_ours(row: DoiRow, *, named: bool) -> SkippedDoi | None:
    """Why a DOI is left out, if a person named it, or thinks that it is registered."""
    if _held(row) is not None:
        return None
    if row.state in ("registered", "registered_with_conflict"):
        return SkippedDoi(doi=row.doi, reason="it is not known which version of ours is registered")
    return SkippedDoi(doi=row.doi, reason="this program has not registered it") if named else None


def _by_file(rows: Mapping[str, DoiRow]) -> Iterable[tuple[str, DoiRow]]:
    """The DOIs, those of a file together, so that each file is parsed once."""
    return sorted(rows.items(), key=lambda item: (_held(item[1]) or 0, item[0]))


def _sent(row: DoiRow, files: Sequence[OwnFile], seen: SeenDoi | None, facts_of: _FactsOf) -> Sent:
    """The facts of the file that the agency had from us, and of the one whose version it holds."""
    held = _held(row) or 0
    wanted = {held, (seen.record.version if seen else None) or 0}
    facts: dict[int, Facts] = {}
    for file in files:
        found = facts_of(file) if file.version in wanted else None
        if found and (mine := found.get(fold_doi(row.doi))):
            facts[file.version] = mine
    since = row.registration.held_since if row.registration else None
    return Sent(doi=row.doi, held=held, versions=tuple(file.version for file in files), facts=facts, since=since)


def _reading(store: Store, agency: ReadableAgency) -> _FactsOf:
    """A function that parses a file of ours, and remembers the last ones."""

    @lru_cache(_FILES_IN_MEMORY)
    def facts_of(file: OwnFile) -> Mapping[str, Facts] | None:
        data = store.held_records.file(file.batch_id) or content(file)
        return agency.facts(data) if isinstance(data, bytes) else None

    return facts_of
