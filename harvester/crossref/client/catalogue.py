"""Crossref as a catalogue of DOIs: lists, and records with their versions and facts, as `harvester.answers`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from harvester.answers import HeldRecord, ListedDoi
from harvester.crossref.client import facts
from harvester.crossref.client.works import Reader
from harvester.identifiers import clean_issn

_NOT_IN_MARK = ("reference",)  # a match that Crossref finds changes no fact of the deposit


class Catalogue:
    """Reads what Crossref holds. Every method raises `AgencyUnavailable`, `AgencyError` and `Stopped`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def listed(self, place: str, since: date | None = None) -> Iterator[ListedDoi]:
        """Every DOI of a DOI prefix or a journal, or those that changed on `since` or later, matches included."""
        issn = clean_issn(place)
        items = self._reader.works_of_journal(issn, since) if issn else self._reader.works_of_prefix(place, since)
        return (listed for item in items if (listed := listed_doi(item)))

    def record(self, doi: str) -> HeldRecord:
        """The DOI with its version; without one if Crossref does not show it, yet or ever."""
        held = self._reader.held(doi)
        if held is None:
            return HeldRecord(doi=doi)
        return HeldRecord(
            doi=held.doi or doi,
            version=held.version,
            owner=held.owner_prefix,
            updated=held.updated,
            facts={} if held.record is None else facts.of_record(held.record, doi),
        )


def listed_doi(item: Mapping[str, Any]) -> ListedDoi | None:
    """A work of a list; `None` without a DOI."""
    doi = item.get("DOI")
    if not isinstance(doi, str) or not doi:
        return None
    marked = {name: value for name, value in sorted(item.items()) if name not in _NOT_IN_MARK}
    references = [row for row in item.get("reference") or () if isinstance(row, dict)]
    count = item.get("references-count")
    return ListedDoi(
        doi=doi,
        mark=hashlib.sha256(msgspec.json.encode(marked)).hexdigest()[:16],
        created=_moment(item.get("created")),
        updated=_moment(item.get("deposited")),
        owner=str(item["prefix"]).rpartition("/")[2] if item.get("prefix") else None,
        references=count if isinstance(count, int) else len(references),
        matched=sum(bool(row.get("DOI")) for row in references),
    )


def _moment(value: object) -> datetime | None:
    """From milliseconds since 1970, or from the text."""
    if not isinstance(value, Mapping):
        return None
    stamp, words = value.get("timestamp"), value.get("date-time")
    try:
        if isinstance(stamp, int):
            return datetime.fromtimestamp(stamp / 1000, UTC)
        moment = datetime.fromisoformat(str(words))
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
