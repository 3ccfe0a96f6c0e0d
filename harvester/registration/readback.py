"""Reads what the agency holds of DOIs, and remembers it. What was read stays when the program is stopped.

Lists come first, because they have hundreds of DOIs each. A DOI is read whole, with its version, only if its
list shows something else than when it was last read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from harvester.answers import Facts, HeldRecord, ListedDoi, System
from harvester.config import Config
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.errors import ConfigError
from harvester.identifiers import doi_prefix, fold_doi
from harvester.registration.registrar import Agency
from harvester.store import DoiState, SeenDoi
from harvester.system import locks
from harvester.system.progress import report
from harvester.system.stopping import Stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

LOCK = "readback"
FEW = 20  # DOIs that are read one by one, without a list before
_TO_READ: tuple[DoiState, ...] = ("registered", "registered_with_conflict", "unaccounted", "uncertain")
_AT_ONCE = 25  # are stored together: some seconds of requests


class Catalogue(Protocol):
    """What an agency holds. Each call raises `AgencyUnavailable`, `AgencyError` and `Stopped`."""

    def listed(self, place: str, since: date | None = None) -> Iterator[ListedDoi]:
        """The DOIs of a DOI prefix or an ISSN; with `since` those that changed on that day or later."""

    def record(self, doi: str) -> HeldRecord:
        """One DOI with its version; without a version if the agency does not show it."""


class ReadableAgency(Agency, Protocol):
    """An agency whose records can be read back."""

    def unreadable(self, config: Config) -> str | None:
        """Why nothing of what was sent can be read back; `None` if it can."""

    def shows_live(self, config: Config) -> bool:
        """Whether what the live system holds can be read while files go to a test system that cannot."""

    def catalogue(self, config: Config, stop: Stop) -> AbstractContextManager[Catalogue]:
        """What the agency holds. Raises `ConfigError`."""

    def facts(self, data: bytes) -> dict[str, Facts]:
        """What a file says of each of its DOIs, by the folded DOI."""


READABLE: dict[str, ReadableAgency] = {CROSSREF_AGENCY.name: CROSSREF_AGENCY}


def system_of(config: Config, agency: Agency) -> System:
    """The system that files are sent to, or the real one while nothing is sent."""
    terms = agency.terms(config)
    return terms.system if terms else "live"


def has_registered(config: Config, store: Store) -> bool:
    """Whether there is something of ours to read back where files are sent, by the store alone."""
    for agency in READABLE.values():
        terms = agency.terms(config)
        if terms is None:
            continue
        if agency.unreadable(config):
            references, matched = store.held_records.matches(agency.name, terms.system)
            if references > matched:
                return True
            continue
        counts = store.registrations.counts(agency.name, terms.system)
        if any(counts.get(state) for state in _TO_READ):
            return True
    return False


class Readback:
    """Reads and remembers what one system of an agency holds."""

    def __init__(
        self, store: Store, target: str, system: System, catalogue: Catalogue, now: Callable[[], datetime]
    ) -> None:
        self._store, self.target, self.system = store, target, system
        self._catalogue, self._now = catalogue, now

    def refresh(self, dois: Collection[str], *, by_list: bool) -> dict[str, SeenDoi]:
        """What the agency holds of these DOIs now, by the folded DOI."""
        if not by_list:
            return self.read(dois)
        listed = self.listed(sorted({doi_prefix(doi) for doi in dois}))
        known = self._store.held_records.of_dois(self.target, self.system, dois)
        self.note(listed, known)
        stale = [doi for doi in dois if not is_same(known.get(fold_doi(doi)), listed.get(fold_doi(doi)))]
        return {**known, **self.read(stale, listed)}

    def listed(self, places: Iterable[str], since: date | None = None) -> dict[str, ListedDoi]:
        """The DOIs of these DOI prefixes or ISSNs, by the folded DOI."""
        found: dict[str, ListedDoi] = {}
        for place in places:
            for one in self._catalogue.listed(place, since):
                found[fold_doi(one.doi)] = one
                if len(found) % 100 == 0:
                    report(f"listing the DOIs of {place}", len(found))
        return found

    def read(self, dois: Collection[str], listed: Mapping[str, ListedDoi] | None = None) -> dict[str, SeenDoi]:
        """Reads these DOIs whole."""
        known = self._store.held_records.of_dois(self.target, self.system, dois)
        found: dict[str, SeenDoi] = {}
        unsaved: list[SeenDoi] = []
        try:
            for done, doi in enumerate(dois):
                report("reading what the agency holds", done, len(dois))
                key = fold_doi(doi)
                found[key] = seen(self._catalogue.record(doi), known.get(key), (listed or {}).get(key), self._now())
                unsaved.append(found[key])
                if len(unsaved) == _AT_ONCE:
                    self.save(unsaved)
                    unsaved = []
        finally:
            self.save(unsaved)
        return found

    def note(self, listed: Mapping[str, ListedDoi], known: Mapping[str, SeenDoi]) -> None:
        """Remembers how many references the agency has matched since, which its lists say."""
        self.save(
            [
                replace(one, refs=listed[key].references, matched=listed[key].matched)
                for key, one in known.items()
                if key in listed and (one.refs, one.matched) != (listed[key].references, listed[key].matched)
            ]
        )

    def save(self, rows: Sequence[SeenDoi]) -> None:
        if rows:
            self._store.held_records.save(self.target, self.system, rows)


@contextmanager
def reading(
    config: Config,
    store: Store,
    agency: ReadableAgency,
    now: Callable[[], datetime],
    stop: Stop,
    *,
    system: System | None = None,
) -> Iterator[Readback]:
    """Reads from an agency what was sent to it, or what this `system` holds. Only one process of the machine does,
    because requests are counted.

    Raises `ConfigError` if what was sent cannot be read, and `BusyError`.
    """
    if system is None and (problem := agency.unreadable(config)):
        raise ConfigError([problem])
    with (
        locks.hold(config.locks, LOCK, what=f"reading of what {agency.title} holds"),
        agency.catalogue(config, stop) as catalogue,
    ):
        yield Readback(store, agency.name, system or system_of(config, agency), catalogue, now)


def is_same(known: SeenDoi | None, listed: ListedDoi | None) -> bool:
    """Whether the list shows a DOI as it did when the DOI was last read, so that reading it again is of no use."""
    return known is not None and known.read is not None and listed is not None and known.mark == listed.mark


def seen(record: HeldRecord, known: SeenDoi | None, listed: ListedDoi | None, now: datetime) -> SeenDoi:
    """A DOI that was just read. What only lists say is kept from the last one."""
    if listed is not None:
        return SeenDoi(record=record, mark=listed.mark, read=now, refs=listed.references, matched=listed.matched)
    if known is not None:
        return replace(known, record=record, mark=None, read=now)
    return SeenDoi(record=record, read=now)
