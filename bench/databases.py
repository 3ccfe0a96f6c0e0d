"""What storing costs in each kind of database: `python -m bench.databases`.

Processes store pages of 100 new records with their articles, each for a source of its own, all of them in one store. Of
PostgreSQL the CPU time of its server is measured too, which runs here, in a temporary folder, and waits for no disk.
The kinds take turns, and the best turn of each counts.

Goals: with PostgreSQL one process stores at least half as many records in a second of its CPU as with SQLite, and more
processes store more in a second until the cores are full.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from harvester import store
from tests.postgresql import Server, binaries, server
from tests.store.samples import NEXT, article_to_save, begin, finding, page, raw, save_page

PAGES, RECORDS = 60, 100  # of each process, of each page
PROCESSES = (1, 2, 4)
TURNS = 3

_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(Struct, frozen=True):
    """What one turn took, in microseconds of CPU for each record, and how many records a second came in."""

    client: float
    server: float
    per_second: float


def run(out: TextIO) -> None:
    """Measures both kinds with each number of processes."""
    with _servers() as databases, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("storing pages of 100 records: client + server, µs of CPU a record, and records a second", file=out)
        for number in PROCESSES:
            turns: dict[str, list[Cost]] = {"SQLite": [], "PostgreSQL": []}
            for turn in range(TURNS):
                turns["SQLite"].append(_turn(f"sqlite:///{folder}/{number}-{turn}.sqlite", number, lambda: 0.0))
                if databases is not None:
                    turns["PostgreSQL"].append(_turn(databases.new_database(), number, _cpu_of(databases)))
            for kind, costs in turns.items():
                if costs:
                    best = min(costs, key=lambda cost: cost.client + cost.server)
                    fastest = max(cost.per_second for cost in costs)
                    line = f"{best.client:5.0f} + {best.server:3.0f}   {fastest:7,.0f}/s"
                    print(f"  {number} process{'es' if number > 1 else '  '}  {kind:11} {line}", file=out)


@contextmanager
def _servers() -> Iterator[Server | None]:
    if binaries() is None:
        print("no PostgreSQL runs here, so SQLite is measured alone", file=sys.stderr)
        yield None
        return
    with server() as running:
        yield running


def _turn(url: str, processes: int, cpu_of_server: Callable[[], float]) -> Cost:
    with store.connect(url):
        pass
    context = get_context("forkserver")
    ready, costs = context.Barrier(processes + 1), context.Queue()
    workers = [context.Process(target=_store_pages, args=(url, n, ready, costs)) for n in range(processes)]
    for worker in workers:
        worker.start()
    ready.wait()
    before, server_before = time.perf_counter(), cpu_of_server()
    client = sum(costs.get() for _ in workers)
    wall, of_server = time.perf_counter() - before, cpu_of_server() - server_before
    for worker in workers:
        worker.join()
    records = processes * PAGES * RECORDS
    return Cost(client / records * 1e6, of_server / records * 1e6, records / wall)


def _store_pages(url: str, number: int, ready: object, costs: object) -> None:
    source = f"source{number}"
    pages = [
        page(
            *(raw(n) for n in numbers),
            articles=[article_to_save(n, source=source, findings=(finding("warning"),)) for n in numbers],
        )
        for numbers in (range(start, start + RECORDS) for start in range(0, PAGES * RECORDS, RECORDS))
    ]
    with store.connect(url) as opened:
        begun, window = begin(opened, source)
        ready.wait()  # type: ignore[attr-defined]
        before = time.process_time()
        for new in pages:
            opened.records.stored(source, "oai_dc", [one.raw.identifier for one in new.records])
            save_page(opened, begun.id, window.id, new, token=NEXT)
        costs.put(time.process_time() - before)  # type: ignore[attr-defined]


def _cpu_of(databases: Server) -> Callable[[], float]:
    """Reads how many seconds of CPU the server has used, with its processes that have ended."""
    first = int((databases.folder / "data" / "postmaster.pid").read_text().split()[0])

    def read() -> float:
        used = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:  # it has ended
                continue
            if int(stat.parent.name) == first:
                used += sum(map(int, fields[11:15]))
            elif int(fields[1]) == first:
                used += sum(map(int, fields[11:13]))
        return used / _TICKS

    return read


if __name__ == "__main__":
    run(sys.stdout)
