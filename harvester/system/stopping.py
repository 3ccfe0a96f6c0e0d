"""Stop requests in the middle of long work. What is done stays done, and the next call resumes there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from harvester.errors import Stopped

T = TypeVar("T")

SLICE = 0.5  # seconds of a wait between two checks for a stop

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


def wait(seconds: float, stop: Stop, sleep: Callable[[float], None]) -> None:
    """Sleeps in slices. Raises `Stopped` within one of them on a stop."""
    while seconds > 0:
        if stop():
            raise Stopped("stopped while waiting; the same command resumes from here")
        sleep(min(seconds, SLICE))
        seconds -= SLICE
