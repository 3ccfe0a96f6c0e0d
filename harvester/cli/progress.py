"""The progress of a long command: shown on a terminal, unless it prints log lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from harvester.cli.common import Common
from harvester.pipeline import Progress

Show = Callable[[Progress], None]


@contextmanager
def shown(common: Common) -> Iterator[Show | None]:
    """Shows progress in the block. Yields the function to call for each step, or `None` if nothing is shown."""
    if common.quiet or common.verbose or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # rich takes 50 ms to import
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def show(step: Progress) -> None:
            name = f"{step.source} {step.format}"
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=None)
            bars.update(tasks[name], completed=step.records, total=step.total)

        yield show
