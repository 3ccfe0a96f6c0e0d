"""Stopping gently: the first SIGTERM or Ctrl-C asks, the second ends.

A command that does not ask ends at once, with SIGTERM as with Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from harvester.cli.common import Common


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """While it is open, SIGTERM ends the command in order; the first process of a container would not hear it else."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
