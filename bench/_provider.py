"""The provider that is measured against, in a process of its own: any number of articles, made on request.

Its answers take the same time however long the list is, like those of a repository with an index over datestamps.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import overload

from msgspec import Struct
from msgspec.structs import replace

from harvester.demo import lists
from harvester.demo.provider import Record, Repository, serve
from harvester.demo.repository import utc_now
from tests.demo.many import many

PAGE = 100  # records
REFERENCES = 39  # of each article in JATS

_TEN_YEARS = timedelta(days=3652)


class Latency(Struct, frozen=True):
    """Seconds that the provider waits before each answer, and for each record of a page in addition."""

    page: float = 0.0
    record: float = 0.0


class Provider(Struct, frozen=True):
    """The URL of the provider, and the pipe to its process."""

    url: str
    pipe: Connection

    def load(self) -> tuple[int, float]:
        """The number of requests so far, and the CPU seconds that they cost the provider."""
        self.pipe.send("load")
        requests, seconds = self.pipe.recv()
        return requests, seconds


@contextmanager
def provider(records: int, latency: Latency) -> Iterator[Provider]:
    """Serves that many records in oai_dc and jats until the context ends."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(records, latency, there), daemon=True)
    process.start()
    try:
        yield Provider(here.recv(), here)
    finally:
        here.send("end")
        process.join()


def _serve(records: int, latency: Latency, pipe: Connection) -> None:
    repository = _Repository(_Articles(records), latency.record)
    with serve(repository, latency=latency.page) as server:
        pipe.send(server.url)
        while pipe.recv() == "load":
            used = os.times()
            pipe.send((server.requests, used.user + used.system))


class _Articles(Sequence[Record]):
    """Spread evenly over the last ten years, oldest first."""

    def __init__(self, count: int) -> None:
        self._articles, self._first = many(count, references=REFERENCES), utc_now() - _TEN_YEARS

    def __len__(self) -> int:
        return len(self._articles)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> list[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | list[Record]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return replace(self._articles[place], datestamp=self.datestamp(place), sets=())

    def datestamp(self, place: int) -> datetime:
        return (self._first + _TEN_YEARS * (place / len(self))).replace(microsecond=0)

    def place(self, moment: datetime) -> int:
        """The number of records older than this moment."""
        return bisect_left(range(len(self)), moment, key=self.datestamp)


class _Repository(Repository):
    """A repository that reads only the records it returns."""

    records: _Articles

    def __init__(self, records: _Articles, seconds_per_record: float) -> None:
        super().__init__(records, page_size=PAGE)
        self._seconds_per_record = seconds_per_record

    def _identify(self, base_url: str) -> str:
        return Repository(self.records[:1], formats=self.formats)._identify(base_url)

    def _first(self, verb: str, given: Mapping[str, str]) -> lists.Token:
        selection = lists.selection(given, seconds=True)
        begin, end = self.records.place(selection.since), self.records.place(selection.end)
        return lists.Token(verb, selection, end - begin, self.clock() + self.token_life, position=begin)

    def _page(self, token: lists.Token) -> tuple[list[Record], int]:
        end = min(token.position + self.page_size, self.records.place(token.selection.end))
        page = self.records[token.position : end]
        time.sleep(self._seconds_per_record * len(page))
        return page, end
