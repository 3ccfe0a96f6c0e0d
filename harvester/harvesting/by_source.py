"""Work done source by source, each under the lock of its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from harvester.config import Config, Source, select_sources
from harvester.errors import BusyError, Stopped
from harvester.harvesting.reporting import not_begun
from harvester.reports import RunReport
from harvester.system import locks
from harvester.system.stopping import Stop


def for_each_source(
    config: Config, names: Sequence[str], what: str, work: Callable[[Source], Iterable[RunReport]], stop: Stop
) -> list[RunReport]:
    """The reports of this work on the named sources, or all; `what` names it for who waits for a lock.

    Raises `BusyError` if other processes hold all of them.
    """
    reports: list[RunReport] = []
    busy: BusyError | None = None
    for source in select_sources(config, names):
        if stop():
            break
        try:
            with locks.hold(config.locks, f"source-{source.name}", what=f"{what} of {source.name}"):
                reports += work(source)
        except BusyError as error:
            busy = error
            reports.append(not_begun(source, source.formats[0], error))
        except Stopped as error:
            reports.append(not_begun(source, source.formats[0], error))
    if busy and all(report.error == str(busy) for report in reports):
        raise busy
    return reports
