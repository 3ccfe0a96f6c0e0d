"""What came in one run, into the store: which version of a record counts, and what its arrival means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.harvesting import changes
from harvester.harvesting.seen import Seen
from harvester.mapping.source_mapper import SourceMapper
from harvester.model import Page, RawRecord, StoredRecord
from harvester.store import PageToSave, RecordToSave, Run, Transition

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


class Arrival(Struct, frozen=True):
    """A page with what the store knows of its records. `disputed` ones contradict each other or the store."""

    page: Page
    known: Mapping[str, StoredRecord]
    records: tuple[RawRecord, ...]
    disputed: tuple[RawRecord, ...]


class PageWriter:
    """Writes the pages of one run. Belongs to one thread; remembers only what arrived since the run resumed."""

    def __init__(self, store: Store, mapper: SourceMapper, run: Run) -> None:
        self._store, self._mapper, self._run = store, mapper, run
        self._delivered, self._rejected = Seen(), Seen()

    def look(self, page: Page) -> Arrival:
        """Compares a page with the store. Records that this run gave in a newer version before are left out."""
        newest = changes.newest(page.records)
        known = self._known([raw.identifier for raw in newest])
        records = tuple(raw for raw in newest if not self._is_outdated(known.get(raw.identifier), raw))
        contested = changes.contested(page.records)
        disputed = tuple(
            raw for raw in records if raw.identifier in contested or changes.contradicts(known.get(raw.identifier), raw)
        )
        return Arrival(page, known, records, disputed)

    def save(
        self,
        arrival: Arrival,
        answers: Mapping[str, RawRecord | None],
        transitions: Sequence[Transition] = (),
        resolved: Collection[str] = (),
    ) -> None:
        """Stores a page and these transitions in one transaction; `answers` decide about its disputed records."""
        known, page = arrival.known, arrival.page
        standing = [raw for raw in (self._decided(raw, known, answers) for raw in arrival.records) if raw is not None]
        standing = [changes.with_earlier_lists(raw, known.get(raw.identifier)) for raw in standing]
        saved = [RecordToSave(raw, changes.decide(known.get(raw.identifier), raw)) for raw in standing]
        arrived = [one.raw for one in saved if changes.concerns_article(one, known.get(one.raw.identifier))]
        save = PageToSave(
            records=tuple(self._without_repeats(saved, known)),
            bad=tuple(bad for bad in page.bad if bad.identifier is None or self._rejected.add(bad.identifier)),
            articles=tuple(self._mapper.arrived(self._run.prefix, arrived)),
            response_date=page.response_date,
        )
        self._store.apply(self._run.id, transitions, save, resolved, taken=self._run.taken)

    def was_delivered(self, identifier: str) -> bool:
        """Whether this record came since the run began or resumed."""
        return identifier in self._delivered

    def missing(self, headers: Iterable[RawRecord]) -> list[RawRecord]:
        """Those of the listed records that are neither stored as listed nor rejected in this run."""
        listed = {raw.identifier: raw for raw in headers if raw.identifier not in self._rejected}
        known = self._known(listed)
        return [raw for identifier, raw in listed.items() if changes.is_news(known.get(identifier), raw)]

    def _known(self, identifiers: Collection[str]) -> dict[str, StoredRecord]:
        return self._store.records.stored(self._run.source, self._run.prefix, identifiers)

    def _is_outdated(self, known: StoredRecord | None, raw: RawRecord) -> bool:
        return known is not None and self._is_ours(known, raw) and changes.outdated(known, raw)

    def _is_ours(self, known: StoredRecord | None, raw: RawRecord) -> bool:
        """Whether this run gave what is stored, since it resumed or before."""
        return known is not None and (raw.identifier in self._delivered or known.run_id == self._run.id)

    def _decided(
        self, raw: RawRecord, known: Mapping[str, StoredRecord], answers: Mapping[str, RawRecord | None]
    ) -> RawRecord | None:
        """The version that counts; `None` if what is stored stays: the live record, or the newer one."""
        held = known.get(raw.identifier)
        if raw.identifier not in answers or held is None:
            return answers.get(raw.identifier) or raw
        older = self._is_ours(held, raw) and raw.datestamp < held.datestamp
        return answers[raw.identifier] or (None if raw.deleted or older else raw)

    def _without_repeats(
        self, saved: Iterable[RecordToSave], known: Mapping[str, StoredRecord]
    ) -> Iterable[RecordToSave]:
        """Leaves out what came unchanged for the second time in this run: it would be counted twice."""
        for record in saved:
            repeated = self._is_ours(known.get(record.raw.identifier), record.raw)
            self._delivered.add(record.raw.identifier)
            if record.decision != "unchanged" or not repeated:
                yield record
