"""A store that cannot be used is reported like any other incident, by cron and by the daemon, and so is its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import due_run, jobs, service, store_outage
from harvester.daemon.service import Daemon
from harvester.errors import StoreError, StoreLocked
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.providers import small_journal
from tests.providers.server import Server

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
TIMEOUT = 60.0  # seconds
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BROKEN = StoreError("The store is damaged; put a backup in its place")


@pytest.fixture
def small() -> Iterator[Server]:
    with small_journal.serving() as server:
        yield server


def damage(config: Config) -> Path:
    """Damages the store in one step: otherwise a daemon could find no store meanwhile, and create a new one."""
    path = Path(config.store_url.removeprefix("sqlite:///"))
    other = path.with_name("damaged")
    other.write_bytes(b"this was a store once " * 100)
    other.replace(path)
    for name in path.parent.glob(f"{path.name}-*"):
        name.unlink()
    return path


def run_due(config: Config, now: datetime) -> due_run.DueResult:
    return due_run.run_due(config, now=lambda: now, stop=never_stop)


def test_outage_is_reported_once_a_day_and_its_end_once(configured: Configured, small: Server):
    config = configured({"reeds": small.url})
    path = damage(config)
    result = run_due(config, NOW)
    assert isinstance(result.store_error, StoreError)
    lines = result.notification.text(config.zone).splitlines()
    assert lines[0] == "[store]: nothing can be harvested"
    assert lines[2:] == [
        f"  why    {path} is not a database",
        "  to do  name another file in [store] url, or put a backup in its place with `harvester restore FILE`.",
        "  see    harvester doctor",
    ]
    again = run_due(config, NOW)
    assert (again.store_error is not None, bool(again.notification)) == (True, False)
    (incident,) = run_due(config, NOW + DAY).notification.incidents
    assert incident.since == NOW
    path.unlink()
    result = run_due(config, NOW + DAY)
    assert [run.state for run in result.runs] == ["complete"]
    assert result.notification.text(config.zone).startswith("[store]: works again (in trouble since ")
    assert not run_due(config, NOW + DAY).notification


def test_failed_notification_is_repeated(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    config = configured({}, more='[alerts]\nwebhook_url_env = "HOOK"\n')
    damage(config)
    with Server([OK]) as hook:
        monkeypatch.setenv("HOOK", "http://127.0.0.1:9/")
        assert run_due(config, NOW).notification_error
        assert hook.requests == []
        monkeypatch.setenv("HOOK", hook.url)
        assert run_due(config, NOW).notification_error is None
        assert not run_due(config, NOW).notification
        assert len(hook.requests) == 1


def test_locked_store_is_reported_after_an_hour(configured: Configured):
    config, locked = configured({}), StoreLocked("The store is locked; wait for it to end")
    assert not store_outage.notification(config, locked, NOW)
    assert not store_outage.notification(config, locked, NOW + timedelta(minutes=59))
    assert store_outage.ended(config) is None
    (incident,) = store_outage.notification(config, locked, NOW + timedelta(hours=1)).incidents
    assert incident.since == NOW


def test_lock_that_is_over_is_forgotten(configured: Configured, small: Server):
    config, locked = configured({"reeds": small.url}), StoreLocked("The store is locked; wait for it to end")
    assert not store_outage.notification(config, locked, NOW - 5 * DAY)
    assert not run_due(config, NOW).notification
    assert not store_outage.notification(config, locked, NOW)


def test_outage_is_reported_every_time_if_it_cannot_be_remembered(configured: Configured):
    config = configured({})
    config.locks_dir.write_text("not a folder")
    for _ in range(2):
        notification = store_outage.notification(config, BROKEN, NOW)
        assert notification
        store_outage.remember(config, notification, NOW)


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_daemon_survives_an_outage_of_the_store(
    configured: Configured, small: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """It reports the outage, harvests as soon as there is a store again, and reports that too."""
    for module in (service, jobs):
        monkeypatch.setattr(module, "RETRY_AFTER", 0.2)
    caplog.set_level("INFO", "harvester.daemon")
    with Server([OK] * 2) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        config = configured({"reeds": small.url}, "@yearly", '[alerts]\nwebhook_url_env = "HOOK"\n')
        daemon = Daemon(config.path, tick=0.05, replan=0.1)
        thread = threading.Thread(target=daemon.run)
        thread.start()
        try:
            until(lambda: _complete(config) == 1)
            path = damage(config)
            until(lambda: len(hook.requests) == 1)
            path.unlink()
            until(lambda: len(hook.requests) == 2)
            until(lambda: _complete(config) == 1)  # in the new store
        finally:
            daemon.stop()
            thread.join(TIMEOUT)
    assert not thread.is_alive()
    assert sum("[store]: nothing can be harvested" in message for message in caplog.messages) == 1
    assert caplog.messages.count("[store] works again") == 1


def _complete(config: Config) -> int:
    with pipeline.opened(config) as store:
        return sum(run.state == "complete" for run in store.runs.latest())
