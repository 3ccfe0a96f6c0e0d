"""How fast a provider ends up in the store: `python -m bench.harvest`.

Everything is included: parse, map, check, store. Beside it, in the same run and from the same provider in a process of
its own, a bare Sickle loop over ListRecords (no latency), and a loop that only fetches (with latency).

Goals: as fast as Sickle's bare iteration without latency; with 50 ms at least 0.97 of the raw loop with one window and
3.5 times it with four.
"""

from __future__ import annotations

import cProfile
import multiprocessing
import pstats
import re
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import TextIO
from urllib.parse import quote

import requests
from sickle import Sickle

from harvester import config, pipeline
from harvester.demo.provider import OAI_DC, Record, Repository, serve

RECORDS = 30_000
PAGE = 100
LATENCIES = (0.05, 0.2)  # seconds
WINDOWS = (1, 4)
GOAL, GOAL_ONE, GOAL_FOUR = 1.0, 0.97, 3.5
PROFILED = 15  # rows

_FIRST = datetime(2015, 1, 1, tzinfo=UTC)
_DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)<")


def run(out: TextIO) -> None:
    """Measures without latency against Sickle, with latency against a raw loop, and prints where the time goes."""
    with _provider(RECORDS, 0.0) as url:
        _fetched(url)  # warms the provider
        raw, sickle = _timed(lambda: _fetched(url)), _timed(lambda: _iterated(url))
        ours = _timed(lambda: _harvested(url, 1))
        four = _timed(lambda: _harvested(url, 4))
    print(f"harvest: {RECORDS:,} records in pages of {PAGE}, no latency", file=out)
    for name, seconds in (("raw fetch", raw), ("sickle", sickle), ("harvester", ours), ("harvester, 4 windows", four)):
        print(f"  {name:<24} {RECORDS / seconds:>8,.0f} records/s", file=out)
    print(f"  harvester / sickle       {sickle / ours:>8.2f}   (goal {GOAL})", file=out)
    for latency in LATENCIES:
        _measure_latency(latency, out)
    print(f"  peak RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB", file=out)
    _profile(out)


def _measure_latency(latency: float, out: TextIO) -> None:
    with _provider(RECORDS // 4, latency) as url:
        raw = _timed(lambda: _fetched(url))
        ours = [_timed(lambda count=count: _harvested(url, count)) for count in WINDOWS]  # type: ignore[misc]
    print(f"harvest: {RECORDS // 4:,} records, {latency * 1000:.0f} ms latency, raw fetch loop {raw:.1f} s", file=out)
    for count, seconds, goal in zip(WINDOWS, ours, (GOAL_ONE, GOAL_FOUR), strict=True):
        print(f"  {count} windows: {seconds:.1f} s, {raw / seconds:.2f} times the raw loop (goal {goal})", file=out)


def _timed(work: Callable[[], int]) -> float:
    started = perf_counter()
    records = work()
    assert records >= RECORDS // 4, records
    return perf_counter() - started


# ------------------------------------------------------------------------------------------ contenders


def _fetched(url: str) -> int:
    """Follows the tokens and looks at nothing else."""
    session, query, records = requests.Session(), "metadataPrefix=oai_dc", 0
    while True:
        page = session.get(f"{url}?verb=ListRecords&{query}", timeout=60).content
        records += page.count(b"<record>")
        token = _TOKEN.search(page)
        if token is None:
            return records
        query = "resumptionToken=" + quote(token[1].decode())


def _iterated(url: str) -> int:
    return sum(1 for _ in Sickle(url).ListRecords(metadataPrefix="oai_dc"))


def _harvested(url: str, parallel: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        source = f'url = "{url}"\nformats = ["oai_dc"]\nallow_private = true\nparallel = {parallel}\n'
        path.write_text("[sources.bench]\n" + source + 'name_order = "family-first"\n', encoding="utf-8")
        settings = config.load(path)
        with pipeline.opened(settings) as store:
            (report,) = pipeline.harvest(settings, store, now=lambda: datetime.now(UTC))
        assert report.state == "complete", report
        return report.new


# ------------------------------------------------------------------------------------------ provider


@contextmanager
def _provider(records: int, latency: float) -> Iterator[str]:
    """The demo provider in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(records, latency, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("end")
        process.join()


def _serve(records: int, latency: float, pipe: Connection) -> None:
    repository = Repository([_record(n, records) for n in range(records)], formats=(OAI_DC,), page_size=PAGE)
    with serve(repository, latency=latency) as server:
        pipe.send(server.url)
        pipe.recv()


def _record(number: int, records: int) -> Record:
    """An article as OJS gives it in Dublin Core, spread evenly over ten years."""
    issue = (
        f"Vol {number // 400 + 1} No {number // 100 % 4 + 1} ({2015 + number * 10 // records}); {number}-{number + 9}"
    )
    data = (
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
    )
    moment = _FIRST + timedelta(days=3652) * number / records
    identifier = f"oai:river.example:article/{number}"
    return Record(identifier=identifier, datestamp=moment.replace(microsecond=0), metadata={"oai_dc": data.encode()})


# ------------------------------------------------------------------------------------------ where time goes


def _profile(out: TextIO) -> None:
    """The thread that maps and stores, function by function."""
    profiler = cProfile.Profile()
    with _provider(RECORDS // 4, 0.0) as url:
        profiler.runcall(_harvested, url, 1)
    text = StringIO()
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(PROFILED)
    rows = text.getvalue().splitlines()
    print(f"where the time goes, {RECORDS // 4:,} records:", file=out)
    print("\n".join(row for row in rows[6:] if row.strip()), file=out)


if __name__ == "__main__":
    run(sys.stdout)
