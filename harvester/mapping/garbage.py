"""Runs the garbage collector rarely while many articles are mapped.

They are frozen values without cycles, which are freed as soon as they are unused. Python's collector does not know
that, and scans all of them again and again: a quarter of the time of a harvest.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

RARE = (100_000, 20, 20)  # more allocations than frees before a collection; Python's default is 700


class _Thresholds:
    """All threads share one collector: the first that wants it to run rarely sets that, the last restores it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._usual = gc.get_threshold()

    def reduce(self) -> None:
        with self._lock:
            if not self._users:
                self._usual = gc.get_threshold()
                gc.set_threshold(*RARE)
            self._users += 1

    def restore(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                gc.set_threshold(*self._usual)


_thresholds = _Thresholds()


@contextmanager
def reduced_gc() -> Iterator[None]:
    """In the block, the collector runs rarely: libraries do leave some cycles. For any number of threads at once."""
    _thresholds.reduce()
    try:
        yield
    finally:
        _thresholds.restore()
