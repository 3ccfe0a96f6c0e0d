"""Hearing a stop in the middle of long work: what is done stays done, and the next time goes on from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from harvester.errors import Stopped

T = TypeVar("T")

Stop = Callable[[], bool]


def never_stop() -> bool:
    return False


def until_stopped(items: Iterable[T], stop: Stop) -> Iterator[T]:
    """The items, as long as nobody asks to stop. Raises `Stopped` before the next one is looked for."""
    rest = iter(items)
    while not stop():
        try:
            item = next(rest)
        except StopIteration:
            return
        yield item
    raise Stopped("stopped on request; the same command goes on from here")
