"""Walking the windows of one run: several lists at once, each some pages ahead of what is being stored.

Pages are fetched in threads of their own (`fetching`) and come to this one, which maps them, stores them and decides
how their window goes on. A window that fails costs the others nothing; it is tried once more behind them, and stays
open if need be. What a run is at its end is read from the ledger, never from memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack

from msgspec.structs import replace

from harvester.errors import BadStatus, OaiCode, ProtocolError, ProviderError, Stopped, WaitUntil
from harvester.harvesting import changes, verdict, windows
from harvester.harvesting.arrivals import Arrivals
from harvester.harvesting.fetching import Fetching, Line
from harvester.harvesting.job import Job, Outcome, Progress
from harvester.harvesting.ladder import FULL_PAGE, MISSES, Ladder, Rung, is_for_good
from harvester.harvesting.rejected import Recall
from harvester.model import Page, Window
from harvester.oai import Provider
from harvester.store import Run, RunWindow

# A token that is refused again and again leads nowhere: its window is then cut into smaller ones.
REOPENINGS = 2
# Nor does a list that breaks off again and again, in ever smaller windows.
MOST_ATTEMPTS = 6
MOST_PARTS = 64
# Times `window_records` that a window must announce to be cut again.
TOO_LONG = 2
# Windows opened for each lane: one that is fetched to its end is followed by the next before its last page is stored.
OPEN_AT_ONCE = 2


class Walk:
    """One run from where it stands to its end, or as near to it as the provider lets us."""

    def __init__(self, job: Job, run: Run) -> None:
        self.job, self.run, self.store = job, run, job.store
        access, self._closing = job.source.access(), ExitStack()
        self._aside = self._closing.enter_context(Provider(access, stop=job.stop))
        fetching = Fetching(access, job.source.parallel, job.stop, lambda page: job.mapper.begin(run.prefix, page))
        self._fetching = self._closing.enter_context(fetching)
        self.arrivals = Arrivals(job.store, job.mapper, run, self._get_record)
        self.ladder = Ladder(job.store, self._aside, self.arrivals, job.identity)
        self._recall = Recall(job, run, self.arrivals, self._fetching.aside)
        self._lines: list[Line] = []
        self._ledger_moved = True  # since windows were opened last
        self._failed: dict[int, str] = {}
        self._notes: list[str] = []
        self._broken_off, self._latest = 0, ""
        self._progressed, self._tried_again, self._other_form = False, False, False
        self._pages, self._records = run.pages, sum(w.seen for w in run.windows if w.state != "split")
        self._sizes = {w.id: w.list_size for w in run.windows if w.parent is None}

    def _in_turn(self) -> AbstractContextManager[None]:
        """For the questions of this thread: the provider is asked no more at once."""
        return self._fetching.aside(self._aside.url)

    def _get_record(self, identifier: str) -> Page:
        with self._in_turn():
            return self._aside.record(identifier, self.run.prefix)

    # ------------------------------------------------------------------------------------ the whole run

    def go(self) -> Outcome:
        """Walks until no window is open, or none can go on. Raises what is not the provider's fault."""
        try:
            with self._closing:
                self._walk()
                return self._outcome()
        except Stopped:
            return Outcome("incomplete", f"stopped on request; {self._left()}")
        except WaitUntil as error:
            return Outcome("waiting", str(error), wait_until=error.moment)

    def _outcome(self) -> Outcome:
        now = self.store.run(self.run.id)
        self._look_for_sets(now)
        if nothing := verdict.came_to_nothing(self.store, now):
            for window in now.windows:
                if window.parent is None:
                    self.store.reopen_window(window.id)
            return Outcome("incomplete", "; ".join([*self._notes, nothing]))
        if not self._failed or self._progressed:
            self._notes += self._recall.ask()
        said = "; ".join(dict.fromkeys([*self._failed.values(), *self._notes])) or None
        if all(window.state == "done" for window in now.windows):
            return Outcome("complete", said, self._latest)
        if now.pages:
            return Outcome("incomplete", f"{said}; {self._left()}")
        return Outcome("failed", said)

    def _left(self) -> str:
        """Where the run goes on, in words."""
        left = [window for window in self.store.run(self.run.id).windows if window.state == "open"]
        if not left:
            return "the next harvest goes on behind its last page"
        if len(left) == 1 and left[0].pages:
            return f"the next harvest goes on behind page {left[0].pages}"
        return f"the next harvest goes on with what is open ({len(left)} window{'s' if len(left) > 1 else ''})"

    def _walk(self) -> None:
        while True:
            self._open_windows()
            if self._lines:
                self._step(*self._fetching.next())
            elif not self._settle():
                return

    def _open_windows(self) -> None:
        """Has windows fetched that are open and not on their way, where some may have come to be."""
        if not self._ledger_moved:
            return
        self._ledger_moved = False
        walked = {line.window.id for line in self._lines} | self._failed.keys()
        open_ones = [w for w in self.store.run(self.run.id).windows if w.state == "open" and w.id not in walked]
        for window in open_ones[: OPEN_AT_ONCE * self.job.source.parallel - len(self._lines)]:
            # Behind its first page a long list may be cut into windows; then its second would be asked for in vain.
            line = Line(window, self._asked(window), held=window.parent is None and not window.pages)
            self._lines.append(line)
            self._fetching.follow(line)

    def _asked(self, window: RunWindow) -> Window:
        """The window with its dates in the form that the provider understands."""
        return windows.in_form(window.window, self.job.identity.granularity) if self._other_form else window.window

    def _drop(self, line: Line) -> None:
        """Nothing more is wanted of this line."""
        line.room.give_up()
        self._lines.remove(line)
        self._ledger_moved = True

    # ------------------------------------------------------------------------------------- a page

    def _step(self, line: Line, came: Page | BaseException) -> None:
        """Takes the page that came, or what came in its place."""
        if isinstance(came, ProviderError):
            self._drop(line)
            self._stumble(line, came)
        elif isinstance(came, BaseException):
            raise came
        else:
            self._progressed, self.ladder.misses, self._latest = True, 0, came.response_date
            self._arrive(line, came)
            if self.job.stop():
                raise Stopped("stopped on request")

    def _arrive(self, line: Line, page: Page) -> None:
        fresh, line.pages = line.watch.count(page), line.pages + 1
        line.token = page.token
        line.measure(page)
        parts = self._parts(line, page)
        ended = page.token is None or line.watch.circling
        if ended or parts:
            self._drop(line)
        else:
            line.room.clear(page.size)
        if ended:
            self._end(line, page, fresh)
        elif parts:
            self._cut(line.window, parts, line.size)
            self._open_windows()  # first: their pages are on the way while this one, which they give again, is kept
            self.arrivals.keep(page, None, seen=0, done=False)
        else:
            self.arrivals.keep(page, line.window.id, seen=fresh, done=False)
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
        source = self.job.source
        if window.parent is not None and line.size <= TOO_LONG * source.window_records:
            return ()
        count = windows.wanted(line.size, source.window_records, source.parallel, len(page.records))
        identity = self.job.identity
        spread = windows.spread(window.window, count, identity.earliest, page.response_date, identity.granularity)
        return spread if len(spread) > 1 else ()

    def _cut(self, window: RunWindow, parts: tuple[Window, ...], size: int | None = None) -> None:
        if len(parts) > 1:
            self.store.split_window(window.id, parts, size)
        elif parts:
            self._take_back(window)

    def _take_back(self, window: RunWindow) -> None:
        """One list again: the provider refuses dates, or does not heed them, so that every window would give it all."""
        all_windows = {one.id: one for one in self.store.run(self.run.id).windows}
        root = _root(window, all_windows)
        self.store.reopen_window(root.id)  # first: killed in between, too much is asked for, not too little
        for one in all_windows.values():
            if one.id != root.id and _root(one, all_windows) == root:
                self.store.close_window(one.id, 0)  # what it gave is given again
        for line in [line for line in self._lines if _root(line.window, all_windows) == root]:
            self._drop(line)

    # ---------------------------------------------------------------------------------- ends of lists

    def _end(self, line: Line, page: Page, fresh: int) -> None:
        """A list is at its end. One that may not be whole is asked for again before its end is believed."""
        total = line.watch.total
        if line.size is None and self._looks_cut(line, page):
            with self._in_turn():
                line.size = self.ladder.count(line.asked, total)
            line.unlisted = line.size is None
        doubt = changes.doubt(
            total, line.size, circling=line.watch.circling, shrunk=line.shrunk, unlisted=line.unlisted
        )
        again = self._remedy(line, page) if doubt else ()
        self.arrivals.keep(page, None if doubt else line.window.id, seen=fresh, done=not doubt)
        if again:
            self.store.reopen_window(line.window.id)
            self._cut(line.window, again if len(again) > 1 else (), max(total, line.size or 0))
        elif doubt:
            self._believe(line.window, doubt, line.size)
            self.store.close_window(line.window.id, total)
        elif page.records:
            self._broken_off = 0

    def _remedy(self, line: Line, page: Page) -> tuple[Window, ...]:
        """What to ask in place of a list that may not be whole: itself, then smaller windows where it broke off.

        Empty when its end is to be believed: a completeListSize that is simply wrong must not keep a run open for ever.
        """
        attempts, given = line.window.attempts, line.watch.total
        if attempts == 0:
            return (line.window.window,)
        self._broken_off += 1
        lost = not given or attempts >= MOST_ATTEMPTS or self._broken_off > MISSES
        if lost or not self._broke_off(line, page) or windows.ignored(line.window.window, page.records):
            return ()
        identity = self.job.identity
        parts = min(MOST_PARTS, 1 + max(1, -(-(line.size or 0) // given)))
        spread = windows.spread(line.window.window, parts, identity.earliest, page.response_date, identity.granularity)
        return spread if len(spread) > 1 else ()

    def _broke_off(self, line: Line, page: Page) -> bool:
        """Whether a list that is too short broke off, at its first page or at a full one.

        Where its last page is not full, the provider counts records that it does not show.
        """
        short = line.size is not None and line.watch.total < line.size
        return line.watch.circling or line.unlisted or line.pages == 1 or (short and line.is_full(page))

    def _believe(self, window: RunWindow, doubt: str, size: int | None) -> None:
        """Has what only the list of identifiers has; where that may not be whole either, the end is believed."""
        with self._in_turn():
            if not self.ladder.fill(self._asked(window), size):
                self._notes.append(verdict.believed(doubt))

    def _looks_cut(self, line: Line, page: Page) -> bool:
        """Whether a list that never said how long it is may go on behind its last page.

        OJS 3.3 could forget the token of the first one. The last one of several is rarely full, and rarely nothing.
        """
        if line.pages == 1:
            return page.token is None and len(page.records) >= FULL_PAGE
        return page.token is None and (not page.records or line.is_full(page))

    def _settle(self) -> bool:
        """With no line left: closes what was split, opens again what is short or failed; whether more is to do."""
        ledger = self.store.run(self.run.id).windows
        settled = [self._settle_split(window, ledger) for window in ledger if window.state == "split"]
        self._ledger_moved = True
        if any(settled):
            return True
        again = bool(self._failed) and self._progressed and not self._tried_again
        if again:
            self._tried_again = True
            self._failed.clear()
        return again

    def _settle_split(self, whole: RunWindow, ledger: Sequence[RunWindow]) -> bool:
        """Closes a window whose parts are all done, unless they gave less than it had announced."""
        parts = [window for window in ledger if window.parent == whole.id]
        if any(part.state != "done" for part in parts):
            return False
        seen = sum(part.seen for part in parts)
        doubt = changes.doubt(seen, whole.list_size)
        if doubt and not whole.attempts:
            for part in parts:
                self.store.close_window(part.id, 0)  # what it gave is given again
            self.store.reopen_window(whole.id)
            return True
        if doubt:
            self._believe(whole, doubt, whole.list_size)
        elif whole.list_size is None and whole.parent is None:
            with self._in_turn():
                self.ladder.fill(self._asked(whole), None)  # what has no date is in none of its parts
        self.store.close_window(whole.id, seen)
        return True

    def _look_for_sets(self, now: Run) -> None:
        """A set that gave nothing in a full harvest may be gone, which the protocol cannot say (dataverse#3284)."""
        empty = {w.window.set_spec for w in now.windows if w.parent is None and w.window.set_spec and not w.seen}
        if self.run.kind == "full" and empty and (gone := sorted(empty - self._sets())):
            self._notes.append(verdict.gone(gone))

    def _sets(self) -> set[str | None]:
        """The provider's sets; all that are configured where it does not say."""
        try:
            with self._in_turn():
                return {row.spec for row in self._aside.sets()} or set(self.job.source.sets)
        except ProviderError:
            return set(self.job.source.sets)

    # -------------------------------------------------------------------------------------- failures

    def _stumble(self, line: Line, error: ProviderError) -> None:
        """A page did not come: the window begins anew, is cut down to what is bad in it, or waits for the others."""
        try:
            self._get_up(line, error)
        except ProviderError as failure:
            if self._refuses_dates(failure, line.window):
                self._take_back(line.window)
            else:
                self._failed[line.window.id] = self._explained(failure, line.window.window)

    def _refuses_dates(self, error: ProviderError, window: RunWindow) -> bool:
        """Whether a list that was cut by its size alone may be had in one piece only: no part with an end ever came."""
        ledger = {one.id: one for one in self.store.run(self.run.id).windows}
        if error.overloaded or not isinstance(error, (ProtocolError, BadStatus)):
            return False
        if window.window.until is None or _root(window, ledger).attempts:
            return False
        return not any(one.state == "done" and one.window.until for one in ledger.values())

    def _get_up(self, line: Line, error: ProviderError) -> None:
        window, code = line.window, error.code if isinstance(error, ProtocolError) else None
        if code == OaiCode.BAD_RESUMPTION_TOKEN or (code == OaiCode.BAD_ARGUMENT and line.token):
            if window.attempts < REOPENINGS:
                self.store.reopen_window(window.id)
            else:
                self._climb(window, error, whole=True)
        elif code == OaiCode.BAD_ARGUMENT and window.window.set_spec and window.window.set_spec not in self._sets():
            self.store.close_window(window.id, window.seen)
            self._notes.append(verdict.gone([window.window.set_spec]))
        elif code == OaiCode.BAD_ARGUMENT and self._other_form and line.asked == window.window != self._asked(window):
            pass  # it was on its way before the other form was known, and is opened again in that
        elif code == OaiCode.BAD_ARGUMENT and (window.window.since or window.window.until) and not self._other_form:
            self._use_other_form()
        elif code == OaiCode.BAD_ARGUMENT and self._refuses_dates(error, window):
            self._use_other_form()  # it was no better
            raise error
        elif is_for_good(error):
            self._climb(window, error)
        else:
            raise error

    def _climb(self, window: RunWindow, error: ProviderError, *, whole: bool = False) -> None:
        with self._in_turn():
            self._progressed |= self.ladder.climb(window, error, whole=whole) is Rung.DONE

    def _use_other_form(self) -> None:
        """Asks by day instead of by second, or the other way round, from now on (dataverse#11020, xoai#34)."""
        self._other_form = True
        granularity: windows.Granularity = "day" if self.job.identity.granularity == "second" else "second"
        identity = replace(self.job.identity, granularity=granularity)
        self.job = replace(self.job, identity=identity)
        self.ladder.identity = identity
        self.store.save_identity(self.run.source, identity, self.job.source.url)

    def _explained(self, error: ProviderError, window: Window) -> str:
        """The failure in one sentence, with what can be known at once about its cause."""
        if not isinstance(error, ProtocolError) or error.code != OaiCode.CANNOT_DISSEMINATE_FORMAT:
            return str(error)
        try:
            with self._in_turn():
                offered = sorted(item.prefix for item in self._aside.formats())
        except ProviderError:
            return str(error)
        if window.prefix in offered:
            return str(error)
        return (
            f"the provider has no metadata prefix {window.prefix}; it offers {', '.join(offered)}: "
            "set `formats` accordingly"
        )


def _root(window: RunWindow, ledger: Mapping[int, RunWindow]) -> RunWindow:
    """The window that this one was cut out of, by way of others perhaps."""
    while window.parent is not None:
        window = ledger[window.parent]
    return window
