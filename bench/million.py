"""Memory and speed of a harvest of a million records: `python -m bench.million [RECORDS]`.

Goals: less than 250 MB, and as fast at the end as at the beginning. On a busy machine, CPU time says more than records
per second.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import TextIO

from bench._process import children_of, configure, memory
from bench._provider import Latency, provider
from harvester import config, pipeline
from harvester.system.progress import Progress, watching

RECORDS = 1_000_000
STEP = 100_000  # records between two lines
GOAL = 250  # MB


class _Watch:
    """Prints the speed and the memory of each step."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._next, self._last, self._cpu = out, STEP, perf_counter(), process_time()

    def __call__(self, step: Progress) -> None:
        if (step.done or 0) >= self._next:
            now, cpu = perf_counter(), process_time()
            print(
                f"  {step.done:>9,} records, {STEP / (now - self._last):>6,.0f} records/s, "
                f"CPU {(cpu - self._cpu) / STEP * 1e6:.0f} µs a record, {_memory()}",
                file=self._out,
                flush=True,
            )
            self._next, self._last, self._cpu = self._next + STEP, now, cpu


def _memory() -> str:
    """The memory of this process and of its children: the provider, what Python starts with it, and those that map."""
    mine, children = os.getpid(), [memory(pid, "VmRSS") for pid in children_of(os.getpid())]
    return f"RSS {memory(mine, 'VmRSS'):.0f} MB, children {' + '.join(f'{size:.0f}' for size in children)} MB"


def run(out: TextIO, records: int = RECORDS) -> None:
    """Harvests that many records into a new store, and prints speed and memory meanwhile."""
    print(f"million: {records:,} records, generated on request", file=out)
    with provider(records, Latency()) as server, tempfile.TemporaryDirectory() as folder:
        settings = config.load(configure(Path(folder), server.url, "oai_dc"))
        began = perf_counter()
        with pipeline.opened(settings) as store, watching(_Watch(out)):
            (report,) = pipeline.harvest(settings, store, now=lambda: datetime.now(UTC))
        seconds = perf_counter() - began
        assert (report.state, report.new) == ("complete", records), report
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.sqlite*"))
        print(
            f"  {seconds:,.0f} s in all, {records / seconds:,.0f} records/s, store {size / 1e6:,.0f} MB, "
            f"peak RSS {memory(os.getpid()):.0f} MB (goal {GOAL})",
            file=out,
        )


if __name__ == "__main__":
    run(sys.stdout, *map(int, sys.argv[1:2]))
