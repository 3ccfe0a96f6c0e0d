"""Signals of the main thread, as a pipe that `select` can wait for."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """The signals that came, oldest first. A handler may run between any two instructions, so it only takes note."""

    def __init__(self) -> None:
        self._came: list[int] = []
        self._readable, self._writable = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def handle(self, number: int, _frame: FrameType | None) -> None:
        self._came.append(number)
        with suppress(BlockingIOError):  # the pipe is full, which wakes the reader too
            os.write(self._writable, b"!")

    def wait(self, seconds: float) -> Iterator[int]:
        """The signals that came since the last call, after waiting this long for one."""
        select.select([self._readable], [], [], seconds)
        while select.select([self._readable], [], [], 0)[0]:
            os.read(self._readable, 64)
        while self._came:
            yield self._came.pop(0)

    def close(self) -> None:
        os.close(self._readable)
        os.close(self._writable)


@contextmanager
def handled() -> Iterator[Signals]:
    """Handles `WATCHED` for the block. Only the main thread can receive signals; in another one none ever comes."""
    signals = Signals()
    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, signals.handle) for number in WATCHED} if main else {}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signals.close()
