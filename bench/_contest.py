"""One piece of work in a process of its own: how long it takes, what it costs the processor, how large it grows."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

_LOOK = 0.1  # seconds between two looks at the memory


class Result(Struct, frozen=True):
    """Times in seconds: `cpu` of the thread that did the work, `threads` of the others, `processes` of its children.

    `rss` and `children` are in MB: the most that the process, and the largest of its children, ever held.
    """

    records: int
    seconds: float
    cpu: float
    threads: float
    processes: float
    rss: float = 0.0
    children: float = 0.0


def measured(work: Callable[[str], int], url: str, prepare: Callable[[], object] | None = None) -> Result:
    """Does the work, which says how many records it had; `prepare` runs before the clock, to import what it needs."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(work, url, prepare, there))
    process.start()
    rss, children = 0.0, 0.0
    while not here.poll(_LOOK):
        if process.exitcode:
            raise RuntimeError(f"{work.__name__} failed")
        rss = max(rss, held(process.pid or 0))
        children = max([children, *map(held, children_of(process.pid or 0))])
    result: Result = here.recv()
    rss = max(rss, held(process.pid or 0))
    here.send("end")
    process.join()
    return replace(result, rss=rss, children=children)


def _work(work: Callable[[str], int], url: str, prepare: Callable[[], object] | None, pipe: Connection) -> None:
    if prepare:
        prepare()
    began, cpu, all_threads, processes = time.perf_counter(), time.thread_time(), time.process_time(), _of_children()
    records = work(url)
    seconds, cpu = time.perf_counter() - began, time.thread_time() - cpu
    threads = time.process_time() - all_threads - cpu
    pipe.send(Result(records, seconds, cpu, threads, _of_children() - processes))
    pipe.recv()


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def held(pid: int, field: str = "VmHWM") -> float:
    """The memory of a process in MB, by default the most it ever had; 0 where the system does not say.

    Not ru_maxrss, which counts what the parent held when the process began.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), 0.0)


def children_of(pid: int) -> Iterator[int]:
    """The processes that a process has begun."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text(encoding="ascii").split())
        except OSError:
            continue
