"""`kill -9` at any moment of a harvest, then the same command again: the store is that of an undisturbed harvest."""

from __future__ import annotations

import random
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from harvester.cli.root import main
from harvester.demo.provider import serve
from tests import forked
from tests.chaos.harvesting import bench, differing, held, state_of
from tests.postgresql import Server
from tests.providers.truth import Truth, article
from tests.workbench import Workbench

pytestmark = pytest.mark.slow

KILLS = 30
OUTPUT = "output"  # what the last process wrote
DELETED = {4, 50, 133}


def truth() -> Truth:
    """200 records on 40 pages, some of them deleted. Its tokens are valid for longer than the test."""
    records = [article(n, deleted=n in DELETED, metadata={}) if n in DELETED else article(n) for n in range(200)]
    return Truth(records)


def start(made: Workbench) -> BaseProcess:
    return forked.start(program, str(made.path), output=made.folder / OUTPUT, folder=made.folder)


def program(config: str) -> None:
    main(["--config", config, "-q", "harvest"])


def finish(made: Workbench) -> None:
    process = start(made)
    process.join(60)
    assert process.exitcode == 0, (made.folder / OUTPUT).read_text()


def killed_until_done(made: Workbench, seed: int) -> int:
    """Kills the harvest at random moments, mostly after its first write, and then lets it end; returns the kills."""
    chance = random.Random(seed)
    store = made.folder / "harvester.sqlite"
    for kills in range(KILLS):
        process = start(made)
        until = time.monotonic() + 5
        if kills and chance.random() < 0.9:
            log = store.with_name("harvester.sqlite-wal")
            while not log.exists() and process.exitcode is None and time.monotonic() < until:
                time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.12))
        process.kill()
        process.join()
        if process.exitcode != -signal.SIGKILL:
            assert process.exitcode == 0, (made.folder / OUTPUT).read_text()
            return kills
    finish(made)
    return KILLS


def result(made: Workbench) -> tuple[dict[str, object], int]:
    """What the harvest has stored, and how many pages it counted."""
    with made.opened() as (_, store):
        assert store.check_integrity(deep=True) == []
        return state_of(store), sum(run.pages for run in store.runs.latest())


# A list is split into windows before its first page is stored. After a kill in between the windows bring that page.
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
    (state, pages), (quiet_state, quiet_pages) = result(killed), result(quiet)
    assert state == quiet_state
    assert quiet_pages - left <= pages <= quiet_pages


def test_kills_of_a_harvest_into_postgresql(tmp_path: Path, postgresql: Server):
    """Two processes at once, so that a lock of the killed one is taken over by the other."""
    held_there = truth()
    with serve(held_there, latency=0.05) as server:
        (tmp_path / "quiet").mkdir()
        quiet = bench(tmp_path / "quiet", server.url, settings="window_records = 0\n")
        finish(quiet)
        (tmp_path / "killed").mkdir()
        killed = bench(tmp_path / "killed", server.url, settings="window_records = 0\n")
        with killed.path.open("a") as config:
            config.write(f'\n[store]\nurl = "{postgresql.new_database()}"\n')
        chance = random.Random(5)
        for _ in range(4):
            both = [start(killed), start(killed)]
            time.sleep(chance.uniform(0.6, 1.2))
            for process in both:
                process.kill()
                process.join()
        finish(killed)
    assert differing(held(killed), held_there) == set()
    assert result(killed)[0] == result(quiet)[0]
    with killed.opened() as (_, store):
        assert [run.pages for run in store.runs.latest() if run.kind == "full"] == [40], "the fewest possible"
