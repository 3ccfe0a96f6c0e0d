"""The progress of a long command: shown on a terminal, unless the command prints log lines."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from harvester import pipeline
from harvester.cli.common import Common
from harvester.config import Config
from harvester.system.progress import Progress, watching

if TYPE_CHECKING:
    from harvester.cli.bars import Bars
    from harvester.store import Store


@contextmanager
def shown(common: Common) -> Iterator[None]:
    """Shows in the block what is done, if stderr is a terminal. Print to stdout after it, or both get mixed up."""
    if common.quiet or common.verbose or common.log_format == "json" or not sys.stderr.isatty():
        yield
        return
    with ExitStack() as stack:
        bars: Bars | None = None

        def show(step: Progress) -> None:
            nonlocal bars
            bars = bars or stack.enter_context(_bars())
            bars.show(step)

        with watching(show):
            yield


@contextmanager
def _bars() -> Iterator[Bars]:
    from rich.console import Console  # rich takes 50 ms to import, and most commands report nothing

    from harvester.cli.bars import Bars

    with Bars(Console(stderr=True)) as bars, _log_above_the_bars():
        yield bars


@contextmanager
def _log_above_the_bars() -> Iterator[None]:
    """In the block, log lines go to what sys.stderr is now, which moves the bars out of their way."""
    handlers = [one for one in logging.getLogger().handlers if isinstance(one, logging.StreamHandler)]
    before = [handler.setStream(sys.stderr) for handler in handlers]
    try:
        yield
    finally:
        for handler, stream in zip(handlers, before, strict=True):
            if stream is not None:  # `None`: the stream was the same
                handler.setStream(stream)


@contextmanager
def opened(common: Common, config: Config) -> Iterator[Store]:
    """The store of the configuration. An upgrade to this version of the program is shown."""
    common.say_if_read_only(config)
    with ExitStack() as stack:
        with shown(common):
            store = stack.enter_context(pipeline.opened(config))
        yield store
