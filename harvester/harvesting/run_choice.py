"""Which run a harvest does in one format: a resumed one, everything, what is new since the last one, or a range."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.config import Source
from harvester.harvesting import changes, windows
from harvester.model import Identity
from harvester.store import Run, RunKind

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


class Request(Struct, frozen=True):
    """What a person or a schedule asks for: everything, a range of datestamps, or, with neither, what is new."""

    full: bool = False
    since: str | None = None
    until: str | None = None

    @property
    def is_range(self) -> bool:
        return self.since is not None or self.until is not None


class RunChoice:
    """Chooses and begins the runs of one source."""

    def __init__(self, store: Store, source: Source, request: Request, now: Callable[[], datetime]) -> None:
        self._store, self._source, self._request, self._now = store, source, request, now

    def next_run(self, identity: Identity, prefix: str) -> Run:
        """Resumes the run that was interrupted, or begins a new one."""
        unfinished = self._store.runs.resumable(self._source.name, prefix)
        is_new = not self._request.full and not self._request.is_range
        if unfinished and is_new and set(unfinished.sets) == set(self._source.sets):
            return self._with_news(identity, self._store.runs.resume(unfinished.id))
        if self._request.is_range:
            return self._begin(prefix, "range", self._request.since, self._request.until)
        self._give_up(prefix)
        since = None if self._request.full else self._since_last(identity, prefix)
        return self._begin(prefix, "incremental" if since else "full", since)

    def unanswered_run(self, prefix: str) -> Run:
        """The run that an attempt without an answer belongs to; an interrupted one keeps its checkpoints."""
        newest = self._store.runs.newest_run(self._source.name, prefix)
        if newest is not None and newest.state != "complete" and not self._request.is_range:
            return newest
        kind: RunKind = "incremental" if newest and not self._request.full else "full"
        kind = "range" if self._request.is_range else kind
        return self._store.runs.begin(self._source.name, prefix, kind, (), self._now())

    def owe_everything(self) -> None:
        """At another address there may be another repository: everything is asked for, in every format ever harvested.

        The ledger knows that before it knows the address, so a kill in between costs nothing.
        """
        for prefix in dict.fromkeys((*self._source.formats, *self._store.runs.harvested_formats(self._source.name))):
            self._give_up(prefix)
            run = self._begin(prefix, "full")
            self._store.runs.finish(run.id, "incomplete", self._now(), "everything is requested at the new address")

    def _with_news(self, identity: Identity, run: Run) -> Run:
        """Adds what changed since the run began, if only windows of the past are left of it.

        They may fail for ever, for one record that breaks every list it is in, and nothing new would come.
        """
        since = self._since(identity, run)
        coming = {one.window.set_spec for one in run.windows if one.state == "open" and one.window.until is None}
        news = [window for window in windows.requested(run.prefix, run.sets, since) if window.set_spec not in coming]
        if since is None or not news or self._now() - run.started <= changes.OVERLAP:
            return run
        return self._store.runs.add_windows(run.id, news)

    def _begin(self, prefix: str, kind: RunKind, since: str | None = None, until: str | None = None) -> Run:
        asked = windows.requested(prefix, self._source.sets, since, until)
        return self._store.runs.begin(self._source.name, prefix, kind, asked, self._now())

    def _give_up(self, prefix: str) -> None:
        """Closes the interrupted run: it asked for something else than what is asked now."""
        if unfinished := self._store.runs.resumable(self._source.name, prefix):
            self._store.runs.finish(unfinished.id, "failed", self._now(), "given up for another harvest of this source")

    def _since_last(self, identity: Identity, prefix: str) -> str | None:
        """The `from` after the last complete run, if it saw all the sets that are asked for now.

        A full run that was begun since and failed is still owed: then everything is asked for; and so it is as long as
        nothing ever came, since an index can be filled later with old datestamps.
        """
        name = self._source.name
        if not self._store.records.newest_datestamp(name, prefix) and not self._store.records.unresolved_rejections(
            name, prefix
        ):
            return None
        last = self._store.runs.last_complete(self._source.name, prefix)
        newest = self._store.runs.newest_run(self._source.name, prefix)
        owed = newest is not None and newest.kind == "full" and newest.state != "complete"
        if last is None or owed or not changes.covers(last.sets, self._source.sets):
            return None
        if self._source.sets and not last.sets and not self._headers_name_sets(prefix):
            return None  # only the lists of the sets can say what is in them; then the last run has these sets
        return self._since(identity, last)

    def _headers_name_sets(self, prefix: str) -> bool:
        return self._store.records.headers_name_sets(self._source.name, prefix, self._source.sets)

    def _since(self, identity: Identity, run: Run) -> str | None:
        """The `from` of a list of what this run cannot have seen."""
        overlap = timedelta(seconds=self._source.overlap)
        if identity.granularity == "second" and not self._store.records.has_time_of_day(self._source.name, run.prefix):
            # What changed today is stamped before the last harvest, at midnight (Janeway).
            overlap += timedelta(days=1)
        return changes.next_since(run.response_date, run.started, identity.granularity, overlap)
