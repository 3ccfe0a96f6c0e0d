"""Ten minutes of a daemon with 20 sources on chaotic providers, every minute each, killed and terminated 40 times.

HARVESTER_SOAK_SECONDS makes it shorter.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from harvester import locks, pipeline
from harvester.config import Config, load
from harvester.demo.repository import utc_now
from harvester.model import SetInfo
from harvester.pipeline.sources import locks_folder
from harvester.store import Store
from tests.chaos.harvesting import differing
from tests.chaos.provider import Broken, Truth, article
from tests.daemon.conftest import text_of
from tests.oai.server import Answer, Request, Server, reply

SECONDS = float(os.environ.get("HARVESTER_SOAK_SECONDS", "600"))
ENDS = 40  # half of them kill -9
SOURCES = 20
PATIENCE = 240.0  # seconds for all to be complete once the providers behave
MOST_MEMORY = 250_000  # kB


class Chaos:
    """One answer in ten is none, until it is calm."""

    def __init__(self, luck: random.Random) -> None:
        self.luck, self.calm = luck, False

    def __call__(self, request: Request, truth: Truth) -> bytes | Answer | None:
        if self.calm or self.luck.random() > 0.1:
            return None
        answer = reply(truth.bytes_of(request))
        faults: list[bytes | Answer] = [
            Answer(b"", close=True),
            Answer(answer[: len(answer) // 2], close=True),
            reply("busy", 503),
            Answer(answer, hang=3.0),
        ]
        return self.luck.choice(faults)


def change_something(truths: list[Truth], luck: random.Random, number: int) -> None:
    """A record is added, or one is changed, or deleted."""
    truth, now = luck.choice(truths), utc_now()
    old = luck.randrange(20)
    truth.put(
        luck.choice(
            [
                article(number, datestamp=now),
                article(old, f" changed {number}", datestamp=now),
                article(old, deleted=True, metadata={}, datestamp=now),
            ]
        )
    )


def memory(process: subprocess.Popen[bytes]) -> int:
    """Resident memory at its highest so far, in kB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def start(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "harvester", "daemon"], cwd=folder, stderr=log)


def end(process: subprocess.Popen[bytes], number: int) -> None:
    process.send_signal(signal.SIGKILL if number % 2 else signal.SIGTERM)
    assert process.wait(30) == (-signal.SIGKILL if number % 2 else 0)


def is_behind(store: Store, source: str, truth: Truth) -> bool:
    names = store.identifiers(source, "", 100_000)
    held = {name: raw for name in names for _, raw in store.raw(source, name)}
    return bool(differing(held, truth))


def behind(config: Config, truths: dict[str, Truth]) -> list[str]:
    with pipeline.opened(config) as store:
        return [name for name, truth in truths.items() if is_behind(store, name, truth)]


def test_twenty_sources_in_chaos(tmp_path: Path):
    luck = random.Random(5)
    truths = {f"source-{n}": Truth(20, sets=(SetInfo("river:ART", "Articles"),), clock=utc_now) for n in range(SOURCES)}
    chaos, numbers = Chaos(luck), count(1000)
    with ExitStack() as stack:
        urls = {name: stack.enter_context(Server(Broken(truth, chaos))).url for name, truth in truths.items()}
        (tmp_path / "config.toml").write_text(text_of(urls, "* * * * *", "[daemon]\nworkers = 8\n"))
        config = load(tmp_path / "config.toml")
        used = []
        for number in range(ENDS):
            process = start(tmp_path)
            until = time.monotonic() + SECONDS / ENDS
            while time.monotonic() < until:
                change_something(list(truths.values()), luck, next(numbers))
                time.sleep(0.5)
            used.append(memory(process))
            end(process, number)
        chaos.calm = True
        process = start(tmp_path)
        until = time.monotonic() + PATIENCE
        while left := behind(config, truths):
            assert time.monotonic() < until, (left, (tmp_path / "log").read_text()[-3000:])
            time.sleep(2)
        end(process, 0)
    with pipeline.opened(config) as store:
        assert store.running_runs() == ()
        assert store.check_integrity(deep=True) == []
    for name in (*truths, "daemon"):
        with locks.hold(locks_folder(config), name if name == "daemon" else f"source-{name}", what="a look"):
            pass
    assert max(used) < MOST_MEMORY
    assert max(used[-10:]) < max(used[:10]) * 1.2
