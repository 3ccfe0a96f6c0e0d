from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from harvester.pipeline import hosts
from tests.chaos.harvesting import bench, harvest
from tests.chaos.provider import Truth, broken
from tests.oai.server import Request

HOSTS = ("River.example", "river.example:8080", "RIVER.EXAMPLE", "river.example")


def test_all_sources_of_a_host_share_its_turns():
    taken = [f"http{'s' * (number % 2)}://{host}/{number}" for number, host in enumerate(HOSTS)]
    with ExitStack() as held:
        for url in taken:
            held.enter_context(hosts.turn(url))
        with hosts.turn("https://lake.example/a"), hosts.turn("https://river.example/a", hosts.AT_ONCE + 1):
            fifth = threading.Thread(target=lambda: held.enter_context(hosts.turn("https://river.example/b")))
            fifth.start()
            fifth.join(0.05)
            assert fifth.is_alive()
        held.close()
        fifth.join(5)
        assert not fifth.is_alive()


@pytest.mark.parametrize("lanes", [3, 8])
def test_no_more_requests_are_under_way_than_the_source_is_allowed(tmp_path: Path, lanes: int):
    under_way: list[int] = [0, 0]
    guard = threading.Lock()
    waiting = threading.Event()

    def slow(request: Request, truth: Truth) -> None:
        with guard:
            under_way[0] += 1
            under_way[1] = max(under_way)
        waiting.wait(0.05)
        with guard:
            under_way[0] -= 1

    with broken(Truth(120), slow) as (_, server):
        made = bench(tmp_path, server.url, settings=f"window_records = 10\nparallel = {lanes}\n")
        assert harvest(made).new == 120
    assert (hosts.AT_ONCE if lanes > hosts.AT_ONCE else 1) < under_way[1] <= lanes
