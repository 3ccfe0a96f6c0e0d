"""Harvest: from a source's list requests to the store, one transaction a page, so that any end can be taken up again.

A run is one harvest of one source in one format. It has a window for each set, each with its own checkpoint: the
resumption token that the last stored page gave. While a page is mapped and stored, the next one is being fetched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from harvester import changes, locks
from harvester.config import Config, Source
from harvester.errors import BusyError, ProtocolError, ProviderError, Stopped, WaitUntil
from harvester.model import Identity, Page, RunReport, Token, Window
from harvester.oai import Provider
from harvester.pipeline.mapping import Mapper, refresh
from harvester.pipeline.sources import chosen, locks_folder
from harvester.store import OpenWindow, PageSave, Run, RunKind, RunState, SavedRecord, Store

Stop = Callable[[], bool]

# A token that is refused again and again at the same place leads nowhere: the run then stays open and says so.
REOPENINGS = 3


class Progress(Struct, frozen=True):
    """Where a run stands, for whoever watches it."""

    source: str
    format: str
    pages: int
    records: int
    total: int | None = None  # the provider's completeListSize, which may be wrong


def never() -> bool:
    return False


def harvest(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    now: Callable[[], datetime],
    full: bool = False,
    since: str | None = None,
    until: str | None = None,
    stop: Stop = never,
    progress: Callable[[Progress], None] | None = None,
) -> list[RunReport]:
    """Harvests the named sources, or all, in each of their formats, and reports every run.

    A source that fails costs its neighbours nothing. Raises `BusyError` when other processes hold all of them.
    """
    reports: list[RunReport] = []
    busy: BusyError | None = None
    for source in chosen(config, names):
        if stop():
            break
        job = _Job(config, store, source, now, full, since, until, stop, progress)
        try:
            with locks.hold(locks_folder(config), f"source-{source.name}", what=f"harvest of {source.name}"):
                reports.extend(job.run())
        except BusyError as error:
            busy = error
            reports.append(_failed(source, source.formats[0], str(error)))
    if busy and all(report.error == str(busy) for report in reports):
        raise busy
    return reports


def _failed(source: Source, prefix: str, error: str) -> RunReport:
    return RunReport(source=source.name, format=prefix, state="failed", error=error)


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
        today = now().date().isoformat()
        self.mapper = Mapper(config, store, source, today=today)
        refresh(config, store, (source.name,), today=today)

    def run(self) -> Iterator[RunReport]:
        """Harvests every format of the source; a format that fails leaves the others their turn."""
        with Provider(self.source.access(), stop=self.stop) as provider:
            try:
                identity, moved = self._identity(provider)
            except ProviderError as error:
                for prefix in self.source.formats:
                    yield _failed(self.source, prefix, str(error))
                return
            for prefix in self.source.formats:
                yield self._harvest_format(provider, identity, prefix, everything=self.full or moved)
                if self.stop():
                    return

    def _identity(self, provider: Provider) -> tuple[Identity, bool]:
        """Who the provider is, asked once and after its address changed; and whether it changed.

        At another address there may be another repository, so nothing is concluded from earlier runs then.
        """
        held = self.store.source(self.source.name)
        if held and held.identity and held.url == self.source.url and not self.full:
            return held.identity, False
        identity = provider.identify()
        self.store.remember_source(self.source.name, identity, self.source.url)
        return identity, bool(held and held.identity) and held.url != self.source.url

    def _harvest_format(self, provider: Provider, identity: Identity, prefix: str, *, everything: bool) -> RunReport:
        started = time.monotonic()
        run = self._run_to_do(identity, prefix, everything=everything)
        state, error = self._walk_windows(provider, run)
        ended = self.store.finish_run(run.id, state, self.now(), error)
        return _report(ended, state, time.monotonic() - started)

    def _run_to_do(self, identity: Identity, prefix: str, *, everything: bool) -> Run:
        """The run that was cut short, or a new one: full, a range that was asked for, or what is new since the last."""
        name, sets = self.source.name, self.source.sets
        ranged = self.since is not None or self.until is not None
        unfinished = self.store.unfinished_run(name, prefix)
        if unfinished is not None:
            if not everything and not ranged and set(unfinished.sets) == set(sets):
                return self.store.resume_run(unfinished.id)
            self.store.finish_run(unfinished.id, "failed", self.now(), "given up for another harvest of this source")
        since, kind = self.since, self._kind(ranged)
        if kind == "incremental":
            since = None if everything else self._since_last(identity, prefix)
            kind = "incremental" if since else "full"
        return self.store.begin_run(name, prefix, kind, changes.windows(prefix, sets, since, self.until), self.now())

    def _kind(self, ranged: bool) -> RunKind:
        return "range" if ranged else "incremental"

    def _since_last(self, identity: Identity, prefix: str) -> str | None:
        """From when on to ask: the last complete run, where it saw all the sets that are asked for now."""
        last = self.store.last_complete(self.source.name, prefix)
        if last is None or not changes.covers(last.sets, self.source.sets):
            return None
        return changes.next_since(last.response_date, identity.granularity)

    def _walk_windows(self, provider: Provider, run: Run) -> tuple[RunState, str | None]:
        """The run's state after its open windows were walked, and a sentence where there is something to say."""
        errors: list[str] = []
        for window in run.windows:
            if window.state == "done":
                continue
            try:
                errors.extend(self._walk(provider, run, window))
            except Stopped:
                return "incomplete", "stopped on request; the next harvest continues where this one stopped"
            except WaitUntil as wait:
                return "waiting", str(wait)
            except ProviderError as failure:
                errors.append(_explained(failure, provider, window.window))
        now = self.store.run(run.id)
        error = "; ".join(dict.fromkeys(errors)) or None
        if all(window.state == "done" for window in now.windows):
            return "complete", error
        return ("incomplete" if now.pages else "failed"), error

    def _walk(self, provider: Provider, run: Run, window: OpenWindow) -> list[str]:
        """Walks one window to its end; a refused token opens it again, and what is stored already is recognised."""
        for _ in range(REOPENINGS):
            try:
                return self._walk_list(provider, run, window)
            except ProtocolError as error:
                if error.code != "badResumptionToken":
                    raise
                self.store.reopen_window(window.id)
                window = replace(window, token=None, seen=0, pages=0)
        raise ProviderError(
            "the provider refuses its own resumption tokens; ask its administrator how long a token lives, "
            "then run the harvest again"
        )

    def _walk_list(self, provider: Provider, run: Run, window: OpenWindow) -> list[str]:
        """Walks the list from the window's checkpoint, one page ahead; sentences about what is doubtful at its end."""
        watch = changes.ListWatch()
        seen, size = window.seen, window.list_size
        with ThreadPoolExecutor(1, thread_name_prefix="fetch") as fetcher:

            def fetch(token: Token | None) -> Future[Page]:
                return fetcher.submit(provider.page, window.window, token.value if token else None)

            coming = fetch(window.token)
            for pages in count(window.pages + 1):
                page = coming.result()
                token, circling = page.token, watch.repeats(page)
                ended = token is None or circling or not (page.records or page.bad)
                if not ended:
                    coming = fetch(token)
                self._save(run, window, page, done=ended)
                seen += len(page.records) + len(page.bad)
                size = (token and token.complete_list_size) or size
                self._tell(run, pages, seen, size)
                if ended:
                    return _doubts(seen, size, circling)
                if self.stop():
                    raise Stopped("stopped on request")
        raise AssertionError("a list ends by its last page")

    def _tell(self, run: Run, pages: int, seen: int, size: int | None) -> None:
        if self.progress:
            self.progress(Progress(self.source.name, run.prefix, pages, seen, size))

    def _save(self, run: Run, window: OpenWindow, page: Page, *, done: bool) -> None:
        records = changes.newest(page.records)
        known = self.store.known(self.source.name, run.prefix, [raw.identifier for raw in records])
        saved = tuple(SavedRecord(raw, changes.decide(known.get(raw.identifier), raw)) for raw in records)
        arrived = [record.raw for record in saved if record.decision in ("new", "changed", "deleted")]
        self.store.save_page(
            run.id,
            window.id,
            PageSave(
                records=saved,
                bad=page.bad,
                articles=tuple(self.mapper.arrived(run.prefix, arrived)),
                token=None if done else page.token,
                response_date=page.response_date,
                done=done,
            ),
        )


def _report(run: Run, state: RunState, seconds: float) -> RunReport:
    counts = run.counts
    return RunReport(
        source=run.source,
        format=run.prefix,
        state=state,
        new=counts.new,
        changed=counts.changed,
        deleted=counts.deleted,
        unchanged=counts.unchanged + counts.moved,
        repaired=counts.repaired,
        rejected=counts.rejected,
        pages=run.pages,
        seconds=round(seconds, 3),
        error=run.error,
    )


def _doubts(seen: int, size: int | None, circling: bool) -> list[str]:
    """Sentences about a list that ended in a way that leaves a doubt."""
    if size is not None and seen < size:
        return [f"the provider announced {size} records and gave {seen}; run `harvester harvest --full` to ask again"]
    if circling and size is None:
        return ["the provider repeats the same page and never says how long its list is; records may be missing"]
    return []


def _explained(error: ProviderError, provider: Provider, window: Window) -> str:
    """The failure in one sentence, with what can be known at once about its cause."""
    if not isinstance(error, ProtocolError) or error.code != "cannotDisseminateFormat":
        return str(error)
    try:
        offered = ", ".join(sorted(item.prefix for item in provider.formats()))
    except ProviderError:
        return str(error)
    return f"the provider has no metadata prefix {window.prefix}; it offers {offered}: set `formats` accordingly"
