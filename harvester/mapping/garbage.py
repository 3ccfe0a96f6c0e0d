"""Fewer collections while many articles are made: they are frozen values without cycles, freed as soon as done with.

Python's collector knows nothing of that and looks through all of them again and again: a quarter of a harvest's time.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (100_000, 20, 20)  # allocations more than frees before a collection; Python's own is 700


class _Rest:
    """The collector is one for all threads: the first that wants it at rest sets it, the last sets it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._usual = gc.get_threshold()

    def begin(self) -> None:
        with self._lock:
            if not self._wanted:
                self._usual = gc.get_threshold()
                gc.set_threshold(*RARELY)
            self._wanted += 1

    def end(self) -> None:
        with self._lock:
            self._wanted -= 1
            if not self._wanted:
                gc.set_threshold(*self._usual)


_rest = _Rest()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """The collector at rest, but for what real cycles libraries leave behind; several threads may want that."""
    _rest.begin()
    try:
        yield
    finally:
        _rest.end()
