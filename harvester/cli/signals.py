"""Stopping gently: the first SIGTERM or Ctrl-C asks, the second ends.

A command that does not ask ends at once, with SIGTERM as with Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
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


class Asked:
    """Whether someone asked to stop."""

    number: int | None = None  # the signal

    def __call__(self) -> bool:
        return self.number is not None

    def code(self, otherwise: int) -> int:
        """The exit code: 128 + the signal, as shells count, where one came. Not all may have had its turn then."""
        return otherwise if self.number is None else 128 + self.number


@contextmanager
def stop_on_signals(
    common: Common, words: str = "Stopping at the next page; once more stops at once."
) -> Iterator[Asked]:
    """While it is open: whether someone asked to stop. Only the main thread can open it."""
    asked = Asked()

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked():
            raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
        asked.number = number
        if not common.quiet:
            os.write(2, f"{words}\n".encode())  # print may be at work itself

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
