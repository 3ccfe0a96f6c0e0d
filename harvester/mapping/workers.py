"""Processes that make articles for this one, on the processor's other cores. What none of them answers is made here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import BoundedSemaphore, Lock

from harvester.article_rows import MappedArticle
from harvester.mapping import ArticleMapper, worker
from harvester.mapping.worker import Live

Answer = list[MappedArticle] | None  # None: the worker is gone, or could not say it

# Requests that a worker has at once: it goes on to the next while the answer to the last is read here.
_AT_ONCE = 2


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# Over all sources that are harvested at once; this process keeps one core busy itself.
_free = BoundedSemaphore(max(1, cores() - 1))


class Workers:
    """As many processes as there are cores free, started in the background and usable once they have answered."""

    def __init__(self, maker: ArticleMapper, most: int) -> None:
        self._maker = maker
        self._processes: list[_Process] = []
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        self._taken = sum(_free.acquire(blocking=False) for _ in range(most))
        self._answering, self._ended = False, False
        self._threads = ThreadPoolExecutor(self._taken * _AT_ONCE or 1, thread_name_prefix="worker")
        for _ in range(self._taken):
            self._threads.submit(self._start)

    @property
    def ready(self) -> bool:
        """Whether work is taken. One process that dies ends it: what killed it would kill the next."""
        return self._answering and not self._ended

    def submit(self, work: Sequence[Live]) -> Future[Answer]:
        """What comes of some identifiers, in order; a future that is cancelled in time costs nothing."""
        return self._threads.submit(self._ask, work)

    def close(self) -> None:
        """Ends the processes, whatever they are doing."""
        self._ended = True
        for process in self._processes:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.bury()
        for _ in range(self._taken):
            _free.release()
        self._taken, self._processes = 0, []

    def pids(self) -> list[int]:
        """The ids of the processes."""
        return [process.pid for process in self._processes]

    def _start(self) -> None:
        try:
            process = _Process()
        except OSError:
            self._ended = True
            return
        self._processes.append(process)
        if self._ended:
            process.kill()
        if process.answer(worker.greeting(self._maker)) == worker.READY:
            for _ in range(_AT_ONCE):
                self._idle.put(process)
            self._answering = True
        else:
            self._ended = True

    def _ask(self, work: Sequence[Live]) -> Answer:
        process = self._idle.get()
        try:
            answer = process.answer(worker.request(work))
            self._ended |= answer is None
            return None if answer is None else worker.answer(answer)
        except ValueError:  # half a surrogate pair, or what a dying process wrote last
            return None
        finally:
            self._idle.put(process)


class _Process:
    """One worker. Raises `OSError` where none can be started."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", worker.PROGRAM.format(path=sys.path)]
        # A session of its own: Ctrl-C on a terminal is for this process, which then ends the others.
        self._process = subprocess.Popen(  # noqa: S603 — this interpreter, our own words
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 16, start_new_session=True
        )
        self.pid = self._process.pid
        self._asking, self._answering = Lock(), Lock()

    def answer(self, request: bytes) -> bytes | None:
        """The answer to a request; `None` where the process is gone. Answers come in the order of the requests."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            with self._asking:
                worker.write(self._process.stdin, request)
                self._answering.acquire()  # before another may ask, whose answer comes behind this one
        except OSError:
            return None
        try:
            return worker.read(self._process.stdout)
        except OSError:
            return None
        finally:
            self._answering.release()

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def bury(self) -> None:
        """Closes what was open to it."""
        self._process.communicate()
