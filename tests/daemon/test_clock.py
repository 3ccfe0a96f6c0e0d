"""The clock jumps while the daemon runs: it plans again from the run table, and nothing runs twice."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import load
from harvester.config.schedule import next_after
from harvester.daemon.service import Daemon
from harvester.model import Window
from tests.daemon.conftest import text_of
from tests.providers import small_journal
from tests.providers.server import Server
from tests.workbench import watching_pages

TIMEOUT = 60.0  # seconds


class Clock:
    """The clock of this machine, moved by `moved`."""

    moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def daemon(tmp_path: Path, clock: Clock) -> Iterator[Daemon]:
    """A daemon with one source that is due every hour, in a thread."""
    with small_journal.serving() as server:
        _write(tmp_path, server)
        running = Daemon(tmp_path / "config.toml", now=clock, tick=0.05)
        thread = threading.Thread(target=running.run)
        thread.start()
        yield running
        running.stop()
        thread.join(TIMEOUT)
        assert not thread.is_alive()


def _write(folder: Path, server: Server) -> None:
    minute = (datetime.now(UTC).minute + 30) % 60  # far from now, so that only a jump reaches it
    (folder / "config.toml").write_text(text_of({"reeds": server.url}, f"{minute} * * * *"))


def completed(daemon: Daemon) -> int:
    with pipeline.opened(load(daemon.path)) as store:
        return sum(run.state == "complete" for run in store.runs.latest())


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_daemon_resumes_a_harvest_that_a_person_stopped(daemon: Daemon):
    """A harvest that a person began and stopped is due for the daemon, as for `harvest --due`."""
    until(lambda: completed(daemon) == 1)
    pages: list[int] = []
    with pipeline.opened(daemon.config) as store, watching_pages(pages.append):
        (stopped,) = pipeline.harvest(
            daemon.config,
            store,
            now=lambda: datetime.now(UTC),
            full=True,
            stop=lambda: bool(pages),
        )
    assert (stopped.state, stopped.pages) == ("incomplete", 1)
    daemon.replan = 0.2
    until(lambda: completed(daemon) == 2)


def test_daemon_resumes_a_harvest_of_a_crashed_process(daemon: Daemon):
    until(lambda: completed(daemon) == 1)
    with pipeline.opened(daemon.config) as store:
        store.runs.begin("reeds", "oai_dc", "full", (Window(prefix="oai_dc"),), datetime.now(UTC))
    daemon.replan = 0.2
    until(lambda: completed(daemon) == 2)
    with pipeline.opened(daemon.config) as store:
        assert [(run.kind, run.state) for run in store.runs.latest()] == [("full", "complete")] * 2


def next_run(daemon: Daemon) -> datetime | None:
    return daemon.jobs.timetable.next_of("reeds")


def test_daemon_replans_when_the_clock_jumps_forward_and_back(
    daemon: Daemon, clock: Clock, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING, "harvester.daemon")  # a command in this process may have set another one
    daemon.replan = 2.0  # a job cannot start twice: a jump just before a harvest ends is noticed by the next plan
    until(lambda: completed(daemon) == 1)
    clock.moved = timedelta(hours=2)
    until(lambda: completed(daemon) == 2)  # two were missed, and one run makes up for both
    clock.moved = timedelta()
    (schedule,) = daemon.config.schedules().values()
    until(lambda: next_run(daemon) == next_after(schedule, clock()))
    time.sleep(0.5)
    assert completed(daemon) == 2
    jumps = re.findall(r"the clock jumped by ([+-]\d+) s", caplog.text)
    assert [round(int(seconds) / 3600) for seconds in jumps] == [2, -2]


def test_daemon_compares_what_it_harvests_more_often(daemon: Daemon, clock: Clock):
    """Both are due at once, and a source has one lock."""
    until(lambda: completed(daemon) == 1)
    daemon.path.write_text(daemon.path.read_text() + f'reconcile = "{daemon.config.sources["reeds"].schedule}"\n')
    daemon._reload()
    clock.moved = timedelta(hours=2)
    until(lambda: completed(daemon) == 3)
    with pipeline.opened(daemon.config) as store:
        assert [run.kind for run in store.runs.latest()] == ["reconcile", "incremental", "full"]
