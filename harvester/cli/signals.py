"""Stopping gracefully: the first SIGTERM or Ctrl-C requests a stop, the second one ends the command at once.

A command that does not support this ends at once, on SIGTERM as on Ctrl-C.
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
    """SIGTERM was received."""


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """In the block, SIGTERM ends the command cleanly. The first process of a container would otherwise ignore it."""
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


class StopRequest:
    """Whether a stop was requested. An instance can be called as a `Stop`."""

    number: int | None = None  # of the signal

    def __call__(self) -> bool:
        return self.number is not None

    def code(self, otherwise: int) -> int:
        """The exit code: 128 + the number of the signal, as in shells, or `otherwise` without a signal."""
        return otherwise if self.number is None else 128 + self.number


@contextmanager
def stop_on_signals(
    common: Common, words: str = "Stopping at the next page; a second signal stops at once."
) -> Iterator[StopRequest]:
    """In the block, the first signal requests a stop and prints `words`. Only the main thread may call this."""
    request = StopRequest()

    def handle(number: int, _frame: FrameType | None) -> None:
        if request():
            raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
        request.number = number
        if not common.quiet:
            os.write(2, f"{words}\n".encode())  # `print` may be running, and cannot be called again

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
