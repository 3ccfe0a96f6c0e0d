"""Walking the windows of one run: several lines of requests at once, each one page ahead of what is being stored.

Pages are fetched in threads of their own and come back to this one, which maps them, stores them and decides how their
window goes on. A window that fails costs the others nothing; it is tried once more behind them, and stays open if need
be. What a run is at its end is read from the ledger, never from memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack

from msgspec.structs import replace

from harvester import changes
from harvester.errors import ProtocolError, ProviderError, Stopped, WaitUntil
from harvester.model import Page, Window
from harvester.oai import Provider
from harvester.pipeline import hosts, windows
from harvester.pipeline.arrivals import Arrivals
from harvester.pipeline.job import Job, Line, Outcome, Progress
from harvester.pipeline.ladder import MISSES, Ladder, Rung, is_for_good
from harvester.store import OpenWindow, Run

# A token that is refused again and again leads nowhere: its window is then cut into smaller ones.
REOPENINGS = 2
# Nor does a list that breaks off again and again, in ever smaller windows.
MOST_ATTEMPTS = 6
MOST_PARTS = 64
# Pages have a round number of records; a list of just so many may be a first page without its token.
FULL_PAGE = 50
# A hasty line leaves the patience to the ladder: its window is one of those that failed already.
HASTY_RETRIES = 1


class Walk:
    """One run from where it stands to its end, or as near to it as the provider lets us."""

    def __init__(self, job: Job, run: Run) -> None:
        self.job, self.run, self.store = job, run, job.store
        self._closing = ExitStack()
        self._given_up = False
        self._patient = [self._provider(job.source.retries) for _ in range(job.source.parallel)]
        self._hasty = [self._provider(min(HASTY_RETRIES, job.source.retries)) for _ in range(job.source.parallel)]
        self._aside = self._provider(job.source.retries)
        self.arrivals = Arrivals(job.store, job.mapper, run, self._get_record)
        self.ladder = Ladder(job.store, self._aside, self.arrivals, job.identity)
        self._lines: list[Line] = []
        self._failed: dict[int, str] = {}
        self._notes: list[str] = []
        self._broken_off, self._latest = 0, ""
        self._progressed, self._tried_again, self._other_form = False, False, False
        self._pages, self._records = run.pages, sum(w.seen for w in run.windows if w.state != "split")
        self._sizes = {w.id: w.list_size for w in run.windows if w.parent is None}

    def _provider(self, retries: int) -> Provider:
        access = replace(self.job.source.access(), retries=retries)
        return self._closing.enter_context(Provider(access, stop=lambda: self._given_up or self.job.stop()))

    def _get_record(self, identifier: str) -> Page:
        with hosts.turn(self._aside.url):
            return self._aside.record(identifier, self.run.prefix)

    # ------------------------------------------------------------------------------------ the whole run

    def go(self) -> Outcome:
        """Walks until no window is open, or none can go on. Raises what is not the provider's fault."""
        try:
            with self._closing:
                self._walk_all()
                return self._outcome()
        except Stopped:
            return Outcome("incomplete", f"stopped on request; {self._left()}")
        except WaitUntil as error:
            return Outcome("waiting", str(error))

    def _walk_all(self) -> None:
        with ThreadPoolExecutor(self.job.source.parallel, thread_name_prefix="fetch") as pool:
            try:
                self._walk(pool)
            except BaseException:
                self._given_up = True  # lets the threads end at once
                raise

    def _outcome(self) -> Outcome:
        now = self.store.run(self.run.id)
        self._look_for_sets(now)
        said = "; ".join(dict.fromkeys([*self._failed.values(), *self._notes])) or None
        if all(window.state == "done" for window in now.windows):
            return Outcome("complete", said, self._latest)
        if now.pages:
            return Outcome("incomplete", f"{said}; {self._left()}")
        return Outcome("failed", said)

    def _left(self) -> str:
        """Where the run goes on, in words."""
        left = [window for window in self.store.run(self.run.id).windows if window.state == "open"]
        if len(left) == 1 and left[0].pages:
            return f"the next harvest goes on behind page {left[0].pages}"
        return f"the next harvest goes on with what is open ({len(left)} windows)"

    def _walk(self, pool: ThreadPoolExecutor) -> None:
        while True:
            for window in self._to_open():
                self._open(pool, window)
            if self._lines:
                done, _ = wait([line.coming for line in self._lines], return_when=FIRST_COMPLETED)
                for line in [line for line in self._lines if line.coming in done]:
                    self._step(pool, line)
            elif not self._settle():
                return

    def _to_open(self) -> Iterator[OpenWindow]:
        """As many open windows as there are lines free."""
        free = self.job.source.parallel - len(self._lines)
        if free:
            walked = {line.window.id for line in self._lines} | self._failed.keys()
            open_ones = [w for w in self.store.run(self.run.id).windows if w.state == "open" and w.id not in walked]
            yield from open_ones[:free]

    def _open(self, pool: ThreadPoolExecutor, window: OpenWindow) -> None:
        taken = {id(line.provider) for line in self._lines}
        providers = self._hasty if window.attempts else self._patient
        line = Line(window, next(one for one in providers if id(one) not in taken))
        self._lines.append(line)
        self._fetch(pool, line)

    def _fetch(self, pool: ThreadPoolExecutor, line: Line) -> None:
        window, token, provider = line.window.window, line.token, line.provider
        if self._other_form:
            window = windows.in_form(window, self.job.identity.granularity)

        def fetched() -> Page:
            with hosts.turn(provider.url):
                page = provider.page(window, token.value if token else None)
            self.job.mapper.begin(self.run.prefix, page.records)
            return page

        line.coming = pool.submit(fetched)

    # ------------------------------------------------------------------------------------- a page

    def _step(self, pool: ThreadPoolExecutor, line: Line) -> None:
        """Takes the page that came, or what came in its place."""
        try:
            page = line.coming.result()
        except (Stopped, WaitUntil):
            raise
        except ProviderError as error:
            self._lines.remove(line)
            self._stumble(line, error)
            return
        self._progressed, self.ladder.misses, self._latest = True, 0, page.response_date
        self._arrive(pool, line, page)
        if self.job.stop():
            raise Stopped("stopped on request")

    def _arrive(self, pool: ThreadPoolExecutor, line: Line, page: Page) -> None:
        fresh, line.pages = line.watch.count(page), line.pages + 1
        line.token = page.token
        line.measure(page)
        parts = self._parts(line, page)
        ended = page.token is None or line.watch.circling
        if ended or parts:
            self._lines.remove(line)
        else:
            self._fetch(pool, line)
        if ended:
            self._end(line, page, fresh)
        else:
            self.arrivals.keep(page, line.window.id, seen=fresh, done=False)
            self._cut(line.window, parts)
        self._tell(fresh, line)

    def _tell(self, fresh: int, line: Line) -> None:
        self._pages, self._records = self._pages + 1, self._records + fresh
        if line.window.id in self._sizes:
            self._sizes[line.window.id] = line.size
        if self.job.progress:
            total = sum(size or 0 for size in self._sizes.values()) or None
            self.job.progress(Progress(self.run.source, self.run.prefix, self._pages, self._records, total))

    # ------------------------------------------------------------------------------- windows by design

    def _parts(self, line: Line, page: Page) -> tuple[Window, ...]:
        """The windows that a long list is cut into after its first page; none where it is walked as it is."""
        window = line.window
        if line.pages != 1 or page.token is None or window.attempts or self.run.kind == "range" or not line.size:
            return ()
        if window.parent is not None and windows.ignored(window.window, page.records):
            return (window.window,)  # `_cut` takes it back to one list
        count = windows.wanted(line.size, self.job.source.window_records, self.job.source.parallel, len(page.records))
        identity = self.job.identity
        spread = windows.spread(window.window, count, identity.earliest, page.response_date, identity.granularity)
        return spread if len(spread) > 1 else ()

    def _cut(self, window: OpenWindow, parts: tuple[Window, ...]) -> None:
        if len(parts) > 1:
            self.store.split_window(window.id, parts)
        elif parts:
            self._take_back(window)

    def _take_back(self, window: OpenWindow) -> None:
        """One list again: the provider does not heed dates, so that every window would give all of it."""
        all_windows = {one.id: one for one in self.store.run(self.run.id).windows}
        root = window
        while root.parent is not None:
            root = all_windows[root.parent]
        for one in all_windows.values():
            if one.state != "done" and one.id != root.id and one.window.set_spec == root.window.set_spec:
                self.store.close_window(one.id, 0)
        given_up = [line for line in self._lines if line.window.window.set_spec == root.window.set_spec]
        wait([line.coming for line in given_up])
        self._lines = [line for line in self._lines if line not in given_up]
        self.store.reopen_window(root.id)

    # ---------------------------------------------------------------------------------- ends of lists

    def _end(self, line: Line, page: Page, fresh: int) -> None:
        """A list is at its end. One that may not be whole is asked for again before its end is believed."""
        if line.size is None and self._looks_cut(line, page):
            line.size = self._listed(line.window.window)
        doubt = changes.doubt(line.watch.total, line.size, circling=line.watch.circling, shrunk=line.shrunk)
        again = self._remedy(line, page) if doubt else ()
        self.arrivals.keep(page, None if again else line.window.id, seen=fresh, done=not again)
        if again:
            self.store.reopen_window(line.window.id)
            self._cut(line.window, again if len(again) > 1 else ())
        elif doubt:
            self._notes.append(_believed(doubt))
        elif page.records:
            self._broken_off = 0

    def _remedy(self, line: Line, page: Page) -> tuple[Window, ...]:
        """What to ask in place of a list that may not be whole: itself, then smaller windows where it broke off.

        Empty when its end is to be believed: a completeListSize that is simply wrong must not keep a run open for ever.
        """
        attempts, broke_off = line.window.attempts, line.watch.circling or line.pages == 1
        if attempts == 0:
            return (line.window.window,)
        self._broken_off += 1
        lost = attempts >= MOST_ATTEMPTS or self._broken_off > MISSES
        if lost or not broke_off or not page.records or windows.ignored(line.window.window, page.records):
            return ()
        identity = self.job.identity
        parts = min(MOST_PARTS, max(2, -(-(line.size or 0) // len(page.records))))
        spread = windows.spread(line.window.window, parts, identity.earliest, page.response_date, identity.granularity)
        return spread if len(spread) > 1 else ()

    def _looks_cut(self, line: Line, page: Page) -> bool:
        """Whether a page that is the only one of its list looks like a first one: OJS 3.3 could forget the token."""
        count = len(page.records)
        return line.pages == 1 and page.token is None and count >= FULL_PAGE and count % FULL_PAGE == 0

    def _listed(self, window: Window) -> int | None:
        """How many identifiers the provider lists at least, for the records it gave; `None` where it does not say."""
        try:
            listed = self._aside.identifiers(window)
        except (Stopped, WaitUntil):
            raise
        except ProviderError:
            return None
        return listed.list_size or len(listed.records) + (listed.token is not None)

    def _settle(self) -> bool:
        """With no line left: closes what was split, opens again what is short or failed; whether more is to do."""
        ledger = self.store.run(self.run.id).windows
        settled = [self._settle_split(window, ledger) for window in ledger if window.state == "split"]
        if any(settled):
            return True
        again = bool(self._failed) and self._progressed and not self._tried_again
        if again:
            self._tried_again = True
            self._failed.clear()
        return again

    def _settle_split(self, whole: OpenWindow, ledger: Sequence[OpenWindow]) -> bool:
        """Closes a window whose parts are all done, unless they gave less than it had announced."""
        parts = [window for window in ledger if window.parent == whole.id]
        if any(part.state != "done" for part in parts):
            return False
        seen = sum(part.seen for part in parts)
        doubt = changes.doubt(seen, whole.list_size)
        if doubt and not whole.attempts:
            self.store.reopen_window(whole.id)
            return True
        if doubt:
            self._notes.append(_believed(doubt))
        self.store.close_window(whole.id, seen)
        return True

    def _look_for_sets(self, now: Run) -> None:
        """A set that gave nothing in a full harvest may be gone, which the protocol cannot say (dataverse#3284)."""
        empty = {w.window.set_spec for w in now.windows if w.parent is None and w.window.set_spec and not w.seen}
        if self.run.kind == "full" and empty and (gone := sorted(empty - self._sets())):
            self._notes.append(_gone(gone))

    def _sets(self) -> set[str | None]:
        """The provider's sets; all that are configured where it does not say."""
        try:
            return {row.spec for row in self._aside.sets()} or set(self.job.source.sets)
        except (Stopped, WaitUntil):
            raise
        except ProviderError:
            return set(self.job.source.sets)

    # -------------------------------------------------------------------------------------- failures

    def _stumble(self, line: Line, error: ProviderError) -> None:
        """A page did not come: the window begins anew, is cut down to what is bad in it, or waits for the others."""
        try:
            self._get_up(line.window, error, by_token=line.token is not None)
        except (Stopped, WaitUntil):
            raise
        except ProviderError as failure:
            self._failed[line.window.id] = self._explained(failure, line.window.window)

    def _get_up(self, window: OpenWindow, error: ProviderError, *, by_token: bool) -> None:
        code = error.code if isinstance(error, ProtocolError) else None
        if code == "badResumptionToken" or (code == "badArgument" and by_token):
            if window.attempts < REOPENINGS:
                self.store.reopen_window(window.id)
            else:
                self._climb(window, error, whole=True)
        elif code == "badArgument" and window.window.set_spec and window.window.set_spec not in self._sets():
            self.store.close_window(window.id, window.seen)
            self._notes.append(_gone([window.window.set_spec]))
        elif code == "badArgument" and (window.window.since or window.window.until) and not self._other_form:
            self._use_other_form()
        elif is_for_good(error):
            self._climb(window, error)
        else:
            raise error

    def _climb(self, window: OpenWindow, error: ProviderError, *, whole: bool = False) -> None:
        with hosts.turn(self._aside.url):
            self._progressed |= self.ladder.climb(window, error, whole=whole) is Rung.DONE

    def _use_other_form(self) -> None:
        """Asks by day instead of by second, or the other way round, from now on (dataverse#11020, xoai#34)."""
        self._other_form = True
        granularity: windows.Granularity = "day" if self.job.identity.granularity == "second" else "second"
        identity = replace(self.job.identity, granularity=granularity)
        self.job = replace(self.job, identity=identity)
        self.ladder.identity = identity
        self.store.remember_source(self.run.source, identity, self.job.source.url)

    def _explained(self, error: ProviderError, window: Window) -> str:
        """The failure in one sentence, with what can be known at once about its cause."""
        if not isinstance(error, ProtocolError) or error.code != "cannotDisseminateFormat":
            return str(error)
        try:
            offered = sorted(item.prefix for item in self._aside.formats())
        except ProviderError:
            return str(error)
        if window.prefix in offered:
            return str(error)
        return (
            f"the provider has no metadata prefix {window.prefix}; it offers {', '.join(offered)}: "
            "set `formats` accordingly"
        )


def _believed(doubt: str) -> str:
    return f"{doubt}, also when asked again; this is taken as all it has"


def _gone(sets: Iterable[str | None]) -> str:
    names = ", ".join(f"{name}" for name in sets)
    return f"the provider has no set {names} any more; take it out of `sets`, or ask its administrator"
