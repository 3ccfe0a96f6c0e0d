"""Processes that make articles for this one, on the processor's other cores.

A worker reads requests from its standard input and answers on its standard output; it opens nothing and keeps nothing,
so that it may be killed at any moment, and ends by itself when this process is gone. Whatever a worker does not answer
is made here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import BoundedSemaphore
from typing import IO

import msgspec

from harvester.entries import Made
from harvester.model import RawRecord
from harvester.pipeline.garbage import rarely_collected
from harvester.pipeline.making import Maker

Live = dict[str, RawRecord]  # the live records of one identifier by format
Answer = list[Made] | None  # None: the worker is gone

_MAIN = "import sys; sys.path[:] = {path!r}; from harvester.pipeline import workers; workers.main()"
_LENGTH = 4  # bytes before each message

_encode = msgspec.msgpack.Encoder().encode
_requests = msgspec.msgpack.Decoder(list[Live])
_answers = msgspec.msgpack.Decoder(list[Made])
_makers = msgspec.msgpack.Decoder(Maker)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# Over all sources that are harvested at once; this process keeps one core busy itself.
_free = BoundedSemaphore(max(1, cores() - 1))


class Workers:
    """As many processes as there are cores free, started in the background and usable once they have answered."""

    def __init__(self, maker: Maker, most: int) -> None:
        self._maker = maker
        self._processes: list[subprocess.Popen[bytes]] = []
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._taken = sum(_free.acquire(blocking=False) for _ in range(most))
        self._answering, self._ended = False, False
        self._threads = ThreadPoolExecutor(self._taken or 1, thread_name_prefix="worker")
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
            process.communicate()
        for _ in range(self._taken):
            _free.release()
        self._taken, self._processes = 0, []

    def _start(self) -> None:
        command = [sys.executable, "-c", _MAIN.format(path=sys.path)]
        try:
            # A session of its own: Ctrl-C on a terminal is for this process, which then ends the others.
            process = subprocess.Popen(  # noqa: S603 — this interpreter, our own words
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 16, start_new_session=True
            )
        except OSError:
            self._ended = True
            return
        self._processes.append(process)
        if self._ended:
            process.kill()
        if self._answer(process, _encode(self._maker)) is not None:
            self._idle.put(process)
            self._answering = True

    def _ask(self, work: Sequence[Live]) -> Answer:
        process = self._idle.get()
        try:
            answer = self._answer(process, _encode(work))
            return None if answer is None else _answers.decode(answer)
        except (ValueError, msgspec.MsgspecError):  # half a surrogate pair, or what a dying process wrote last
            return None
        finally:
            self._idle.put(process)

    def _answer(self, process: subprocess.Popen[bytes], message: bytes) -> bytes | None:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _write(process.stdin, message)
            answer = _read(process.stdout)
        except OSError:
            answer = None
        self._ended |= answer is None
        return answer


# ------------------------------------------------------------------------------------------ in the worker


def main() -> None:
    """Makes articles until there is nobody left to make them for."""
    with suppress(BrokenPipeError), rarely_collected():
        _serve(sys.stdin.buffer, sys.stdout.buffer)


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    first = _read(requests)
    if first is None:
        return
    maker = _makers.decode(first)
    _write(answers, b"ready")
    while (request := _read(requests)) is not None:
        _write(answers, _made(maker, request))


def _made(maker: Maker, request: bytes) -> bytes:
    """What comes of a request; no message at all where it cannot be said, so that it is made where it is wanted."""
    try:
        return _encode(maker.make(_requests.decode(request)))
    except ValueError:  # half a surrogate pair
        return b""


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(_LENGTH, "big") + message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """One message; `None` where the other side has gone."""
    head = pipe.read(_LENGTH)
    length = int.from_bytes(head, "big")
    message = pipe.read(length)
    return message if len(head) == _LENGTH and len(message) == length else None
