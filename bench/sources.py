"""How long it takes to see what is due and what is wrong with 10,000 sources: `python -m bench.sources`.

Each source was harvested 20 times and compared once, and has a schedule for both. What the daemon asks after a harvest
(`current_notification`) and when it starts (`scheduled_tasks`) is measured in this process, `status` as a process.

Goals: planning under 1 s, `status` with 1,000 sources under 0.5 s.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TextIO

from bench._stores import configured, execute
from bench.status import timed
from harvester import store
from harvester.config import Config
from harvester.daemon.alerts import current_notification
from harvester.standing.due import scheduled_tasks
from harvester.store.store import Store

SOURCES = (1_000, 10_000)
HARVESTS = 20

_SOURCE = 'url = "https://{name}.example.org/oai"\nformats = ["oai_dc"]\nschedule = "@daily"\nreconcile = "@monthly"\n'
_NUMBERS = "WITH RECURSIVE one (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM one WHERE n < :last)"
_FILL = (
    f"{_NUMBERS} INSERT INTO source (name, url) SELECT 's' || n, 'https://s' || n || '.example.org/oai' FROM one",
    f"{_NUMBERS}, time (turn) AS (SELECT 0 UNION ALL SELECT turn + 1 FROM time WHERE turn < :harvests) "
    "INSERT INTO run (source, prefix, kind, state, started, finished) SELECT 's' || n, 'oai_dc', "
    "CASE turn WHEN 0 THEN 'full' WHEN 1 THEN 'reconcile' ELSE 'incremental' END, 'complete', :now, :now "
    "FROM time, one",
)


def run(out: TextIO) -> None:
    """Measures each number of sources."""
    for number in SOURCES:
        with tempfile.TemporaryDirectory() as name:
            _measure(out, Path(name), number)


def _measure(out: TextIO, folder: Path, number: int) -> None:
    found = _fill(folder, number)
    print(f"sources: {number:,} with {HARVESTS + 1} runs each", file=out)
    with store.connect(found.store_url) as opened:
        now = datetime.now(UTC)
        assert len(scheduled_tasks(found, opened, now)) == 2 * number
        print(f"  what is due    {_seconds(lambda: scheduled_tasks(found, opened, now)):.2f} s", file=out)
        print(f"  what is wrong  {_seconds(lambda: _look(found, opened, now)):.2f} s", file=out)
    wall, cpu = timed(folder, "-m", "harvester", "status")
    print(f"  status         {wall:.2f} s, CPU {cpu:.2f} s", file=out)


def _look(found: Config, opened: Store, now: datetime) -> None:
    assert not current_notification(found, opened, now, {})


def _seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _fill(folder: Path, number: int) -> Config:
    found = configured(folder, _SOURCE, number)
    values = {"last": number - 1, "harvests": HARVESTS, "now": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"}
    with store.connect(found.store_url) as opened:
        execute(opened, _FILL, values)
    return found


if __name__ == "__main__":
    run(sys.stdout)
