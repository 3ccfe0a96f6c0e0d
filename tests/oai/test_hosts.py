from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from harvester.oai import hosts
from tests.chaos.harvesting import bench, harvest
from tests.providers.server import Request, reply
from tests.providers.truth import Truth, broken

pytestmark = pytest.mark.slow

HOSTS = ("River.example", "river.example:8080", "RIVER.EXAMPLE", "river.example")


def test_all_sources_of_a_host_share_its_turns():
    taken = [f"http{'s' * (number % 2)}://{host}/{number}" for number, host in enumerate(HOSTS)]
    with ExitStack() as held:
        for url in taken:
            held.enter_context(hosts.slot(url))
        with hosts.slot("https://lake.example/a"), hosts.slot("https://river.example/a", hosts.MAX_REQUESTS + 1):
            fifth = threading.Thread(target=lambda: held.enter_context(hosts.slot("https://river.example/b")))
            fifth.start()
            fifth.join(0.05)
            assert fifth.is_alive()
        held.close()
        fifth.join(5)
        assert not fifth.is_alive()


class Slow:
    """A provider that counts how many requests are under way, and how many at most were."""

    def __init__(self) -> None:
        self._now, self.most, self._guard = 0, 0, threading.Lock()

    def __call__(self, request: Request, truth: Truth) -> None:
        with self._guard:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)
        with self._guard:
            self._now -= 1


@pytest.mark.parametrize("lanes", [3, 8])
def test_no_more_requests_are_under_way_than_the_source_is_allowed(tmp_path: Path, lanes: int):
    slow = Slow()
    with broken(Truth(120), slow) as (_, server):
        made = bench(tmp_path, server.url, settings=f"window_records = 10\nparallel = {lanes}\n")
        assert harvest(made).new == 120
    assert (hosts.MAX_REQUESTS if lanes > hosts.MAX_REQUESTS else 1) < slow.most <= lanes


def test_many_sources_of_a_host_that_begin_at_once_share_its_turns(tmp_path: Path):
    """Who it is is asked by each, before there are lanes."""
    slow = Slow()
    with broken(Truth(3), slow) as (_, server), ThreadPoolExecutor(8) as threads:
        folders = [tmp_path / f"{number}" for number in range(8)]
        for folder in folders:
            folder.mkdir()
        runs = list(threads.map(lambda folder: harvest(bench(folder, f"{server.url}/{folder.name}")), folders))
    assert [run.new for run in runs] == [3] * 8
    assert 1 < slow.most <= hosts.MAX_REQUESTS


class Crowded:
    """A slow provider that asks at one request to be left alone, and notes when it is asked."""

    def __init__(self, request: int, seconds: int) -> None:
        self._request, self._seconds = request, seconds
        self.asked: list[float] = []
        self.told = threading.Event()

    def __call__(self, request: Request, truth: Truth) -> bytes | None:
        time.sleep(0.1)
        self.asked.append(time.monotonic())
        if len(self.asked) != self._request:
            return None
        self.told.set()
        return reply("", 429, Retry_After=str(self._seconds))

    def asked_meanwhile(self) -> int:
        """Requests in the time it asked for."""
        moment = self.asked[self._request - 1]
        return sum(moment < at < moment + self._seconds for at in self.asked)


ON_THE_WAY = 6  # requests that may have left before the answer was read; without a wait there are about 20
LANES = "window_records = 10\nretries = 1\nparallel = 2\n"


def test_a_host_that_asks_one_lane_to_wait_is_left_alone_by_the_other(tmp_path: Path):
    crowded = Crowded(9, 2)
    with broken(Truth(120), crowded) as (_, server):
        run = harvest(bench(tmp_path, server.url, settings=LANES))
    assert (run.state, run.new) == ("complete", 120)
    assert crowded.asked_meanwhile() <= ON_THE_WAY
    assert len(crowded.asked) > 24


def test_a_host_that_asks_one_source_to_wait_is_left_alone_by_the_other(tmp_path: Path):
    crowded = Crowded(4, 2)
    lanes = LANES.replace("parallel = 2", "parallel = 4")  # of both together more than the host has turns
    with broken(Truth(60), crowded) as (_, server), ThreadPoolExecutor() as threads:
        folders = [tmp_path / "a", tmp_path / "b"]
        for folder in folders:
            folder.mkdir()
        sources = [bench(folder, f"{server.url}/{folder.name}", settings=lanes) for folder in folders]
        runs = list(threads.map(harvest, sources))
    assert [(run.state, run.new) for run in runs] == [("complete", 60)] * 2
    assert crowded.asked_meanwhile() <= ON_THE_WAY
    assert len(crowded.asked) > 24


def test_a_stop_ends_the_wait_of_every_lane(tmp_path: Path):
    crowded = Crowded(9, 100)
    with broken(Truth(120), crowded) as (_, server):
        made = bench(tmp_path, server.url, settings=LANES)
        run = harvest(made, stop=lambda: crowded.told.is_set() and time.monotonic() > crowded.asked[-1] + 0.5)
        assert time.monotonic() - crowded.asked[-1] < 5
    assert run.state == "incomplete"
