from __future__ import annotations

import threading
from pathlib import Path

from harvester.pipeline import hosts
from tests.chaos.harvesting import bench, harvest
from tests.chaos.provider import Truth, broken
from tests.oai.server import Request


def test_all_sources_of_a_host_share_its_turns():
    assert hosts.turn("https://River.example/a") is hosts.turn("http://river.example:8080/b?c")
    assert hosts.turn("https://river.example/a") is not hosts.turn("https://lake.example/a")


def test_no_more_requests_are_under_way_than_a_host_is_asked_at_once(tmp_path: Path):
    under_way: list[int] = [0, 0]
    guard = threading.Lock()
    waiting = threading.Event()

    def slow(request: Request, truth: Truth) -> None:
        with guard:
            under_way[0] += 1
            under_way[1] = max(under_way)
        waiting.wait(0.02)
        with guard:
            under_way[0] -= 1

    with broken(Truth(120), slow) as (_, server):
        made = bench(tmp_path, server.url, settings="window_records = 10\nparallel = 8\n")
        assert harvest(made).new == 120
    assert 1 < under_way[1] <= hosts.AT_ONCE
