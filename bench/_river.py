"""The provider that is measured against, in a process of its own: any number of articles, made as they are asked for.

It answers in its own time, whatever the length of the list, as a repository with an index over datestamps does.
"""

from __future__ import annotations

import multiprocessing
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import overload

from msgspec import Struct

from harvester.demo import lists
from harvester.demo.provider import OAI_DC, Record, Repository, serve
from harvester.demo.repository import utc_now

PAGE = 100  # records

_TEN_YEARS = timedelta(days=3652)
_DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


class Provider(Struct, frozen=True):
    """Where it is, and the line to its process."""

    url: str
    pipe: Connection

    def requests(self) -> int:
        """How many it was asked so far."""
        self.pipe.send("requests")
        count: int = self.pipe.recv()
        return count


@contextmanager
def provider(records: int, latency: float) -> Iterator[Provider]:
    """Serves so many records; `latency` in seconds before each answer."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(records, latency, there), daemon=True)
    process.start()
    try:
        yield Provider(here.recv(), here)
    finally:
        here.send("end")
        process.join()


def _serve(records: int, latency: float, pipe: Connection) -> None:
    with serve(_River(_Articles(records), formats=(OAI_DC,), page_size=PAGE), latency=latency) as server:
        pipe.send(server.url)
        while pipe.recv() == "requests":
            pipe.send(server.requests)


class _Articles(Sequence[Record]):
    """Spread evenly over the last ten years, oldest first."""

    def __init__(self, count: int) -> None:
        self._count, self._first = count, utc_now() - _TEN_YEARS

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> list[Record]: ...
    def __getitem__(self, at: int | slice) -> Record | list[Record]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(self._count))]
        return Record(
            identifier=f"oai:river.example:article/{at}",
            datestamp=self.datestamp(at),
            metadata={"oai_dc": _dublin_core(at, self._count)},
        )

    def datestamp(self, number: int) -> datetime:
        return (self._first + _TEN_YEARS * (number / self._count)).replace(microsecond=0)

    def place(self, moment: datetime) -> int:
        """How many are older."""
        return bisect_left(range(self._count), moment, key=self.datestamp)


class _River(Repository):
    """A repository that looks at no more records than it gives."""

    records: _Articles

    def _identify(self, base_url: str) -> str:
        return Repository(self.records[:1], formats=self.formats)._identify(base_url)

    def _first(self, verb: str, given: Mapping[str, str]) -> lists.Token:
        selection = lists.selection(given, seconds=True)
        begin, end = self.records.place(selection.since), self.records.place(selection.end)
        return lists.Token(verb, selection, end - begin, self.clock() + self.token_life, position=begin)

    def _page(self, token: lists.Token) -> tuple[list[Record], int]:
        end = min(token.position + self.page_size, self.records.place(token.selection.end))
        return self.records[token.position : end], end


def _dublin_core(number: int, records: int) -> bytes:
    """An article as OJS gives it."""
    issue = (
        f"Vol {number // 400 + 1} No {number // 100 % 4 + 1} ({2015 + number * 10 // records}); {number}-{number + 9}"
    )
    return (
        f'<oai_dc:dc {_DC}><dc:title xml:lang="en-US">On river number {number}: a study of still water</dc:title>'
        f"<dc:creator>Meyer, Anna</dc:creator><dc:creator>Núñez, José</dc:creator>"
        f'<dc:subject xml:lang="en-US">rivers</dc:subject><dc:subject xml:lang="en-US">still water</dc:subject>'
        f'<dc:description xml:lang="en-US">{"We measured the water of a river for a year. " * 12}</dc:description>'
        f'<dc:publisher xml:lang="en-US">River Press</dc:publisher><dc:date>2020-05-{number % 28 + 1:02}</dc:date>'
        f"<dc:type>info:eu-repo/semantics/article</dc:type><dc:format>application/pdf</dc:format>"
        f"<dc:identifier>https://river.example/article/view/{number}</dc:identifier>"
        f"<dc:identifier>10.5555/river.{number}</dc:identifier>"
        f'<dc:source xml:lang="en-US">Journal of Rivers; {issue}</dc:source><dc:source>2049-3630</dc:source>'
        f"<dc:language>eng</dc:language><dc:rights>https://creativecommons.org/licenses/by/4.0</dc:rights></oai_dc:dc>"
    ).encode()
