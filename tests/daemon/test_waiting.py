"""A provider that wants no requests for longer than we wait gets none, whatever process follows the schedule."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import Config, load
from harvester.daemon import due_run
from harvester.daemon.service import Daemon
from harvester.store import Run
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.providers import small_journal
from tests.providers.server import Answer, Request, Server
from tests.workbench import in_another_process

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
TIMEOUT = 60.0  # seconds


class Busy:
    """Answers like the small provider, but refuses requests that contain `what`, with a Retry-After of `until`."""

    def __init__(self, what: str, until: datetime) -> None:
        self.what, self.until = what, until
        self.over = False

    def __call__(self, request: Request) -> bytes | Answer:
        if self.over or self.what not in request.target:
            return small_journal.answer(request)
        date, retry = (format_datetime(moment, usegmt=True) for moment in (datetime.now(UTC), self.until))
        head = f"HTTP/1.1 503 Busy\r\nDate: {date}\r\nRetry-After: {retry}\r\nContent-Length: 0\r\n"
        return f"{head}Connection: close\r\n\r\n".encode()


class BusyFor(Busy):
    """The same for some whole seconds from its first refusal on: a machine under load may come to that late."""

    def __init__(self, what: str, seconds: int) -> None:
        super().__init__(what, datetime.max.replace(tzinfo=UTC))
        self._wait, self._has_begun = timedelta(seconds=seconds), False

    def __call__(self, request: Request) -> bytes | Answer:
        if self.what in request.target and not self._has_begun:
            self._has_begun = True
            self.until = datetime.now(UTC).replace(microsecond=0) + self._wait
        self.over = datetime.now(UTC) > self.until - timedelta(seconds=1)  # HTTP has no fractions of seconds
        return super().__call__(request)


@pytest.fixture(params=["Identify", "ListRecords", "resumptionToken"])
def busy(request: pytest.FixtureRequest) -> Busy:
    return Busy(request.param, NOW + 10 * HOUR)


@pytest.fixture
def server(busy: Busy) -> Iterator[Server]:
    with Server(busy) as server:
        yield server


def runs(config: Config) -> list[Run]:
    with pipeline.opened(config) as store:
        return list(store.runs.latest())


def due(config: Config, moment: datetime) -> list[str]:
    return [run.state for run in due_run.run_due(config, now=lambda: moment, stop=never_stop).runs]


def test_provider_gets_no_request_before_the_wait_is_over(configured: Configured, busy: Busy, server: Server):
    config = configured({"reeds": server.url}, "@hourly")
    assert due(config, NOW) == ["waiting"]
    requests = len(server.requests)
    assert abs(runs(config)[0].wait_until - busy.until) < timedelta(minutes=1)  # type: ignore[operator]
    for hours in (1, 5, 9):
        assert due(config, NOW + hours * HOUR) == []
    assert len(server.requests) == requests
    busy.over = True
    in_another_process()  # the hours pass only on the clock of the test
    assert due(config, NOW + 10 * HOUR + timedelta(minutes=1)) == ["complete"]
    newest = runs(config)[0]
    assert (newest.counts.new, newest.wait_until, newest.error) == (4, None, None)


def test_person_may_harvest_before_the_wait_is_over(configured: Configured, busy: Busy, server: Server):
    config = configured({"reeds": server.url})
    for _ in range(2):
        in_another_process()
        with pipeline.opened(config) as store:
            (run,) = pipeline.harvest(config, store, now=lambda: NOW)
        assert run.state == "waiting"
        assert run.wait_until == runs(config)[0].wait_until
    assert [run.kind for run in runs(config)] == ["full"]
    busy.over = True
    in_another_process()
    with pipeline.opened(config) as store:
        (run,) = pipeline.harvest(config, store, now=lambda: NOW)
    assert (run.state, run.new + runs(config)[0].counts.new) == ("complete", 8)


def test_other_formats_of_a_waiting_source_wait_too(configured: Configured):
    with Server(Busy("ListRecords", NOW + HOUR)) as server:
        path: Path = configured({"reeds": server.url}).path
        path.write_text(path.read_text().replace('["oai_dc"]', '["oai_dc", "marcxml"]'))
        assert due(load(path), NOW) == ["waiting"]
        assert sum("ListRecords" in request.target for request in server.requests) == 1
        assert due(load(path), NOW + HOUR / 2) == []


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_daemon_resumes_when_the_wait_is_over(configured: Configured):
    """The next scheduled time is next year, but the wait is over in seconds."""
    with Server(BusyFor("resumptionToken", 3)) as server:
        path = configured({"reeds": server.url}, "@yearly").path
        path.write_text(path.read_text().replace("retries = 0", "retries = 3\nretry_cap = 0"))
        daemon = Daemon(path, tick=0.05)
        thread = threading.Thread(target=daemon.run)
        thread.start()
        try:
            until(lambda: [run.state for run in runs(daemon.config)] == ["complete"])
            # One that was refused, and one after the wait.
            assert sum("resumptionToken" in request.target for request in server.requests) == 2
        finally:
            daemon.stop()
            thread.join(TIMEOUT)
    assert not thread.is_alive()
