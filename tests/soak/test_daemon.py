"""Ten minutes of a daemon with 20 sources on chaotic providers, each due every minute, killed and terminated 40 times.

Then it runs undisturbed for half as long, and its memory must not grow. HARVESTER_SOAK_SECONDS makes the test shorter.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count, pairwise
from pathlib import Path

from harvester import pipeline
from harvester.config import Config, load
from harvester.demo.repository import utc_now
from harvester.model import SetInfo
from harvester.standing.incidents import CRASHED
from harvester.store import Run, Store
from harvester.system import locks
from tests.chaos.harvesting import differing
from tests.daemon.conftest import text_of
from tests.providers.server import Answer, Request, Server, reply
from tests.providers.truth import Broken, Truth, article

SECONDS = float(os.environ.get("HARVESTER_SOAK_SECONDS", "600"))
ENDS = 40  # half of them with kill -9
SOURCES = 20
SHORTEST = 3.0  # seconds between start and end of a daemon: it must have started
TIMEOUT = 240.0  # seconds until all sources are complete, once the providers behave
MOST_MEMORY = 250_000  # kB
GROWTH = 1.1  # the memory in the last third of the undisturbed time, at most, relative to the first third


class Chaos:
    """Answers slowly, so that daemons end in the middle of work. Unless `calm`, every tenth answer is a fault."""

    def __init__(self, luck: random.Random) -> None:
        self.luck, self.calm = luck, False

    def __call__(self, request: Request, truth: Truth) -> bytes | Answer | None:
        answer = reply(truth.bytes_of(request))
        if self.calm or self.luck.random() > 0.1:
            return Answer(answer, hang=self.luck.uniform(0.0, 1.0))
        faults: list[bytes | Answer] = [
            Answer(b"", close=True),
            Answer(answer[: len(answer) // 2], close=True),
            reply("busy", 503),
            Answer(answer, hang=3.0),
        ]
        return self.luck.choice(faults)


def change_something(truths: list[Truth], luck: random.Random, number: int) -> None:
    """Adds, changes or deletes a record."""
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


def memory(process: subprocess.Popen[bytes], what: str = "VmHWM") -> int:
    """Resident memory in kB: `VmHWM` is the highest so far, `VmRSS` that of now."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what))


def start(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "harvester", "daemon"], cwd=folder, stderr=log)


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    """Ends the daemon with a signal and checks its exit code."""
    process.send_signal(number)
    assert process.wait(30) == (-number if number == signal.SIGKILL else 0)


def is_behind(store: Store, source: str, truth: Truth) -> bool:
    names = store.articles.identifiers(source, "", 100_000)
    held = {name: raw for name in names for _, raw in store.records.raw(source, name)}
    return bool(differing(held, truth))


def behind(config: Config, truths: dict[str, Truth]) -> list[str]:
    with pipeline.opened(config) as store:
        return [name for name, truth in truths.items() if is_behind(store, name, truth)]


def all_complete(config: Config) -> bool:
    with pipeline.opened(config) as store:
        return all(
            (run := store.runs.newest_run(name, "oai_dc")) and run.state == "complete" for name in config.sources
        )


def overlapping(runs: Sequence[Run]) -> list[tuple[int, int]]:
    """The pairs of runs of one source of which the second began before the first ended."""
    ordered = sorted(runs, key=lambda run: run.id)
    return [(one.id, two.id) for one, two in pairwise(ordered) if not one.finished or two.started < one.finished]


def test_twenty_sources_in_chaos(tmp_path: Path):
    luck = random.Random(5)
    truths = {f"source-{n}": Truth(20, sets=(SetInfo("river:ART", "Articles"),), clock=utc_now) for n in range(SOURCES)}
    chaos, numbers = Chaos(luck), count(1000)
    ends = [signal.SIGKILL, signal.SIGTERM] * (ENDS // 2)
    luck.shuffle(ends)
    used: list[int] = []  # the highest memory of each daemon

    def live(process: subprocess.Popen[bytes], seconds: float) -> list[int]:
        """Lets a daemon run while its providers change; returns its memory over time."""
        until, values = time.monotonic() + seconds, []
        while time.monotonic() < until:
            assert process.poll() is None, (tmp_path / "log").read_text()[-3000:]
            change_something(list(truths.values()), luck, next(numbers))
            values.append(memory(process, "VmRSS"))
            time.sleep(0.5)
        return values

    with ExitStack() as stack:
        urls = {name: stack.enter_context(Server(Broken(truth, chaos))).url for name, truth in truths.items()}
        # The sources are spread over the minute, so that one of them is always being harvested.
        (tmp_path / "config.toml").write_text(
            text_of(urls, "* * * * *", "[daemon]\nworkers = 8\n[defaults]\njitter = 59")
        )
        config = load(tmp_path / "config.toml")
        for number in ends:
            process = start(tmp_path)
            live(process, max(SHORTEST, luck.uniform(0.2, 1.8) * SECONDS / ENDS))
            used.append(memory(process))
            end(process, number)
        process = start(tmp_path)
        alone = live(process, SECONDS / 2)
        chaos.calm = True
        until = time.monotonic() + TIMEOUT
        while (left := behind(config, truths)) or not all_complete(config):
            assert time.monotonic() < until, (left, (tmp_path / "log").read_text()[-3000:])
            time.sleep(2)
        end(process)

    with pipeline.opened(config) as store:
        runs = {name: store.runs.latest(10_000, name) for name in truths}
        assert store.runs.running() == ()
        assert store.check_integrity(deep=True) == []
    for name in (*truths, "daemon"):
        with locks.hold(config.locks_dir, name if name == "daemon" else f"source-{name}", what="a look"):
            pass
    assert [pair for of_one in runs.values() for pair in overlapping(of_one)] == []
    complete = [sum(run.state == "complete" for run in of_one) for of_one in runs.values()]
    killed = (tmp_path / "log").read_text().count(CRASHED)
    third = len(alone) // 3  # the first half of the first third does not count
    first, last = max(alone[third // 2 : third]), max(alone[-third:])
    print(
        f"{sum(map(len, runs.values()))} runs, {min(complete)} to {max(complete)} complete for each source; "
        f"{killed} found killed; memory of the daemons up to {min(used)} to {max(used)} kB; "
        f"left alone {first} kB, at the end {last} kB"
    )
    assert killed >= ENDS // 4  # otherwise the daemons were not ended during work
    assert min(complete) > SECONDS / 60
    assert max(used) < MOST_MEMORY
    assert last < first * GROWTH
