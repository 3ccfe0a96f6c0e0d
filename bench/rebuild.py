"""How much faster a rebuild is on all cores than on one: `python -m bench.rebuild`.

Every measurement is one `harvester remap` of the same store of JATS records, limited to one core and on all of them in
turn.

Goal: 1.7 times as fast on two cores.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TextIO

from bench._process import THIS, Cost, configure, harvest
from bench._provider import Latency, provider

RECORDS = 8_000
ROUNDS = 5
GOAL = 1.7


def run(out: TextIO) -> None:
    """Measures in turn, and prints the median of the ratios and their range."""
    every = os.sched_getaffinity(0)
    one = {min(every)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with provider(RECORDS, Latency()) as server:
            configure(folder, server.url, "jats")
            harvest(THIS, folder, RECORDS)
        rounds = [(_rebuild(folder, one), _rebuild(folder, every)) for _ in range(ROUNDS)]
    ratios = sorted(alone.seconds / shared.seconds for alone, shared in rounds)
    print(
        f"rebuild: {RECORDS:,} JATS records, {ratios[ROUNDS // 2]:.2f} times as fast on {len(every)} cores as on one "
        f"({ratios[0]:.2f} to {ratios[-1]:.2f} in {ROUNDS} rounds; goal {GOAL} on two)",
        file=out,
    )
    for cores, costs in ((1, [alone for alone, _ in rounds]), (len(every), [shared for _, shared in rounds])):
        seconds, cpu = median(cost.seconds for cost in costs), median(cost.cpu for cost in costs)
        print(f"  {cores} cores: {seconds:>6.2f} s, {cpu / RECORDS * 1e6:,.0f} µs CPU a record", file=out)


def _rebuild(folder: Path, cores: set[int]) -> Cost:
    cost, answer = THIS.run("remap", folder, cores)
    if answer["articles"] != RECORDS:
        raise AssertionError(answer)
    return cost


if __name__ == "__main__":
    run(sys.stdout)
