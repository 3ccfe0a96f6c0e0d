"""How soon `harvester status` answers for a store of a million records: `python -m bench.status`.

The whole process is measured, in turn with one of the same Python that does nothing. The store has real tables with a
million records and articles, without payloads and documents, which `status` does not read.

Goal: 0.3 s.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TextIO

from bench._stores import configured, fill_harvested

RECORDS = 1_000_000
SOURCES = 20
TIMES = 9
GOAL = 0.3  # seconds

SOURCE = 'url = "https://{name}.example.org/oai"\nformats = ["oai_dc"]\nschedule = "@daily"\n'
_NUMBERS = "WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < :records)"
FILL = (
    "INSERT INTO mapping VALUES (1, 'bench')",
    f"{_NUMBERS} INSERT INTO record (source, identifier, prefix, datestamp, sets, deleted, repairs, run_id) "
    "SELECT 's' || (n % :sources), 'oai:example.org:article/' || n, 'oai_dc', '2026-01-01T00:00:00Z', '[]', "
    "n % 100 = 0, '[]', 1 + n % :sources FROM one",
    f"{_NUMBERS} INSERT INTO article (source, identifier, state, format, mapping_id) "
    "SELECT 's' || (n % :sources), 'oai:example.org:article/' || n, "
    "CASE WHEN n % 100 = 0 THEN 'deleted' WHEN n % 10 = 0 THEN 'held' ELSE 'ready' END, 'oai_dc', 1 FROM one",
)


def run(out: TextIO) -> None:
    """Measures the command and an empty process in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = perf_counter()
        _fill(folder)
        print(f"status: {RECORDS:,} records of {SOURCES} sources, made in {perf_counter() - started:.0f} s", file=out)
        _answers(folder)
        turns = [(timed(folder, "-c", "pass"), timed(folder, "-m", "harvester", "status")) for _ in range(TIMES)]
    for words, which in (("wall clock", 0), ("CPU", 1)):
        nothing, status = (statistics.median(turn[kind][which] for turn in turns) for kind in (0, 1))
        goal = f"   (goal {GOAL} s)" if which == 0 else ""
        print(f"  {words:<10} {status:.3f} s, python -c pass {nothing:.3f} s{goal}", file=out)


def _fill(folder: Path) -> None:
    fill_harvested(configured(folder, SOURCE, SOURCES), FILL, {"records": RECORDS, "sources": SOURCES})


def _answers(folder: Path) -> None:
    """Checks the answer, and warms the disk cache."""
    said = subprocess.check_output([sys.executable, "-m", "harvester", "status"], cwd=folder, text=True)
    row = next(line.split() for line in said.splitlines() if line.startswith("s1 ") and "oai_dc" in line)
    assert int(row[2]) + int(row[3]) == RECORDS // SOURCES, row


def timed(folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall clock and CPU seconds."""
    before, started = os.times(), perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    wall, after = perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


if __name__ == "__main__":
    run(sys.stdout)
