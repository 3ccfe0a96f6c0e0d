"""Lists followed ahead of what is being stored, as many at once as the source has lanes.

The next request leaves as soon as the token of the page that came is known. Behind it the page is taken apart and the
mapping of its records begun; then it waits to be stored. A lane at the end of its list goes on to the next one by
itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from queue import SimpleQueue
from threading import Condition, Semaphore
from typing import Self

from msgspec.structs import replace

from harvester.model import Access, Page, Window
from harvester.oai import Answer, Provider, hosts
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

    def has_place(self, pages: int, size: int) -> bool:
        """Whether so many pages of this size in bytes would leave place for one more."""
        with self._changed:
            return not self.given_up and self._is_free(pages, pages * size)

    def _is_free(self, pages: int = 0, size: int = 0) -> bool:
        pages, size = self._pages + pages, self._bytes + size
        few = pages <= 0 or (pages < AHEAD and size < AHEAD_BYTES)
        return self.given_up or (few and not self._held)

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

    def answers(self, line: Line, turn: Semaphore, is_wanted: Callable[[], bool]) -> Generator[Answer, None, None]:
        """The pages of a list, until its end or until no more are wanted.

        Where there is room and nobody else waits for the turn (`is_wanted`), it is kept for the page asked for ahead.
        """
        self._line = line
        provider = self._hasty if line.window.attempts else self._patient
        token = line.window.token
        with ExitStack() as turns:
            while not line.room.given_up:
                if not provider.is_ahead:
                    turns.enter_context(turn)
                    turns.enter_context(hosts.turn(provider.url, self._lanes))
                    turns.callback(provider.call_off)
                answer = provider.answer(
                    line.asked,
                    token.value if token else None,
                    ahead=lambda pages, size: line.room.has_place(pages, size) and not is_wanted(),
                )
                token = answer.token
                if token is None or not provider.is_ahead:
                    turns.close()
                yield answer
                if token is None or not line.room.fill(answer.size):
                    return

    def close(self) -> None:
        self._patient.close()
        self._hasty.close()


class Fetching:
    """The lanes of one run. `begin` is called with each page that came, by the thread that fetched it."""

    def __init__(self, access: Access, lanes: int, stop: Callable[[], bool], begin: Callable[[Page], None]) -> None:
        self._begin, self._url = begin, access.url
        self._ended, self._aside = False, 0
        self._turn = Semaphore(lanes)
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
        while True:
            line, came = self._came.get()
            if not line.room.given_up:
                return line, came

    @contextmanager
    def aside(self, url: str) -> Iterator[None]:
        """Questions of the walking thread itself, in the turn of a lane: the provider is asked no more at once."""
        self._aside += 1
        try:
            if self._aside > 1:
                yield
            else:
                with self._turn, hosts.turn(url, len(self._lanes)):
                    yield
        finally:
            self._aside -= 1

    def _fetch(self, line: Line) -> None:
        lane = self._free.get()
        try:
            with closing(lane.answers(line, self._turn, self._is_wanted)) as answers:
                for answer in answers:
                    page = answer.page()
                    self._begin(page)
                    self._came.put((line, page))
        except BaseException as error:
            self._came.put((line, error))
        finally:
            self._free.put(lane)

    def _is_wanted(self) -> bool:
        """Whether somebody else waits for the turn of a lane."""
        return self._aside > 0 or hosts.is_waited_for(self._url)
