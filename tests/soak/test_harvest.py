"""The n-th request fails, or the harvest is killed at it, n = 1, 2, …: in the end the store equals the provider."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from harvester.model import SetInfo
from tests.chaos.harvesting import bench, differing, harvest, held
from tests.providers.server import Answer, Request, error, reply
from tests.providers.truth import Truth, article, broken

DAMAGES: dict[str, bytes | Answer] = {
    "hangs-up": Answer(b"", close=True),
    "half": Answer(reply("x" * 1000)[:500], close=True),
    "500": reply("", 500),
    "503": reply("busy", 503),
    "web-page": reply("<html><body>Down</body></html>"),
    "empty": reply(""),
    "bad-token": reply(error("badResumptionToken")),
    "bad-argument": reply(error("badArgument")),
    "nothing": reply(error("noRecordsMatch")),
}
SETTINGS = {
    "list": "window_records = 0\n",
    "windows": "window_records = 8\n",
    "side-by-side": "window_records = 8\nparallel = 3\n",
}


def truth() -> Truth:
    records = [article(n, deleted=n in (3, 20), metadata={}) if n in (3, 20) else article(n) for n in range(31)]
    return Truth(records, sets=(SetInfo("river:ART", "Articles"),))


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_any_failing_request_loses_nothing(tmp_path: Path, damage: str, settings: str):
    for number in count(1):
        requests = [0]

        def fault(
            request: Request, there: Truth, number: int = number, requests: list[int] = requests
        ) -> bytes | Answer | None:
            requests[0] += 1
            return DAMAGES[damage] if requests[0] == number else None

        held_there = truth()
        folder = tmp_path / str(number)
        folder.mkdir()
        with broken(held_there, fault) as (_, server):
            made = bench(folder, server.url, settings=SETTINGS[settings])
            for _ in range(4):
                if harvest(made).state == "complete":
                    break
            else:
                raise AssertionError(f"never complete with request {number} failing")
            if damage == "nothing":
                harvest(made, full=True)  # an empty answer to the first request cannot be recognised as wrong
            assert differing(held(made), held_there) == set(), number
        if requests[0] < number:
            return


@pytest.mark.parametrize("settings", SETTINGS)
def test_harvest_after_a_kill_at_any_request_completes_the_store(tmp_path: Path, settings: str):
    for number in count(1):
        process: list[subprocess.Popen[bytes]] = []
        requests = [0]

        def fault(
            request: Request,
            there: Truth,
            number: int = number,
            process: list[subprocess.Popen[bytes]] = process,
            requests: list[int] = requests,
        ) -> None:
            requests[0] += 1
            if requests[0] == number:
                os.kill(process[0].pid, signal.SIGKILL)

        held_there = truth()
        folder = tmp_path / str(number)
        folder.mkdir()
        with broken(held_there, fault) as (_, server):
            made = bench(folder, server.url, settings=SETTINGS[settings])
            command = [sys.executable, "-m", "harvester", "--config", str(made.path), "-q", "harvest"]
            process.append(subprocess.Popen(command))
            code = process[0].wait(timeout=60)
            assert harvest(made).state == "complete"
            assert differing(held(made), held_there) == set(), number
        if code == 0:
            return
