"""Stop requests in the middle of long work. What is done stays done, and the next call resumes there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from harvester.errors import Stopped

T = TypeVar("T")

Stop = Callable[[], bool]


def never_stop() -> bool:
    return False


def until_stopped(items: Iterable[T], stop: Stop) -> Iterator[T]:
    """The items until a stop is requested. Then raises `Stopped` before it takes the next item."""
    rest = iter(items)
    while not stop():
        try:
            item = next(rest)
        except StopIteration:
            return
        yield item
    raise Stopped("stopped on request; the same command resumes from here")
