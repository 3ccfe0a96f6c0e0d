"""What arrives in one run: which version of a record stands, what its arrival means, and into the store with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from harvester.errors import OaiCode, ProtocolError, ProviderError
from harvester.harvesting import changes
from harvester.harvesting.seen import Seen
from harvester.mapping.source_mapper import SourceMapper
from harvester.model import Page, RawRecord, StoredRecord
from harvester.store import PageToSave, RecordToSave, Run

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

GetRecord = Callable[[str], Page]


class Arrivals:
    """Keeps the pages of one run. `get_record` asks the provider for one record where its list contradicts itself."""

    def __init__(self, store: Store, mapper: SourceMapper, run: Run, get_record: GetRecord) -> None:
        self._store, self._mapper, self._run, self._get_record = store, mapper, run, get_record
        self._counted, self._rejected = Seen(), Seen()

    def keep(self, page: Page, window_id: int | None, *, seen: int, done: bool) -> None:
        """Stores a page and moves its window behind it, in one transaction; without a window no checkpoint moves."""
        records = changes.newest(page.records)
        known = self._store.stored_records(self._run.source, self._run.prefix, [raw.identifier for raw in records])
        standing = self._standing(records, known, changes.contested(page.records))
        saved = [RecordToSave(raw, changes.decide(known.get(raw.identifier), raw)) for raw in standing]
        arrived = [record.raw for record in saved if record.decision in ("new", "changed", "deleted")]
        save = PageToSave(
            records=tuple(self._uncounted(saved, known)),
            bad=tuple(bad for bad in page.bad if bad.identifier is None or self._rejected.add(bad.identifier)),
            articles=tuple(self._mapper.arrived(self._run.prefix, arrived)),
            token=None if done else page.token,
            response_date=page.response_date,
            done=done,
            seen=seen,
            list_size=page.list_size,
        )
        self._store.save_page(self._run.id, window_id, save)

    def gave(self, identifier: str) -> bool:
        """Whether a record of this name was kept since this run was taken up."""
        return identifier in self._counted

    def lacking(self, headers: Iterable[RawRecord]) -> list[RawRecord]:
        """Those of the listed records that neither are held as they are listed nor were rejected by name."""
        listed = {raw.identifier: raw for raw in headers if raw.identifier not in self._rejected}
        known = self._store.stored_records(self._run.source, self._run.prefix, listed)
        return [raw for name, raw in listed.items() if changes.is_news(known.get(name), raw)]

    def _uncounted(self, saved: Iterable[RecordToSave], known: Mapping[str, StoredRecord]) -> Iterable[RecordToSave]:
        """Without what came unchanged for the second time in this run: it would be counted twice."""
        for one in saved:
            again = self._is_ours(known.get(one.raw.identifier), one.raw)
            self._counted.add(one.raw.identifier)
            if one.decision != "unchanged" or not again:
                yield one

    def _is_ours(self, held: StoredRecord | None, raw: RawRecord) -> bool:
        """Whether this run gave what is held, since it was taken up or before."""
        return held is not None and (raw.identifier in self._counted or held.run_id == self._run.id)

    def _standing(
        self, records: Iterable[RawRecord], known: Mapping[str, StoredRecord], contested: frozenset[str]
    ) -> list[RawRecord]:
        standing = []
        for raw in records:
            held = known.get(raw.identifier)
            ours = self._is_ours(held, raw)
            if held is not None and ours and changes.outdated(held, raw):
                continue  # this run gave a newer one already, on another page
            if raw.identifier in contested or changes.contradicts(held, raw):
                asked = self._asked(raw)
                if asked is None and held is not None and (raw.deleted or (ours and raw.datestamp < held.datestamp)):
                    continue  # what is live, or the newer, stays so, until the provider says otherwise by itself
                raw = asked or raw
            standing.append(raw)
        return standing

    def _asked(self, raw: RawRecord) -> RawRecord | None:
        """What the provider says of this record alone; `None` where it does not."""
        try:
            answer = self._get_record(raw.identifier).records
        except ProtocolError as error:
            return _tombstone(raw) if error.code == OaiCode.ID_DOES_NOT_EXIST else None
        except ProviderError:
            return None
        return next((one for one in answer if one.identifier == raw.identifier), None)


def _tombstone(raw: RawRecord) -> RawRecord:
    return RawRecord(identifier=raw.identifier, datestamp=raw.datestamp, sets=raw.sets, deleted=True)
