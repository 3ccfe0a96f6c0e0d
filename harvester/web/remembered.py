"""Numbers that take long to count, remembered for some minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")

_AGE, _RETRY = timedelta(minutes=5), timedelta(minutes=1)  # of a number, and of one that could not be counted
_SLOW = 0.1  # seconds; what is counted sooner is counted each time, so that it is always as the store is now
_MOST = 500  # numbers that are kept


class Counted(Struct, Generic[T], frozen=True):
    """What was counted, and when, if that was before this request."""

    value: T
    at: datetime | None = None


class Remembered:
    """What was counted, by key. All threads of the server share one."""

    def __init__(self, slow: float = _SLOW) -> None:
        self._slow, self._lock = slow, Lock()
        self._kept: dict[Hashable, Counted[object]] = {}

    def get(self, key: Hashable, count: Callable[[], T], now: datetime) -> Counted[T]:
        """What `count` returns, or returned some minutes ago if that took long. `None`: it could not be counted."""
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept.at is not None and now - kept.at < (_RETRY if kept.value is None else _AGE):
            return kept  # type: ignore[return-value]  # the key says what it is
        began = time.perf_counter()
        value = count()
        if time.perf_counter() - began >= self._slow:
            with self._lock:
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[key] = Counted(value, now)
        return Counted(value)


COUNTS = Remembered()
