"""Pages that are mapped on other cores while the page before them is being stored.

Only long lists pay for the processes: they are started for one that is expected, when a list says that it is long, or
once two pages have brought much, and a page is begun ahead only while pages go on to bring much. The last records of a
page are made here if the workers have not come so far.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from threading import Lock

from msgspec import Struct
from msgspec.structs import replace

from harvester.article_rows import MappedArticle
from harvester.mapping import ArticleMapper, workers
from harvester.mapping.worker import Live
from harvester.mapping.workers import Answer, Workers
from harvester.model import RawRecord

MUCH = 25  # records of a page that are new or changed
FULL_PAGES = 2  # before the processes are started
LONG = 1000  # records of a list for which they are started at once
CHUNK = 50  # records in one request
PAGES_A_LANE = 6  # fetched ahead and begun; more are of windows that failed, whose pages nobody takes
MOST_PROCESSES = 8


class _Begun(Struct):
    """Some records of a page, and who is at work on them; `made` once they were made here."""

    raws: Sequence[RawRecord]
    live: Sequence[Live]
    answer: Future[Answer]
    made: list[MappedArticle] | None = None

    def take_back(self, maker: ArticleMapper) -> bool:
        """Makes them here, unless a worker has them or they are made."""
        if self.made is not None or not self.answer.cancel():
            return False
        self.made = maker.make(self.live)
        return True

    def result(self, maker: ArticleMapper) -> list[MappedArticle]:
        """What was made of them; waits for the worker that has them."""
        return self.made or self.answer.result() or maker.make(self.live)


class Ahead:
    """Articles begun before they are wanted. `start`, `expect` and `begin` are for any thread, the others for one."""

    def __init__(self, maker: ArticleMapper, processes: int | None = None, *, lanes: int = 1) -> None:
        self._maker = maker
        self._most = min(workers.cores() - 1, MOST_PROCESSES) if processes is None else processes
        self._workers: Workers | None = None
        self._full_pages = 0
        self._pages: deque[list[_Begun]] = deque(maxlen=PAGES_A_LANE * lanes)
        self._lock = Lock()

    def expect(self, records: int, listed: int) -> None:
        """How many records are on a page that came, and how many its list announces."""
        if records >= MUCH and listed >= LONG:
            self.start()

    def saw(self, records: int) -> None:
        """How many records of a page were to be mapped."""
        self._full_pages = self._full_pages + 1 if records >= MUCH else 0
        if self._full_pages >= FULL_PAGES:
            self.start()

    def start(self) -> None:
        """Starts the processes, unless they are."""
        with self._lock:
            if self._most and self._workers is None:
                self._workers = Workers(self._maker, self._most)

    @property
    def is_due(self) -> bool:
        """Whether the next page is worth beginning with."""
        return self._full_pages > 0 and self._workers is not None and self._workers.ready

    def begin(self, raws: Sequence[RawRecord], live: Callable[[Sequence[RawRecord]], Iterable[Live]]) -> None:
        """Has the records made; `live` gives for each the records of its identifier by format."""
        if not self.is_due or self._workers is None:
            return
        page = []
        for at in range(0, len(raws), CHUNK):
            chunk = raws[at : at + CHUNK]
            work = [_light(one) for one in live(chunk)]
            page.append(_Begun(chunk, work, self._workers.submit(work)))
        with self._lock:
            self._pages.append(page)

    def take(self, raws: Sequence[RawRecord]) -> dict[str, MappedArticle]:
        """What was made of these records, by identifier; empty where nothing was begun."""
        wanted = {id(raw) for raw in raws}
        with self._lock:
            page = next((page for page in self._pages if _holds(page, wanted)), [])
            if page:
                self._pages.remove(page)
        for one in reversed(page):  # what no worker has come to is made here while they are at the rest
            one.take_back(self._maker)
        return {raw.identifier: made for raw, made in self._made(page) if id(raw) in wanted}

    def _made(self, page: Sequence[_Begun]) -> Iterator[tuple[RawRecord, MappedArticle]]:
        for one in page:
            while one.made is None and not one.answer.done() and self._make_ahead():
                pass
            yield from zip(one.raws, one.result(self._maker), strict=True)

    def _make_ahead(self) -> bool:
        """Makes some records of the last page begun, instead of waiting for a worker; whether there were any."""
        with self._lock:
            begun = [one for page in reversed(self._pages) for one in reversed(page)]
        return any(one.take_back(self._maker) for one in begun)

    def close(self) -> None:
        if self._workers:
            self._workers.close()


def _holds(page: Sequence[_Begun], wanted: Collection[int]) -> bool:
    return any(id(raw) in wanted for one in page for raw in one.raws)


def _light(live: Live) -> Live:
    """Without the page as it was received: a repaired one stands with each of its records."""
    return {prefix: replace(raw, original=None) if raw.original else raw for prefix, raw in live.items()}
