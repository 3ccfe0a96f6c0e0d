"""Compares the provider's whole list of identifiers with the store, for what is never announced. A plan.

OJS announces no deletions from the second journal on, Janeway none at all. Datestamps are set back, and rows shift
while a list is read by offsets. Nothing is deleted that the provider, asked for it by identifier, still has in the
configured sets; nothing at all if its list may be incomplete; and not more than `max_deletion_share` before a person
has looked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from harvester.config import Source
from harvester.datestamps import parse_utc
from harvester.errors import OaiCode, ProtocolError, ProviderError
from harvester.harvesting import by_identifier, changes, lists, missing_settings, sentences
from harvester.harvesting.by_identifier import Asker, Denied, Given, Gone, IdentifierList, Result
from harvester.harvesting.context import Outcome
from harvester.harvesting.ending import Ending
from harvester.harvesting.patience import Patience
from harvester.harvesting.questions import LastComplete, Plan, RejectedBefore, Save, StoredIdentifiers, StoredRecords
from harvester.harvesting.seen import Seen
from harvester.model import BadRecord, Page, RawRecord, StoredRecord, Window
from harvester.store import Close, Run, UnresolvedRejection
from harvester.system.batches import batched


def compare(run: Run, source: Source, patience: Patience, *, confirm: bool) -> Plan[Ending]:
    """Fetches what the store lacks, deletes what is gone, and says what could not be done.

    `confirm` allows more deletions than `max_deletion_share`, and on the word of a list that may be incomplete.
    """
    waiting: list[UnresolvedRejection] = yield RejectedBefore()
    comparison = _Comparison(run, source, patience, confirm, {one.identifier for one in waiting})
    try:
        return (yield from comparison.ending())
    except ProviderError as error:
        return Ending(Outcome("failed", str(error)))


class _Listed(Struct):
    """What the provider lists: which identifiers live, and which of them the store lacks or has in an older version.

    `before_gaps` are the records directly before those: where a page was cut, they are incomplete here.
    """

    live: Seen
    missing: list[RawRecord]
    before_gaps: dict[str, RawRecord]
    total: int = 0
    response_date: str = ""
    doubt: str | None = None


class _Comparison:
    def __init__(self, run: Run, source: Source, patience: Patience, confirm: bool, rejected: set[str]) -> None:
        self._run, self._source, self._patience, self._confirm = run, source, patience, confirm
        self._rejected = rejected  # by an earlier run, and not come since
        self._asker = Asker(run.prefix, patience, in_a_row=patience.fruitless_records)
        self._listed = _Listed(Seen(), [], {})
        self._notes: list[str] = []
        self._silent = set[str]()  # sets of which nothing is listed
        self._refused: ProtocolError | None = None  # the list of such a set
        self._withheld: dict[str, BadRecord] = {}  # records that did not come, by identifier
        self._began: datetime | None = None  # the last complete harvest, by the provider's clock
        self._lag = timedelta()  # how long after their datestamps missing records entered the lists, at most
        self._is_backdated = False  # and some so long after that no overlap finds them

    def ending(self) -> Plan[Ending]:
        last: Run | None = yield LastComplete()
        self._began = parse_utc(last.response_date or "") if last else None
        for window in self._run.windows:
            yield from self._list(window.window)
        has_all_sets = yield from self._has_all_sets()
        fetched_all = yield from self._fetch_missing()
        deleted_all = has_all_sets and (yield from self._delete_vanished())
        if self._withheld:
            first = next(iter(self._withheld.values()))
            name, why = first.identifier, first.reason
            self._notes.append(
                f"{len(self._withheld)} of the records could not be fetched by identifier, among them {name}: {why}"
            )
        if self._lag or self._is_backdated:
            self._notes.append(sentences.late(self._lag, self._source.name))
        said = "; ".join(self._notes) or None
        if not (fetched_all and deleted_all):
            return Ending(Outcome("incomplete", said))
        closed = tuple(Close(window.id, self._listed.total) for window in self._run.windows)
        return Ending(Outcome("complete", said), closed)

    # ----------------------------------------------------------------------------------- the provider's list

    def _list(self, window: Window) -> Plan[None]:
        """Reads one list of identifiers; once more if it may be incomplete or its token expired."""
        try:
            doubt = yield from self._read(window)
        except ProtocolError as error:
            if error.code == OaiCode.BAD_ARGUMENT and window.set_spec:
                self._silent.add(window.set_spec)
                self._refused = error
                return
            if error.code != OaiCode.BAD_RESUMPTION_TOKEN:
                raise
            doubt = str(error)
        if doubt:
            doubt = yield from self._read(window)
        self._listed.doubt = doubt or self._listed.doubt

    def _read(self, window: Window) -> Plan[str | None]:
        """Compares each page of the list with the store; returns why the list may be incomplete."""
        listed = IdentifierList(window, self._patience)
        last: RawRecord | None = None  # of the page before, unless it is to be fetched anyway
        while (page := (yield from listed.next_page())) is not None:
            self._listed.response_date = self._listed.response_date or page.response_date
            known = yield StoredRecords([raw.identifier for raw in page.records])
            missing = self._take(page, known, window, last)
            if page.records:
                last = None if page.records[-1].identifier in missing else page.records[-1]
        self._listed.total += listed.total
        if window.set_spec and not listed.total:
            self._silent.add(window.set_spec)
        return lists.doubt(listed.total, listed.size, circling=listed.circling, shrunk=listed.has_shrunk)

    def _take(
        self, page: Page, known: Mapping[str, StoredRecord], window: Window, last: RawRecord | None
    ) -> Collection[str]:
        """Notes what the store lacks of a page; returns its identifiers."""
        live = [raw for raw in changes.newest(page.records) if not raw.deleted]
        fresh = [raw for raw in live if self._listed.live.add(raw.identifier)]
        missing = {raw.identifier for raw in live if self._is_missing(raw, known.get(raw.identifier))}
        absent = missing - known.keys() - self._rejected
        for raw in fresh:
            if raw.identifier in missing:
                self._listed.missing.append(changes.listed_in(raw, window.set_spec))
            if raw.identifier in absent:
                self._measure_lag(raw)
        for raw in by_identifier.edges(page.records, absent, last).values():
            if raw.identifier not in missing:
                self._listed.before_gaps[raw.identifier] = changes.listed_in(raw, window.set_spec)
        return missing

    def _has_all_sets(self) -> Plan[bool]:
        """Whether the provider still has the configured sets: what was in one that is gone may be in another now."""
        if not self._silent:
            return True
        gone = yield from missing_settings.missing_sets(self._silent, self._run.prefix, self._source.sets)
        if gone:
            self._notes.append(f"nothing was deleted, as {gone}, then run `harvester reconcile {self._source.name}`")
        elif self._refused:
            raise self._refused
        return gone is None

    def _is_missing(self, raw: RawRecord, known: StoredRecord | None) -> bool:
        """Whether the store lacks the record, or the version that is listed, or does not know that it is in the set."""
        if raw.identifier in self._rejected or changes.is_news(known, raw):
            return True
        return known is not None and not self._source.includes((*known.sets, *known.listed_in))

    def _measure_lag(self, raw: RawRecord) -> None:
        """Notes how long after its datestamp a record entered the lists, if harvests can never get it."""
        stamp = parse_utc(raw.datestamp)
        if self._began is None or stamp is None:
            return
        lag = self._began - stamp
        if lag > sentences.MOST_OVERLAP:
            self._is_backdated = True
        elif timedelta(seconds=self._source.overlap) < lag:
            self._lag = max(self._lag, lag)

    # ---------------------------------------------------------------------------------- what the store lacks

    def _fetch_missing(self) -> Plan[bool]:
        """Fetches each by identifier; returns whether that were all. Those before gaps come first: a gap shows once."""
        most = self._patience.missing_records
        yield from self._fetch(list(self._listed.before_gaps.values())[:most], rejects=False)
        yield from self._fetch(self._listed.missing[:most])
        left = len(self._listed.missing) - most
        if left > 0:
            self._notes.append(
                f"{left} more records are missing here; run `harvester harvest {self._source.name} --full`"
            )
        return left <= 0

    def _fetch(self, listed: Sequence[RawRecord], *, rejects: bool = True) -> Plan[None]:
        """Fetches each of these by identifier, and `rejects` what does not come."""
        for headers in batched(listed, self._patience.records_per_commit):
            records: list[RawRecord] = []
            bad: list[BadRecord] = []
            for header in headers:
                result = yield from self._asker.get(header.identifier)
                if isinstance(result, Given) and result.records:
                    records += (replace(raw, listed_in=header.listed_in) for raw in result.records)
                elif rejects and (lost := self._withhold(header.identifier, result)):
                    bad.append(lost)
            yield self._save(records, bad)

    def _withhold(self, identifier: str, result: Result) -> BadRecord | None:
        """Notes a record that did not come. It costs the others nothing: many providers answer HTTP 500 for one."""
        lost = by_identifier.rejection(identifier, result)
        return None if lost is None else self._withheld.setdefault(identifier, lost)

    def _save(self, records: Iterable[RawRecord], bad: Iterable[BadRecord] = ()) -> Save:
        page = Page(records=tuple(records), bad=tuple(bad), response_date=self._listed.response_date)
        return Save(page, self._rejected & {raw.identifier for raw in page.records})

    # ------------------------------------------------------------------------------- what the provider lacks

    def _delete_vanished(self) -> Plan[bool]:
        """Turns what is gone into tombstones; returns whether all of it was."""
        live, vanished = yield from self._vanished()
        if objection := self._objection(live, len(vanished)):
            self._notes.append(objection)
            return False
        unlisted = [name for name in sorted(self._rejected.difference(vanished)) if name not in self._listed.live]
        for identifiers in batched([*vanished, *unlisted], self._patience.records_per_commit):
            known = yield StoredRecords(identifiers)
            gone: list[RawRecord] = []
            for identifier in identifiers:
                if (yield from self._is_gone(identifier, known.get(identifier))):
                    now = self._listed.response_date
                    gone.append(RawRecord(identifier=identifier, datestamp=now, deleted=True))
            if gone:
                yield self._save(gone)
        return True

    def _vanished(self) -> Plan[tuple[int, Sequence[str]]]:
        """How many records of the store are live, and the identifiers of those that are not listed."""
        live, vanished, last = 0, list[str](), ""
        while identifiers := (yield StoredIdentifiers(last)):
            known = yield StoredRecords(identifiers)
            alive = [name for name in identifiers if name in known and not known[name].deleted]
            live += len(alive)
            vanished += [name for name in alive if name not in self._listed.live]
            last = identifiers[-1]
        return live, vanished

    def _objection(self, live: int, vanished: int) -> str | None:
        """Why nothing may be deleted before a person has looked."""
        if self._confirm or not vanished:
            return None
        confirmed = f"run `harvester reconcile {self._source.name} --confirm`"
        if self._listed.doubt:
            return (
                f"{self._listed.doubt}: nothing is deleted because of such a list; "
                f"if {vanished} of {live} records are gone, {confirmed}"
            )
        share = vanished / live
        if share > self._source.max_deletion_share:
            return (
                f"{vanished} of {live} records ({share:.0%}) are not listed any more, which is more than "
                f"max_deletion_share; if that is right, {confirmed}"
            )
        return None

    def _is_gone(self, identifier: str, known: StoredRecord | None) -> Plan[bool]:
        """Whether the provider, asked for the record by identifier, has it no more, or has it in other sets only."""
        result = yield from self._asker.get(identifier)
        if isinstance(result, Given) and result.records:
            raw, listed_in = result.records[0], known.listed_in if known else ()
            return raw.deleted or not self._source.includes((*raw.sets, *listed_in))
        if isinstance(result, Gone) or (isinstance(result, Denied) and by_identifier.lacks_format(result.error)):
            return True
        self._withhold(identifier, result)
        return False
