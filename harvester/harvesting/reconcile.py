"""Reconcile: the provider's whole list of identifiers against the store, for what is never announced.

OJS announces no deletions from the second journal on, Janeway none at all; datestamps are set back, and rows shift
while a list is read by offsets. Nothing is deleted that the provider, asked for it by name, still has; nothing at all
where its list may not be whole; and not more than `max_deletion_share` before a person has looked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.config import Config, Source
from harvester.errors import (
    BadAnswer,
    BadStatus,
    OaiCode,
    ProtocolError,
    ProviderError,
    Stopped,
    TooBig,
    TooSlow,
    WaitUntil,
)
from harvester.harvesting import changes
from harvester.harvesting.arrivals import Arrivals
from harvester.harvesting.job import Outcome
from harvester.harvesting.ladder import MISSES, MOST_MISSING, SLAB, batched
from harvester.harvesting.runs import report_of
from harvester.harvesting.seen import Seen
from harvester.mapping.source_mapper import SourceMapper
from harvester.model import BadRecord, Page, RawRecord, Window
from harvester.oai import Provider, hosts
from harvester.reports import RunReport
from harvester.store import Run
from harvester.system.logcontext import log_context
from harvester.system.stopping import Stop, never_stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)

_GONE = (OaiCode.ID_DOES_NOT_EXIST, OaiCode.CANNOT_DISSEMINATE_FORMAT)


def reconcile_source(
    config: Config,
    store: Store,
    source: Source,
    *,
    now: Callable[[], datetime],
    confirm: bool = False,
    stop: Stop = never_stop,
) -> Iterator[RunReport]:
    """Compares a source with its provider in each of its formats, and reports every run; the caller holds its lock.

    `confirm` allows more deletions than `max_deletion_share`.
    """
    return (_reconciled(config, store, source, prefix, now, confirm, stop) for prefix in source.formats)


def _reconciled(
    config: Config, store: Store, source: Source, prefix: str, now: Callable[[], datetime], confirm: bool, stop: Stop
) -> RunReport:
    started = time.monotonic()
    run = store.begin_run(source.name, prefix, "reconcile", changes.windows(prefix, source.sets), now())
    mapper = SourceMapper(config, store, source, today=now().date().isoformat())
    with log_context(source=source.name, run=run.id), Provider(source.access(), stop=stop) as provider:
        log.info("%s: begins a comparison", prefix)
        outcome = _Comparison(store, source, mapper, run, provider, confirm, stop).outcome()
    ended = store.finish_run(
        run.id,
        outcome.state,
        now(),
        outcome.error,
        wait_until=outcome.wait_until,
        interrupted=outcome.state == "incomplete" and stop(),
    )
    return report_of(ended, time.monotonic() - started)


class _Listed(Struct):
    """What the provider lists: which identifiers live, and which of them the store lacks or has older."""

    live: Seen
    missing: list[RawRecord]
    total: int = 0
    response_date: str = ""
    doubt: str | None = None


class _Comparison:
    def __init__(
        self,
        store: Store,
        source: Source,
        mapper: SourceMapper,
        run: Run,
        provider: Provider,
        confirm: bool,
        stop: Stop,
    ) -> None:
        self.store, self.source, self.run, self.confirm, self.stop = store, source, run, confirm, stop
        self.provider = provider
        self.arrivals = Arrivals(store, mapper, run, self._record)
        self.awaited = {one.identifier for one in store.unresolved_rejections(run.source, run.prefix)}
        self.notes: list[str] = []
        self._withheld: dict[str, str] = {}  # why records could not be had, by identifier
        self._in_vain = 0  # asked for one after the other

    def _record(self, identifier: str) -> Page:
        with hosts.turn(self.provider.url):
            return self.provider.record(identifier, self.run.prefix)

    def outcome(self) -> Outcome:
        """Brings in what the store lacks, buries what is gone, and says what it could not do."""
        try:
            listed = _Listed(Seen(), [])
            for window in self.run.windows:
                self._list(window.window, listed)
            whole = self._fetch(listed) & self._bury(listed)
        except Stopped:
            return Outcome("incomplete", "stopped on request; the next comparison begins anew")
        except WaitUntil as error:
            return Outcome("waiting", str(error), wait_until=error.moment)
        except ProviderError as error:
            return Outcome("failed", str(error))
        if self._withheld:
            name, why = next(iter(self._withheld.items()))
            self.notes.append(f"{len(self._withheld)} of the records could not be had by name, of them {name}: {why}")
        said = "; ".join(self.notes) or None
        if not whole:
            return Outcome("incomplete", said)
        for window in self.run.windows:
            self.store.close_window(window.id, listed.total)
        return Outcome("complete", said)

    # --------------------------------------------------------------------------------- the provider's list

    def _list(self, window: Window, listed: _Listed) -> None:
        """Walks one list of identifiers; one that may not be whole, or whose token expired, is walked once more."""
        try:
            doubt = self._walk(window, listed)
        except ProtocolError as error:
            if error.code != OaiCode.BAD_RESUMPTION_TOKEN:
                raise
            doubt = str(error)
        listed.doubt = (doubt and self._walk(window, listed)) or listed.doubt

    def _walk(self, window: Window, listed: _Listed) -> str | None:
        watch, size, token = changes.ListWatch(), None, None
        while True:
            with hosts.turn(self.provider.url):
                page = self.provider.identifiers(window, token)
            listed.response_date = listed.response_date or page.response_date
            listed.total += watch.count(page)
            size = page.list_size or size
            self._compare(page, listed)
            if page.token is None or watch.circling:
                return changes.doubt(watch.total, size, circling=watch.circling)
            token = page.token.value

    def _compare(self, page: Page, listed: _Listed) -> None:
        known = self.store.stored_records(self.run.source, self.run.prefix, [raw.identifier for raw in page.records])
        for raw in changes.newest(page.records):
            if raw.deleted or not listed.live.add(raw.identifier):
                continue
            if raw.identifier in self.awaited or changes.is_news(known.get(raw.identifier), raw):
                listed.missing.append(raw)

    # ------------------------------------------------------------------------------ what the store lacks

    def _fetch(self, listed: _Listed) -> bool:
        """Asks for each by its name, and rejects what does not come by it; whether that were all."""
        for headers in batched(listed.missing[:MOST_MISSING], SLAB):
            found = {header.identifier: self._by_name(header.identifier) for header in headers}
            lost = [name for name, records in found.items() if records is None]
            bad = [BadRecord(identifier=name, reason=self._withheld[name], payload=b"") for name in lost]
            self._keep([raw for records in found.values() for raw in records or ()], listed, bad)
        if (count := len(listed.missing)) > MOST_MISSING:
            more = f"{count - MOST_MISSING} more records are missing here"
            self.notes.append(f"{more}; run `harvester harvest {self.source.name} --full`")
        return count <= MOST_MISSING

    def _keep(self, records: Iterable[RawRecord], listed: _Listed, bad: Iterable[BadRecord] = ()) -> None:
        page = Page(records=tuple(records), bad=tuple(bad), response_date=listed.response_date)
        self.arrivals.keep(page, None, seen=len(page.records), done=False)
        self.store.resolve_rejections(self.run.id, self.awaited & {raw.identifier for raw in page.records})

    # -------------------------------------------------------------------------- what the provider lacks

    def _bury(self, listed: _Listed) -> bool:
        """Turns what is gone into tombstones; whether all of it was."""
        live, vanished = self._vanished(listed)
        if vanished and listed.doubt and not self.confirm:
            self.notes.append(
                f"{listed.doubt}: nothing is deleted on the word of such a list; "
                f"if {len(vanished)} of {live} records are gone, run `harvester reconcile {self.source.name} --confirm`"
            )
            return False
        share = len(vanished) / live if live else 0.0
        if share > self.source.max_deletion_share and not self.confirm:
            self.notes.append(
                f"{len(vanished)} of {live} records ({share:.0%}) are not listed any more, which is more than "
                f"max_deletion_share; if that is right, run `harvester reconcile {self.source.name} --confirm`"
            )
            return False
        unlisted = [name for name in sorted(self.awaited.difference(vanished)) if name not in listed.live]
        for identifiers in batched([*vanished, *unlisted], SLAB):
            self._keep([raw for name in identifiers for raw in self._buried(name, listed)], listed)
        return True

    def _vanished(self, listed: _Listed) -> tuple[int, list[str]]:
        """How many records of the store live, and those of them that are not listed."""
        live, vanished, last = 0, [], ""
        while identifiers := self.store.identifiers(self.run.source, last):
            known = self.store.stored_records(self.run.source, self.run.prefix, identifiers)
            alive = [name for name in identifiers if name in known and not known[name].deleted]
            live += len(alive)
            vanished += [name for name in alive if name not in listed.live]
            last = identifiers[-1]
        return live, vanished

    def _buried(self, identifier: str, listed: _Listed) -> Iterator[RawRecord]:
        """The tombstone of a record that the provider, asked for it by name, does not have any more."""
        found = self._by_name(identifier, gone=_GONE)
        if found == () or (found and found[0].deleted):
            yield RawRecord(identifier=identifier, datestamp=listed.response_date, deleted=True)

    # ----------------------------------------------------------------------------------- one by its name

    def _by_name(self, identifier: str, gone: Sequence[str] = ()) -> tuple[RawRecord, ...] | None:
        """The record; nothing where the provider says with one of these codes that it has none.

        `None` where it cannot be had: that is noted, and costs the others nothing, as many providers answer HTTP 500
        for one bad record. Raises where several in a row cannot be had: then it is the provider.
        """
        try:
            page = self._record(identifier)
            if page.bad and not page.records:
                raise BadAnswer(page.bad[0].reason)
        except ProtocolError as error:
            if error.code in gone:
                return ()
            fault: ProviderError = error
        except (BadStatus, BadAnswer, TooBig, TooSlow) as error:
            fault = error
        else:
            self._in_vain = 0
            return page.records
        self._in_vain += 1
        if self._in_vain >= MISSES or fault.overloaded:
            raise fault
        self._withheld.setdefault(identifier, str(fault))
        return None
