"""What is registered: DOIs with every version, journal titles, and conflicts between DOIs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct, field

Key = tuple[str, ...]  # first surname, volume, issue, first page, year, title


class Version(Struct, frozen=True, kw_only=True):
    """One accepted deposit of a DOI. `number` is the timestamp of its file."""

    number: int
    xml: bytes  # the journal or book with this item alone, in the namespace of the deposit
    at: datetime  # when it was processed
    submission: int


class Title(Struct, kw_only=True, eq=False):
    """A journal's record. Other deposits with one of its ISSNs must agree with it."""

    title: str
    owner: str  # DOI prefix
    publisher: str
    journal_id: int
    issns: dict[str, str] = field(default_factory=dict)  # without a hyphen, to print or electronic
    doi: str | None = None


class Record(Struct, kw_only=True, eq=False):
    """A registered DOI, written as in its first deposit."""

    doi: str
    kind: str  # the element that contained it
    owner: str  # DOI prefix; it may be another one than that of the DOI
    citation_id: int
    versions: list[Version] = field(default_factory=list)
    key: Key = ()
    conflicts: dict[str, int] = field(default_factory=dict)  # the other DOI to the id of the conflict
    title: Title | None = None  # of its journal
    matches: dict[str, str] = field(default_factory=dict)  # key of a reference to the DOI that Crossref found
    matched: datetime | None = None  # when the last of them was found

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    @property
    def created(self) -> datetime:
        return self.versions[0].at

    @property
    def prefix(self) -> str:
        return self.doi.partition("/")[0]

    def at(self, moment: datetime) -> Version | None:
        """The version that was the newest at a moment."""
        return next((version for version in reversed(self.versions) if version.at <= moment), None)


class Registry:
    """The registered DOIs and titles. DOIs are compared without case, ISSNs without hyphen."""

    def __init__(self) -> None:
        self.dois: dict[str, Record] = {}
        self.titles: dict[str, Title] = {}  # by ISSN, and by the DOI of the journal
        self._by_key: dict[Key, list[Record]] = {}
        self._ids = 85_855_904  # of titles, citations and conflicts

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    def record(self, doi: str) -> Record | None:
        return self.dois.get(doi.lower())

    def title(self, issn: str) -> Title | None:
        return self.titles.get(plain_issn(issn))

    def all_titles(self) -> list[Title]:
        return list({title.journal_id: title for title in self.titles.values()}.values())

    def put_title(
        self, title: str, owner: str, publisher: str, issns: Iterable[tuple[str, str]], doi: str | None = None
    ) -> Title:
        """The record of a journal, new, or that of one of its ISSNs or its DOI, with those it did not have yet."""
        media = {plain_issn(issn): medium for issn, medium in issns}
        keys = [*media, doi.lower()] if doi else list(media)
        known = next((self.titles[key] for key in keys if key in self.titles), None)
        held = known or Title(title=title, owner=owner, publisher=publisher, journal_id=self.next_id())
        for key in keys:
            self.titles.setdefault(key, held)
        for issn, medium in media.items():
            held.issns.setdefault(issn, medium)
        held.doi = held.doi or doi
        return held

    def put(self, doi: str, kind: str, version: Version, key: Key = (), title: Title | None = None) -> Record:
        """Adds a version of a DOI, which becomes the newest."""
        record = self.record(doi)
        if record is None:
            owner = doi.partition("/")[0]
            record = Record(doi=doi, kind=kind, owner=owner, citation_id=self.next_id())
            self.dois[doi.lower()] = record
        record.versions.append(version)
        if record.key and record in self._by_key.get(record.key, []):
            self._by_key[record.key].remove(record)
        record.key, record.title = key, title
        if key:
            self._by_key.setdefault(key, []).append(record)
        return record

    def update_conflicts(self, record: Record) -> tuple[list[str], list[int]]:
        """Compares the metadata of a DOI with all others: the DOIs in conflict with it, the conflicts that ended."""
        same = [other for other in self._by_key.get(record.key, []) if other is not record]
        ended = set()
        for doi in record.conflicts.keys() - {other.doi for other in same}:
            ended.add(record.conflicts.pop(doi))
            if other := self.record(doi):
                other.conflicts.pop(record.doi, None)
        fresh = self.next_id() if any(other.doi not in record.conflicts for other in same) else 0
        for other in same:
            number = record.conflicts.setdefault(other.doi, fresh)
            other.conflicts.setdefault(record.doi, number)
        return [other.doi for other in same], sorted(ended)


def plain_issn(issn: str) -> str:
    return issn.replace("-", "").strip().upper()
