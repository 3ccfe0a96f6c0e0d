"""`kill -9` at any moment of a harvest, then the same command again: the store is that of an undisturbed run."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harvester.demo.provider import serve
from tests.chaos.harvesting import bench, differing, held, state_of
from tests.providers.truth import Truth, article
from tests.workbench import Workbench

pytestmark = pytest.mark.slow

KILLS = 30
DELETED = {4, 50, 133}


def truth() -> Truth:
    """200 records on 40 pages, some of them deleted; its token lives longer than the test."""
    records = [article(n, deleted=n in DELETED, metadata={}) if n in DELETED else article(n) for n in range(200)]
    return Truth(records)


def start(made: Workbench) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "harvester", "--config", str(made.path), "-q", "harvest"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(made: Workbench) -> None:
    process = start(made)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()


def killed_until_done(made: Workbench, seed: int) -> int:
    """Kills the harvest at random moments, most of them behind its start, and runs it to its end at last; the kills."""
    chance = random.Random(seed)
    begun = made.folder / "harvester.sqlite"
    for kills in range(KILLS):
        process = start(made)
        until = time.monotonic() + 5
        if kills and chance.random() < 0.9:
            size = begun.with_name("harvester.sqlite-wal")
            while not size.exists() and process.poll() is None and time.monotonic() < until:
                time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.12))
        process.kill()
        _, said = process.communicate()
        if process.returncode >= 0:
            assert process.returncode == 0, said.decode()
            return kills
    finish(made)
    return KILLS


def whole(made: Workbench) -> tuple[dict[str, object], int]:
    """What the harvest left behind, and how many pages it kept."""
    with made.opened() as (_, store):
        assert store.check_integrity(deep=True) == []
        return state_of(store), sum(run.pages for run in store.runs())


# A list is cut into windows before its first page is kept; killed in between, that page is left to the windows.
@pytest.mark.parametrize(
    ("settings", "left"),
    [("window_records = 0\n", 0), ("window_records = 30\nparallel = 2\n", 1)],
    ids=["list", "windows"],
)
def test_thirty_kills_leave_the_store_of_an_undisturbed_harvest(tmp_path: Path, settings: str, left: int):
    held_there = truth()
    with serve(held_there, latency=0.02) as server:
        (tmp_path / "quiet").mkdir()
        quiet = bench(tmp_path / "quiet", server.url, settings=settings)
        finish(quiet)
        (tmp_path / "killed").mkdir()
        killed = bench(tmp_path / "killed", server.url, settings=settings)
        assert killed_until_done(killed, seed=7) >= KILLS // 2
    assert differing(held(killed), held_there) == set()
    (state, pages), (quiet_state, quiet_pages) = whole(killed), whole(quiet)
    assert state == quiet_state
    assert quiet_pages - left <= pages <= quiet_pages
