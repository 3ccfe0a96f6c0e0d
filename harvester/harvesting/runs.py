"""Harvests one source: a run in each of its formats, which resumes wherever it ended.

A run is one harvest of one source in one format. Which run is done is decided in `run_choice`; `walker` does it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester.config import Config, Source
from harvester.errors import (
    BadAnswer,
    BadStatus,
    Interruption,
    ProtocolError,
    ProviderError,
    Stopped,
    TooBig,
    WaitUntil,
)
from harvester.harvesting import changes
from harvester.harvesting.context import Outcome, RunContext
from harvester.harvesting.reporting import finish, not_begun, report_of
from harvester.harvesting.run_choice import Request, RunChoice
from harvester.harvesting.walker import Walker
from harvester.mapping import reduced_gc
from harvester.mapping.source_mapper import SourceMapper
from harvester.model import Access, Identity
from harvester.oai import Provider, hosts
from harvester.reports import RunReport
from harvester.store import Run, RunState
from harvester.system import progress
from harvester.system.logcontext import log_context
from harvester.system.stopping import Stop, never_stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)

# Every provider understands dates by day (OAI-PMH, section 3.3.2).
_UNKNOWN = Identity(repository="", base_url="", earliest="", deleted_record="", granularity="day", response_date="")


def harvest_source(
    config: Config,
    store: Store,
    source: Source,
    request: Request,
    *,
    now: Callable[[], datetime],
    stop: Stop = never_stop,
) -> Iterator[RunReport]:
    """Harvests a source in each of its formats, and reports every run; the caller holds the lock of the source."""
    mapper = SourceMapper(config, store, source, today=now().date().isoformat())
    harvest = _SourceHarvest(store, source, mapper, request, now, stop)
    with log_context(source=source.name), mapper, reduced_gc():
        yield from harvest.runs()


class _SourceHarvest:
    """The runs of one source. It remembers nothing that is not in the store as well."""

    def __init__(
        self,
        store: Store,
        source: Source,
        mapper: SourceMapper,
        request: Request,
        now: Callable[[], datetime],
        stop: Stop,
    ) -> None:
        self._store, self._source, self._mapper, self._request = store, source, mapper, request
        self._now, self._stop = now, stop
        self._choice = RunChoice(store, source, request, now)
        self._has_no_address = False  # of a source that was never identified

    def runs(self) -> Iterator[RunReport]:
        """Harvests every format of the source; a format that fails costs the others nothing."""
        left = list(self._source.formats)
        try:
            identity = self._identity()
            while left:
                for report in self._harvest_format(identity, left.pop(0)):
                    self._keep_address(report)
                    yield report
                    if report.state == "waiting" or self._stop():
                        return  # the other formats come from the same provider
                if left and report.state != "complete":
                    self._check_presence()
        except (ProviderError, Interruption) as error:
            yield from (self._unanswered(prefix, error) for prefix in left)

    def _identity(self) -> Identity:
        """What Identify said: asked once, before a full harvest, and after the address changed.

        Where it alone fails, the lists are requested without it (dataverse#7624), and the next harvest retries.
        """
        stored = self._store.sources.get(self._source.name)
        known = stored.identity if stored else None
        has_moved = stored is not None and stored.url not in ("", self._source.url)
        if known is not None and not has_moved and not self._request.full:
            return known
        try:
            identity = self._identify(self._source.access())
        except (BadStatus, ProtocolError) as error:
            if has_moved or not _may_list(error):
                raise
            log.warning("Identify fails (%s); the lists are requested without it", error)
            self._has_no_address = known is None
            return known or _UNKNOWN
        if has_moved:
            self._choice.owe_everything()
        self._store.sources.save_identity(self._source.name, identity, self._source.url)
        return identity

    def _keep_address(self, report: RunReport) -> None:
        """Without Identify, the first page shows that this is the address of a provider."""
        if self._has_no_address and report.pages:
            self._store.sources.save_address(self._source.name, self._source.url)
            self._has_no_address = False

    def _identify(self, access: Access) -> Identity:
        progress.report(f"{self._source.name}: connecting")
        with Provider(access, stop=self._stop) as provider, hosts.slot(provider.url):
            return provider.identify()

    def _check_presence(self) -> None:
        """Raises if the provider is gone: every other format would find so after all its retries.

        Any answer will do, even one that cannot be used.
        """
        with suppress(BadAnswer, BadStatus, ProtocolError, TooBig):
            self._identify(replace(self._source.access(), retries=0))

    def _unanswered(self, prefix: str, error: ProviderError | Interruption) -> RunReport:
        """Leaves a trace of an attempt that had no answer."""
        if isinstance(error, Stopped):
            return not_begun(self._source, prefix, error)
        run = self._choice.unanswered_run(prefix)
        wait_until = error.moment if isinstance(error, WaitUntil) else None
        state: RunState = "waiting" if wait_until else "incomplete" if run.state == "incomplete" else "failed"
        ended = self._store.runs.finish(run.id, state, self._now(), str(error), wait_until=wait_until)
        return report_of(ended, 0.0)

    def _harvest_format(self, identity: Identity, prefix: str) -> Iterator[RunReport]:
        """Does one run; after one that began long ago, another for what changed since.

        A run that was interrupted after its last page asks for nothing more: what is new since comes with another.
        """
        run = self._choice.next_run(identity, prefix)
        outcome, report = self._walk(identity, run)
        yield report
        has_resumed = run.pages > 0 and outcome.state == "complete" and run.kind != "range"
        has_aged = not outcome.latest or changes.has_aged(run.response_date, outcome.latest)
        if has_resumed and has_aged and not self._stop():
            yield self._walk(identity, self._choice.next_run(identity, prefix))[1]

    def _walk(self, identity: Identity, run: Run) -> tuple[Outcome, RunReport]:
        started = time.monotonic()
        with log_context(run=run.id):
            log.info("%s: %s", run.prefix, _beginning(run))
            progress.report(f"{run.source} ({run.prefix})")
            outcome = Walker(self._context(identity), run).go()
            seconds = time.monotonic() - started
            return outcome, finish(self._store, run, outcome, self._now(), seconds, stopped=self._stop())

    def _context(self, identity: Identity) -> RunContext:
        return RunContext(
            store=self._store,
            source=self._source,
            identity=identity,
            mapper=self._mapper,
            now=self._now,
            stop=self._stop,
        )


def _may_list(error: BadStatus | ProtocolError) -> bool:
    """Whether lists may work where Identify fails: the provider is there, open to us, and not overloaded."""
    return not isinstance(error, BadStatus) or (error.status >= 500 and not error.overloaded) or error.status == 400


def _beginning(run: Run) -> str:
    """What is going to be done, for the log."""
    if run.pages:
        return f"resumes the {run.kind} harvest after page {run.pages}"
    since = {window.window.since for window in run.windows if window.window.since}
    kind = "an incremental harvest" if run.kind == "incremental" else f"a {run.kind} harvest"
    return f"begins {kind}" + (f" of what changed since {min(since)}" if since else "")
