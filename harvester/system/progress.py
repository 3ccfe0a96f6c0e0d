"""How far long work has got, for whoever watches. A terminal shows it; from cron and in pipes nobody watches.

The watcher belongs to the context, as the facts of log lines do. So work at any depth can report, without being handed
the watcher through all the calls above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")

_POLL = 0.2  # seconds between two looks at a file that grows
_MB = 1_000_000


class Progress(Struct, frozen=True):
    """How far a task has got. Without a task it is a pause of the present one."""

    task: str
    done: int | None = None
    total: int | None = None  # may be wrong: providers announce it
    pause: str = ""  # why nothing happens for a moment


Watcher = Callable[[Progress], None]

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watching(watcher: Watcher | None) -> Iterator[None]:
    """In the block, the watcher is called with every report of this thread and of the threads that inherit from it."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def report(task: str, done: int | None = None, total: int | None = None) -> None:
    """Reports how far a task has got. `total` is `None` if it is not known, `done` if there is nothing to count."""
    if watcher := _watcher.get():
        watcher(Progress(task, done, total))


def report_pause(words: str) -> None:
    """Reports that the present task waits, and why. The next report ends the pause, and so do empty words."""
    if watcher := _watcher.get():
        watcher(Progress("", pause=words))


def reported(items: Iterable[T], task: str, total: int | None = None) -> Iterator[T]:
    """The items, each reported before it is yielded."""
    for number, item in enumerate(items):
        report(task, number, total)
        yield item


@contextmanager
def reporting_size(path: Path, task: str, total: int) -> Iterator[None]:
    """In the block, reports in MB how large the file has become, which should be `total` bytes at the end."""
    ended = Event()

    def look() -> None:
        while not ended.wait(_POLL):
            with suppress(OSError):
                report(task, path.stat().st_size // _MB, total // _MB)

    report(task, 0, total // _MB)
    thread = Thread(target=copy_context().run, args=(look,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
