"""Lists fetched ahead of what is being stored, as many at once as the source has lanes.

A page that comes while another is being stored waits for that, and is begun to be mapped meanwhile. A lane at the end
of its list continues with the next list by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from threading import Condition, Semaphore
from typing import Self

from msgspec.structs import replace

from harvester.model import Access, Page, Window
from harvester.oai import Provider, hosts
from harvester.store import RunWindow
from harvester.system.logcontext import inherited_log_context

AHEAD = 3  # pages of one list that may wait to be stored
AHEAD_BYTES = 16 * 1024 * 1024  # of them together; a single page may be as large as it likes
# Seconds a thread may compute while another waits for its turn. With Python's own 5 ms the threads that fetch, which
# compute little, wait at every step for the one that stores.
SWITCH = 0.0005
# A hasty line leaves the patience to the plan: its window is one of those that failed already.
HASTY_RETRIES = 1


class Room:
    """How far a list may be fetched ahead. `held`: not at all, until its first page has been looked at."""

    def __init__(self, *, held: bool) -> None:
        self._changed = Condition()
        self._pages, self._bytes, self._held = 0, 0, held
        self.given_up = False

    def fill(self, size: int) -> bool:
        """A page of so many bytes came: waits until the next may be asked for; `False` when none is wanted."""
        with self._changed:
            self._pages, self._bytes = self._pages + 1, self._bytes + size
            self._changed.wait_for(self._is_free)
        return not self.given_up

    def _is_free(self) -> bool:
        has_place = self._pages <= 0 or (self._pages < AHEAD and self._bytes < AHEAD_BYTES)
        return self.given_up or (has_place and not self._held)

    def clear(self, size: int) -> None:
        """A page is being stored, and the list goes on."""
        with self._changed:
            self._pages, self._bytes, self._held = self._pages - 1, self._bytes - size, False
            self._changed.notify()

    def give_up(self) -> None:
        """No further page of the list is wanted."""
        with self._changed:
            self.given_up = True
            self._changed.notify()


class Line:
    """One list to be fetched: the window, what is asked for it, and how far ahead."""

    def __init__(self, window: RunWindow, asked: Window, *, held: bool) -> None:
        self.window, self.asked = window, asked  # `asked` may have its dates in another granularity
        self.room = Room(held=held)


class _Lane:
    """One request at a time. Its providers are kept from list to list: their connections, and how slow they want us."""

    def __init__(self, access: Access, stop: Callable[[], bool], lanes: int) -> None:
        self._stop, self._lanes = stop, lanes
        self._line: Line | None = None
        self._patient = Provider(access, stop=self._is_over)
        self._hasty = Provider(replace(access, retries=min(HASTY_RETRIES, access.retries)), stop=self._is_over)

    def _is_over(self) -> bool:
        return self._stop() or (self._line is not None and self._line.room.given_up)

    def pages(self, line: Line, slot: Semaphore) -> Iterator[Page]:
        """The pages of a list, until its end or until no more are wanted. Each request holds the slot."""
        self._line = line
        provider = self._hasty if line.window.attempts else self._patient
        pages = provider.pages(line.asked, line.window.token.value if line.window.token else None)
        while not line.room.given_up:
            with slot, hosts.slot(provider.url, self._lanes):
                page = next(pages)
            yield page
            if page.token is None or not line.room.fill(page.size):
                return

    def close(self) -> None:
        self._patient.close()
        self._hasty.close()


class Fetching:
    """The lanes of one run. `begin` is called with each page that has to wait, by the thread that fetched it."""

    def __init__(self, access: Access, lanes: int, stop: Callable[[], bool], begin: Callable[[Page], None]) -> None:
        self._begin, self._ended = begin, False
        self._is_storing = False  # whoever takes the pages has one, and does not wait for the next
        self._slot = Semaphore(lanes)
        self._free: SimpleQueue[_Lane] = SimpleQueue()
        self._came: SimpleQueue[tuple[Line, Page | BaseException]] = SimpleQueue()
        self._lanes = [_Lane(access, lambda: self._ended or stop(), lanes) for _ in range(lanes)]
        for lane in self._lanes:
            self._free.put(lane)
        self._fetchers = ThreadPoolExecutor(lanes, "fetch", inherited_log_context())
        self._lines: list[Line] = []

    def __enter__(self) -> Self:
        sys.setswitchinterval(SWITCH)
        return self

    def __exit__(self, *_: object) -> None:
        """Ends what is under way; pages that nobody took are thrown away."""
        self._ended = True
        for line in self._lines:
            line.room.give_up()
        with ExitStack() as closing:
            for lane in self._lanes:
                closing.callback(lane.close)
            self._fetchers.shutdown(cancel_futures=True)

    def follow(self, line: Line) -> None:
        """Fetches this list as soon as a lane is free."""
        self._lines = [one for one in self._lines if not one.room.given_up] + [line]
        self._fetchers.submit(self._fetch, line)

    def next(self) -> tuple[Line, Page | BaseException]:
        """The next page of any list that is still wanted, or what came in its place."""
        self._is_storing = False
        while True:
            line, came = self._came.get()
            if not line.room.given_up:
                self._is_storing = True
                return line, came

    @contextmanager
    def aside(self, url: str) -> Iterator[None]:
        """Held for a request of the walking thread itself: no more are under way at once than there are lanes."""
        with self._slot, hosts.slot(url, len(self._lanes)):
            yield

    def _fetch(self, line: Line) -> None:
        lane = self._free.get()
        try:
            for page in lane.pages(line, self._slot):
                if self._is_storing:
                    self._begin(page)
                self._came.put((line, page))
        except BaseException as error:
            self._came.put((line, error))
        finally:
            self._free.put(lane)
