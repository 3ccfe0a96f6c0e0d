"""Stopping gently: the first SIGTERM or Ctrl-C asks, the second ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from harvester.cli.common import Common


@contextmanager
def stop_on_signals(
    common: Common, words: str = "Stopping at the next page; once more stops at once."
) -> Iterator[Callable[[], bool]]:
    """While it is open: whether someone asked to stop. Only the main thread can open it."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        if not common.quiet:
            os.write(2, f"{words}\n".encode())  # print may be at work itself

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
