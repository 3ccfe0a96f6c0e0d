"""What a round costs in which 1,000 providers have nothing new: `python -m bench.nothing_new`.

Each source had a complete harvest two days ago and is due. One `harvester harvest --due` asks all of them, which
answer noRecordsMatch. They have one address, so no more requests are made at once than one host is asked; CPU time says
more than seconds.

Goal: under 5 minutes of CPU.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

import msgspec

from bench._provider import Latency, provider
from bench._stores import configured, execute
from bench.status import timed
from harvester import store
from harvester.model import Identity
from harvester.store import RunChoice

SOURCES = 1_000
GOAL = 300.0  # seconds of CPU

_NUMBERS = "WITH RECURSIVE one (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM one WHERE n < :last)"
_FILL = (
    f"{_NUMBERS} INSERT INTO source (name, url, identity) SELECT 's' || n, :url, :identity FROM one",
    f"{_NUMBERS} INSERT INTO run (source, prefix, kind, state, started, finished, response_date) "
    "SELECT 's' || n, 'oai_dc', 'full', 'complete', :moment, :moment, :response_date FROM one",
    "INSERT INTO run_window (run_id, state, pages) SELECT id, 'done', 1 FROM run",
    "INSERT INTO record (source, identifier, prefix, datestamp, sets, deleted, repairs, run_id) "
    "SELECT source, 'oai:example.org:article/1', prefix, '2020-01-01T10:20:30Z', '[]', 1, '[]', id FROM run",
)


def run(out: TextIO) -> None:
    """Measures one round."""
    with tempfile.TemporaryDirectory() as name, provider(1, Latency()) as asked:
        folder = Path(name)
        _fill(folder, asked.url)
        before, _ = asked.load()
        wall, cpu = timed(folder, "-m", "harvester", "--quiet", "harvest", "--due")
        requests = asked.load()[0] - before
        _check(folder)
    print(f"nothing new: {SOURCES:,} sources, {requests:,} requests", file=out)
    print(f"  wall clock {wall:.1f} s, CPU {cpu:.1f} s   (goal {GOAL:.0f} s of CPU)", file=out)


def _fill(folder: Path, url: str) -> None:
    source = f'url = "{url}"\nformats = ["oai_dc"]\nallow_private = true\nschedule = "@daily"\n'
    found, earlier = configured(folder, source, SOURCES), datetime.now(UTC) - timedelta(days=2)
    date = f"{earlier:%Y-%m-%dT%H:%M:%SZ}"
    identity = Identity(
        repository="bench",
        base_url=url,
        earliest="2000-01-01T00:00:00Z",
        deleted_record="persistent",
        granularity="second",
        response_date=date,
    )
    values = {
        "last": SOURCES - 1,
        "url": url,
        "identity": msgspec.json.encode(identity).decode(),
        "moment": f"{earlier:%Y-%m-%dT%H:%M:%S.000Z}",
        "response_date": date,
    }
    with store.connect(found.store_url) as opened:
        execute(opened, _FILL, values)


def _check(folder: Path) -> None:
    """Every source was asked, and every harvest is complete."""
    with store.connect(f"sqlite:///{folder / 'harvester.sqlite'}") as opened:
        incremental = opened.runs.count_by("state", RunChoice(kind="incremental"))
    assert incremental == {"complete": SOURCES}, incremental


if __name__ == "__main__":
    run(sys.stdout)
