"""Harvest: from a source's list requests to the store, one transaction a page, so that any end can be taken up again.

A run is one harvest of one source in one format: everything, what is new since the last complete one, or a range that
was asked for. Which it is, and from when on, is decided here; how its windows are walked stands in `walk`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from harvester.config import Config, Source, select_sources
from harvester.errors import (
    BadAnswer,
    BadStatus,
    BusyError,
    Interruption,
    ProtocolError,
    ProviderError,
    Stopped,
    TooBig,
    WaitUntil,
)
from harvester.harvesting import changes
from harvester.harvesting.context import Outcome, Progress, RunContext
from harvester.harvesting.walker import Walker
from harvester.mapping import rarely_collected
from harvester.mapping.source_mapper import SourceMapper
from harvester.model import Access, Identity
from harvester.oai import Provider, hosts
from harvester.reports import RunReport
from harvester.store import Run, RunKind, RunState
from harvester.system import locks
from harvester.system.logcontext import log_context
from harvester.system.stopping import Stop, never_stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)


def harvest_source(
    config: Config,
    store: Store,
    source: Source,
    *,
    now: Callable[[], datetime],
    full: bool = False,
    since: str | None = None,
    until: str | None = None,
    stop: Stop = never_stop,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[RunReport]:
    """Harvests a source in each of its formats, and reports every run; the caller holds the lock of the source.

    `full` asks for everything; `since` and `until` are datestamps of the provider, for a range of dates alone.
    """
    job = _Job(config, store, source, now, full, since, until, stop, progress)
    with log_context(source=source.name), job.mapper, rarely_collected():
        yield from job.run()


def for_each_source(
    config: Config, names: Sequence[str], what: str, work: Callable[[Source], Iterable[RunReport]], stop: Stop
) -> list[RunReport]:
    """The reports of work that is done source by source, each under its lock.

    Raises `BusyError` when other processes hold all of them.
    """
    reports: list[RunReport] = []
    busy: BusyError | None = None
    for source in select_sources(config, names):
        if stop():
            break
        try:
            with locks.hold(config.locks_dir, f"source-{source.name}", what=f"{what} of {source.name}"):
                reports += work(source)
        except BusyError as error:
            busy = error
            reports.append(failed(source, source.formats[0], error))
        except Stopped as error:
            reports.append(failed(source, source.formats[0], error))
    if busy and all(report.error == str(busy) for report in reports):
        raise busy
    return reports


def failed(source: Source, prefix: str, error: Exception) -> RunReport:
    """The report of a run that never began."""
    state: Literal["failed", "incomplete"] = "incomplete" if isinstance(error, Stopped) else "failed"
    return RunReport(source=source.name, format=prefix, state=state, error=str(error))


class _Job:
    """One source's harvest. Its state is what the run needs to go on: nothing that is not in the store as well."""

    def __init__(
        self,
        config: Config,
        store: Store,
        source: Source,
        now: Callable[[], datetime],
        full: bool,
        since: str | None,
        until: str | None,
        stop: Stop,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.store, self.source, self.now, self.stop, self.progress = store, source, now, stop, progress
        self.full, self.since, self.until = full, since, until
        self._ranged = since is not None or until is not None
        today = now().date().isoformat()
        self.mapper = SourceMapper(config, store, source, today=today)

    def run(self) -> Iterator[RunReport]:
        """Harvests every format of the source; a format that fails leaves the others their turn."""
        left = list(self.source.formats)
        try:
            identity = self._identity()
            while left:
                for report in self._harvest_format(identity, left.pop(0)):
                    yield report
                    if report.state == "waiting" or self.stop():
                        return  # the other formats come from the same provider
                if left and report.state != "complete":
                    self._knock()
        except (ProviderError, Interruption) as error:
            yield from (self._never_began(prefix, error) for prefix in left)

    def _knock(self) -> None:
        """Raises where nobody is there any more: every other format would find so after all its retries.

        Any answer will do, also one that cannot be used.
        """
        access = replace(self.source.access(), retries=0)
        with suppress(BadAnswer, BadStatus, ProtocolError, TooBig):
            self._identified(access)

    def _identified(self, access: Access) -> Identity:
        with Provider(access, stop=self.stop) as provider, hosts.turn(provider.url):
            return provider.identify()

    def _never_began(self, prefix: str, error: ProviderError | Interruption) -> RunReport:
        """Leaves a trace of an attempt that had no answer; a run that was cut short keeps its checkpoints."""
        if isinstance(error, Stopped):
            return failed(self.source, prefix, error)
        run = None if self._ranged else self.store.newest_run(self.source.name, prefix)
        if run is None or run.state == "complete":
            run = self._began_without_answer(prefix, run)
        waits = error.moment if isinstance(error, WaitUntil) else None
        state: RunState = "waiting" if waits else "incomplete" if run.state == "incomplete" else "failed"
        return report_of(self.store.finish_run(run.id, state, self.now(), str(error), wait_until=waits), 0.0)

    def _began_without_answer(self, prefix: str, before: Run | None) -> Run:
        kind: RunKind = "range" if self._ranged else "incremental" if before and not self.full else "full"
        return self.store.begin_run(self.source.name, prefix, kind, (), self.now())

    def _identity(self) -> Identity:
        """Who the provider is, asked once, before a full harvest, and after its address changed.

        At another address there may be another repository: everything is asked for, of which the ledger knows before
        it knows the new address; also in formats that are taken up again later.
        """
        held = self.store.source(self.source.name)
        known = held.identity if held else None
        moved = known is not None and held is not None and held.url != self.source.url
        if known is not None and not moved and not self.full:
            return known
        if self.source.parallel > 1:  # who asks for several windows at once knows of a long list
            self.mapper.get_ready()
        identity = self._identified(self.source.access())
        if moved:
            for prefix in dict.fromkeys((*self.source.formats, *self.store.harvested_formats(self.source.name))):
                self._give_up(prefix)
                run = self._begin(prefix, "full", None)
                self.store.finish_run(run.id, "incomplete", self.now(), "everything is asked for at another address")
        self.store.save_identity(self.source.name, identity, self.source.url)
        return identity

    def _harvest_format(self, identity: Identity, prefix: str) -> Iterator[RunReport]:
        """One run; after one that was cut short long ago, another for what changed since on its first pages.

        A run that was cut short behind its last page asks for nothing any more: what is new since comes with another.
        """
        run = self._run_to_do(identity, prefix)
        outcome, report = self._walked(identity, run)
        yield report
        resumed = run.pages > 0 and outcome.state == "complete" and run.kind != "range"
        aged = not outcome.latest or changes.has_aged(run.response_date, outcome.latest)
        if resumed and aged and not self.stop():
            yield self._walked(identity, self._run_to_do(identity, prefix))[1]

    def _walked(self, identity: Identity, run: Run) -> tuple[Outcome, RunReport]:
        with log_context(run=run.id):
            return self._walk(identity, run)

    def _walk(self, identity: Identity, run: Run) -> tuple[Outcome, RunReport]:
        started = time.monotonic()
        log.info("%s: %s", run.prefix, _beginning(run))
        context = RunContext(
            store=self.store,
            source=self.source,
            identity=identity,
            mapper=self.mapper,
            stop=self.stop,
            progress=self._seen,
        )
        outcome = Walker(context, run).go()
        report = finish(self.store, run, outcome, self.now(), time.monotonic() - started, stopped=self.stop())
        return outcome, report

    def _seen(self, step: Progress) -> None:
        log.debug("%s: page %d, %d of %s records", step.format, step.pages, step.records, step.total or "unknown")
        if self.progress:
            self.progress(step)

    def _run_to_do(self, identity: Identity, prefix: str) -> Run:
        """The run that was cut short, or a new one: full, a range that was asked for, or what is new since the last."""
        unfinished = self.store.resumable_run(self.source.name, prefix)
        if unfinished and not self.full and not self._ranged and set(unfinished.sets) == set(self.source.sets):
            return self._with_news(identity, self.store.resume_run(unfinished.id))
        if self._ranged:
            return self._begin(prefix, "range", self.since)
        self._give_up(prefix)
        since = None if self.full else self._since_last(identity, prefix)
        return self._begin(prefix, "incremental" if since else "full", since)

    def _with_news(self, identity: Identity, run: Run) -> Run:
        """The run, and what changed since it began, where only windows of the past are left of it.

        They may fail for ever, for one record that breaks every list it stands in, and nothing new would come.
        """
        since = self._since(identity, run)
        coming = {one.window.set_spec for one in run.windows if one.state == "open" and one.window.until is None}
        news = [window for window in changes.windows(run.prefix, run.sets, since) if window.set_spec not in coming]
        if since is None or not news or self.now() - run.started <= changes.OVERLAP:
            return run
        return self.store.add_windows(run.id, news)

    def _begin(self, prefix: str, kind: RunKind, since: str | None) -> Run:
        asked = changes.windows(prefix, self.source.sets, since, self.until if kind == "range" else None)
        return self.store.begin_run(self.source.name, prefix, kind, asked, self.now())

    def _give_up(self, prefix: str) -> None:
        """Closes the run that was cut short: it asked something else than what is asked now."""
        if unfinished := self.store.resumable_run(self.source.name, prefix):
            self.store.finish_run(unfinished.id, "failed", self.now(), "given up for another harvest of this source")

    def _since_last(self, identity: Identity, prefix: str) -> str | None:
        """From when on to ask: the last complete run, where it saw all the sets that are asked for now.

        A full run that was begun since and failed is still owed: everything is asked for then.
        """
        last = self.store.last_complete_run(self.source.name, prefix)
        newest = self.store.newest_run(self.source.name, prefix)
        owed = newest is not None and newest.kind == "full" and newest.state != "complete"
        if last is None or owed or not changes.covers(last.sets, self.source.sets):
            return None
        return self._since(identity, last)

    def _since(self, identity: Identity, run: Run) -> str | None:
        """From when on to ask for what this run cannot have seen."""
        overlap = timedelta(seconds=self.source.overlap)
        if identity.granularity == "second" and not self.store.has_time_of_day(self.source.name, run.prefix):
            # What changed today is stamped before the last harvest, at midnight (Janeway).
            overlap += timedelta(days=1)
        return changes.next_since(run.response_date, run.started, identity.granularity, overlap)


def _beginning(run: Run) -> str:
    """What is going to be done, for the log."""
    if run.pages:
        return f"goes on with the {run.kind} harvest behind page {run.pages}"
    since = {window.window.since for window in run.windows if window.window.since}
    kind = "an incremental harvest" if run.kind == "incremental" else f"a {run.kind} harvest"
    return f"begins {kind}" + (f" of what changed since {min(since)}" if since else "")


def finish(store: Store, run: Run, outcome: Outcome, now: datetime, seconds: float, *, stopped: bool) -> RunReport:
    """Writes down how a run ended, and reports it. `stopped`: by us, so that it resumes at the next opportunity."""
    interrupted = outcome.state == "incomplete" and stopped
    ended = store.finish_run(
        run.id, outcome.state, now, outcome.error, wait_until=outcome.wait_until, interrupted=interrupted
    )
    return report_of(ended, seconds)


def report_of(run: Run, seconds: float) -> RunReport:
    counts = run.counts
    return RunReport(
        id=run.id,
        source=run.source,
        format=run.prefix,
        state=run.state if run.state != "running" else "incomplete",
        new=counts.new,
        changed=counts.changed,
        deleted=counts.deleted,
        unchanged=counts.unchanged + counts.moved,
        repaired=counts.repaired,
        rejected=counts.rejected,
        pages=run.pages,
        seconds=round(seconds, 3),
        error=run.error,
        wait_until=run.wait_until,
    )
