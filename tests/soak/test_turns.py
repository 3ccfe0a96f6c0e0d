"""Every pair of schedules for a year, with cron and with the daemon, and with whatever goes wrong."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest

from tests.cron import ZONES
from tests.daemon.simulation import DAY, MINUTE, Ending, Script, World, configuration, source
from tests.daemon.test_turns import CALLS, NOON, SCHEDULES, Run, fast, late, start, too_early

assert fast  # a fixture
MOST = 1000  # attempts: a year of two daily jobs
ENDINGS: tuple[Ending, ...] = ("complete", "complete", "failed", "incomplete", "waiting", "stopped", "killed")


def scripts(luck: random.Random) -> list[Script]:
    """Some attempts, of which the last one is complete."""
    takes = (MINUTE, 10 * MINUTE, 60 * MINUTE)
    return [*(Script(luck.choice(ENDINGS), luck.choice(takes)) for _ in range(luck.randrange(4))), Script()]


@pytest.mark.parametrize("runner", [*CALLS, "daemon"])
@pytest.mark.parametrize(("harvest", "reconcile"), list(product(SCHEDULES, SCHEDULES)))
def test_a_year_of_every_pair_of_schedules(tmp_path: Path, runner: str, harvest: str, reconcile: str):
    luck = random.Random(f"{runner} {harvest} {reconcile}")
    sources = source("reeds", harvest, reconcile, ["jats", "oai_dc"]), source("fens", reconcile, harvest)
    config = configuration(tmp_path, *sources, zone=luck.choice(ZONES), workers=1, report_schedule="@daily")
    names = [*config.sources, *(f"reconcile {name}" for name in config.sources)]
    world = World(config, {name: scripts(luck) for name in names}, NOON)
    start(world, runner)
    world.run(NOON + 365 * DAY, MOST)
    run = Run(world, runner, NOON)
    assert list(late(run, run.every_turn)) == []
    assert list(too_early(run)) == []
