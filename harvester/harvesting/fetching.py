"""Fetches lists ahead of what is being stored, as many at once as the source has lanes.

A page that comes while another is being stored waits for that, and other cores begin to map it meanwhile. A lane at the
end of its list continues with the next list by itself.
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

from harvester.harvesting import changes
from harvester.model import Access, Page, Window
from harvester.oai import Provider, hosts
from harvester.store import RunWindow
from harvester.system.threads import inherited_context

PAGES_AHEAD = 3  # pages of one list that may wait to be stored
BYTES_AHEAD = 16 * 1024 * 1024  # of these pages together; a single page may be larger
# Seconds that a thread may compute while another waits for its turn. With Python's own 5 ms the threads that fetch,
# which compute little, wait at every step for the one that stores.
SWITCH_INTERVAL = 0.0005
# For the windows that failed before: what is done about them is decided in the plan.
FEW_RETRIES = 1


class Prefetch:
    """How far a list is fetched ahead: the meeting point of the thread that fetches it and the one that stores.

    `paused`: no page is fetched ahead before the first one was taken.
    """

    def __init__(self, *, paused: bool) -> None:
        self._changed = Condition()
        self._pages, self._bytes, self._paused = 0, 0, paused
        self.cancelled = False

    def put(self, size: int) -> bool:
        """Counts a page of that many bytes. Waits until the next page may be requested; `False` if none is wanted."""
        with self._changed:
            self._pages, self._bytes = self._pages + 1, self._bytes + size
            self._changed.wait_for(self._may_continue)
        return not self.cancelled

    def _may_continue(self) -> bool:
        has_room = self._pages <= 0 or (self._pages < PAGES_AHEAD and self._bytes < BYTES_AHEAD)
        return self.cancelled or (has_room and not self._paused)

    def take(self, size: int) -> None:
        """A page of that many bytes is about to be stored, and the list continues."""
        with self._changed:
            self._pages, self._bytes, self._paused = self._pages - 1, self._bytes - size, False
            self._changed.notify()

    def cancel(self) -> None:
        """No further page of the list is wanted."""
        with self._changed:
            self.cancelled = True
            self._changed.notify()


class Line:
    """One list to be fetched: the window, the request for it, and how far it is fetched ahead."""

    def __init__(self, window: RunWindow, asked: Window, *, paused: bool) -> None:
        self.window, self.asked = window, asked  # `asked` may have its dates in another granularity
        self.prefetch = Prefetch(paused=paused)


class _Lane:
    """Sends one request at a time. Its providers are kept from list to list, with their connections and delays."""

    def __init__(self, access: Access, stop: Callable[[], bool], lanes: int) -> None:
        self._stop, self._lanes = stop, lanes
        self._line: Line | None = None
        self._provider = Provider(access, stop=self._is_over)
        few = replace(access, retries=min(FEW_RETRIES, access.retries))
        self._provider_few_retries = Provider(few, stop=self._is_over)

    def _is_over(self) -> bool:
        return self._stop() or (self._line is not None and self._line.prefetch.cancelled)

    def pages(self, line: Line, slot: Semaphore) -> Iterator[Page]:
        """The pages of a list, until its end or until no more are wanted. Each request holds the slot."""
        self._line = line
        provider = self._provider_few_retries if line.window.attempts else self._provider
        pages = provider.pages(line.asked, line.window.token.value if line.window.token else None)
        while not line.prefetch.cancelled:
            with slot, hosts.slot(provider.url, self._lanes):
                page = next(pages)
            yield page
            if page.token is None or not line.prefetch.put(page.size):
                return

    def close(self) -> None:
        self._provider.close()
        self._provider_few_retries.close()


class Fetching:
    """The lanes of one run. `begin` is called with each page that has to wait, by the thread that fetched it."""

    def __init__(self, access: Access, lanes: int, stop: Callable[[], bool], begin: Callable[[Page], None]) -> None:
        self._begin, self._ended = begin, False
        self._is_storing = False  # the thread that takes the pages is not waiting for one
        self._slot = Semaphore(lanes)
        self._free: SimpleQueue[_Lane] = SimpleQueue()
        self._fetched: SimpleQueue[tuple[Line, Page | BaseException]] = SimpleQueue()
        self._lanes = [_Lane(access, lambda: self._ended or stop(), lanes) for _ in range(lanes)]
        for lane in self._lanes:
            self._free.put(lane)
        self._threads = ThreadPoolExecutor(lanes, "fetch", inherited_context())
        self._lines: list[Line] = []

    def __enter__(self) -> Self:
        sys.setswitchinterval(SWITCH_INTERVAL)
        return self

    def __exit__(self, *_: object) -> None:
        """Ends all requests. Pages that nobody took are thrown away."""
        self._ended = True
        for line in self._lines:
            line.prefetch.cancel()
        with ExitStack() as closing:
            for lane in self._lanes:
                closing.callback(lane.close)
            self._threads.shutdown(cancel_futures=True)

    def follow(self, line: Line) -> None:
        """Fetches this list as soon as a lane is free."""
        self._lines = [other for other in self._lines if not other.prefetch.cancelled] + [line]
        self._threads.submit(self._fetch, line)

    def next(self) -> tuple[Line, Page | BaseException]:
        """The next page of any list that is still wanted, or the error that came in its place."""
        self._is_storing = False
        while True:
            line, fetched = self._fetched.get()
            if not line.prefetch.cancelled:
                self._is_storing = True
                return line, fetched

    @contextmanager
    def aside(self, url: str) -> Iterator[None]:
        """Held for a request of the storing thread itself: no more are under way at once than there are lanes."""
        with self._slot, hosts.slot(url, len(self._lanes)):
            yield

    def _fetch(self, line: Line) -> None:
        lane = self._free.get()
        try:
            for received in lane.pages(line, self._slot):
                page = changes.page_listed_in(received, line.window.window.set_spec)
                if self._is_storing:
                    self._begin(page)
                self._fetched.put((line, page))
        except BaseException as error:
            self._fetched.put((line, error))
        finally:
            self._free.put(lane)
