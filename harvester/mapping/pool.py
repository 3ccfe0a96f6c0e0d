"""Maps records on all cores, in processes that may be killed at any moment: this one does what they leave undone."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore, Lock

from msgspec import Struct
from msgspec.structs import replace

from harvester.article_rows import MappedArticle
from harvester.mapping import ArticleMapper, worker
from harvester.mapping.article_mapper import LiveRecords

# Bytes of payloads that are mapped in this process before others are started. Mapping them takes about as long as to
# start two processes, half a second.
BYTES_ALONE = 4 * 1024 * 1024
CHUNK = 50  # records that a process maps at once
MOST_PROCESSES = 8


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# Processes left to start, over all pools. On a single core they would gain nothing.
_free = BoundedSemaphore(min(cores(), MOST_PROCESSES) if cores() > 1 else 0)


class MappingTask:
    """Records that are being mapped, in chunks. A chunk without a future is mapped when the result is asked for."""

    def __init__(self, mapper: ArticleMapper, chunks: Sequence[_Chunk]) -> None:
        self._mapper, self._chunks = mapper, chunks

    def result(self) -> list[MappedArticle]:
        """What each identifier is mapped to, in order. Waits until that is done."""
        return [mapped for chunk in self._chunks for mapped in self._mapped(chunk)]

    def _mapped(self, chunk: _Chunk) -> list[MappedArticle]:
        if chunk.future is not None:
            with suppress(CancelledError, EOFError, OSError, pickle.UnpicklingError):  # its process is gone
                return chunk.future.result()
        return self._mapper.map(chunk.work)


class _Chunk(Struct, frozen=True):
    work: Sequence[LiveRecords]
    future: Future[list[MappedArticle]] | None


class MappingPool:
    """As many processes as there are cores, or as other pools leave. Each thread of the executor has one of its own."""

    def __init__(self, mapper: ArticleMapper) -> None:
        self._mapper = mapper
        self._bytes = 0  # of payloads, begun so far
        self._taken = 0  # processes of `_free`
        self._threads: ThreadPoolExecutor | None = None
        self._processes: list[_Process] = []
        self._thread_local = threading.local()
        self._lock = Lock()

    def begin(self, work: Sequence[LiveRecords]) -> MappingTask:
        """Begins to map these identifiers. The processes are started once enough of them have come. For any thread."""
        self._bytes += sum(len(raw.payload or b"") for records in work for raw in records.values())
        if self._bytes > BYTES_ALONE:
            self._start()
        chunks = (work[start : start + CHUNK] for start in range(0, len(work), CHUNK))
        return MappingTask(self._mapper, [_Chunk(chunk, self._submit(chunk)) for chunk in chunks])

    def close(self) -> None:
        """Ends the processes, whatever they are doing."""
        if self._threads is None:
            return
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in list(self._processes):
            process.kill()
        self._threads.shutdown()
        for process in self._processes:  # a thread may have started another one meanwhile
            process.close()
        for _ in range(self._taken):
            _free.release()
        self._threads, self._processes = None, []

    def _start(self) -> None:
        with self._lock:
            if self._threads is None:
                self._taken = sum(_free.acquire(blocking=False) for _ in range(MOST_PROCESSES))
                self._threads = ThreadPoolExecutor(self._taken, "mapping") if self._taken else None

    def _submit(self, chunk: Sequence[LiveRecords]) -> Future[list[MappedArticle]] | None:
        if self._threads is None:
            return None
        return self._threads.submit(self._map, [_without_page(records) for records in chunk])

    def _map(self, chunk: Sequence[LiveRecords]) -> list[MappedArticle]:
        """For the threads of the executor. The first chunk of each starts its process."""
        process: _Process | None = getattr(self._thread_local, "process", None)
        if process is None:
            process = self._thread_local.process = _Process()
            self._processes.append(process)
            process.write(self._mapper)
        return process.map(chunk)


class _Process:
    """A worker process. Raises `OSError` if it cannot be started."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", worker.PROGRAM.format(path=sys.path)]
        # It gets a session of its own: Ctrl-C on a terminal is for this process, which then ends the others.
        self._process = subprocess.Popen(  # noqa: S603 — this interpreter, and a constant
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self.pid = self._process.pid

    def write(self, message: ArticleMapper | Sequence[LiveRecords]) -> None:
        """Sends the mapper first, then chunks of records. Raises `OSError` if the process is gone."""
        worker.write(self._requests, message)

    def map(self, chunk: Sequence[LiveRecords]) -> list[MappedArticle]:
        """What the chunk is mapped to. Raises `EOFError`, `OSError` or `UnpicklingError` if the process is gone."""
        self.write(chunk)
        answer: list[MappedArticle] = worker.read(self._answers)
        return answer

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def close(self) -> None:
        """Ends it and closes its pipes."""
        self.kill()
        self._process.communicate()


def _without_page(records: LiveRecords) -> LiveRecords:
    """Leaves out the page as received, which each record of a repaired page refers to."""
    return {prefix: replace(raw, original=None) if raw.original else raw for prefix, raw in records.items()}
