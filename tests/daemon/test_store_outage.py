"""A store that cannot be used is told like any other trouble, by cron and by the daemon, and its end too."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import due_run, service, store_outage
from harvester.daemon.service import Daemon
from harvester.errors import StoreError, StoreLocked
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.providers import small_journal
from tests.providers.server import Server

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BROKEN = StoreError("The store is damaged; put a backup in its place")


@pytest.fixture
def small() -> Iterator[Server]:
    with small_journal.serving() as server:
        yield server


def damage(config: Config) -> Path:
    """In one step: a daemon that looked in between would find no store, and make a new one."""
    path = Path(config.store_url.removeprefix("sqlite:///"))
    other = path.with_name("damaged")
    other.write_bytes(b"this was a store once " * 100)
    other.replace(path)
    for name in path.parent.glob(f"{path.name}-*"):
        name.unlink()
    return path


def take(config: Config, now: datetime) -> due_run.Turn:
    return due_run.take(config, now=lambda: now, stop=never_stop)


def test_once_a_day_and_its_end_once(configured: Configured, small: Server):
    config = configured({"reeds": small.url})
    path = damage(config)
    said = take(config, NOW)
    assert isinstance(said.halted, StoreError)
    lines = said.news.text(config.zone).splitlines()
    assert lines[0] == "[store]: nothing can be harvested"
    assert lines[2:] == [
        f"  why    {path} is not a database",
        "  to do  name another file in [store] url, or put a backup in its place.",
        "  see    harvester doctor",
    ]
    again = take(config, NOW)
    assert (again.halted is not None, bool(again.news)) == (True, False)
    (trouble,) = take(config, NOW + DAY).news.troubles
    assert trouble.since == NOW
    path.unlink()
    said = take(config, NOW + DAY)
    assert [run.state for run in said.runs] == ["complete"]
    assert said.news.text(config.zone).startswith("[store]: works again (in trouble since ")
    assert not take(config, NOW + DAY).news


def test_what_was_not_told_is_told_again(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    config = configured({}, more='[alerts]\nwebhook_url_env = "HOOK"\n')
    damage(config)
    with Server([OK]) as hook:
        monkeypatch.setenv("HOOK", "http://127.0.0.1:9/")
        assert take(config, NOW).not_told
        assert hook.requests == []
        monkeypatch.setenv("HOOK", hook.url)
        assert take(config, NOW).not_told is None
        assert not take(config, NOW).news
        assert len(hook.requests) == 1


def test_a_locked_store_is_somebodys_work_for_an_hour(configured: Configured):
    config, locked = configured({}), StoreLocked("The store is locked; wait for it to end")
    assert not store_outage.look(config, locked, NOW)
    assert not store_outage.look(config, locked, NOW + timedelta(minutes=59))
    assert store_outage.passed(config) is None
    (trouble,) = store_outage.look(config, locked, NOW + timedelta(hours=1)).troubles
    assert trouble.since == NOW


def test_a_lock_that_passed_is_forgotten(configured: Configured, small: Server):
    config, locked = configured({"reeds": small.url}), StoreLocked("The store is locked; wait for it to end")
    assert not store_outage.look(config, locked, NOW - 5 * DAY)
    assert not take(config, NOW).news
    assert not store_outage.look(config, locked, NOW)


def test_without_a_place_to_remember_it_is_told_every_time(configured: Configured):
    config = configured({})
    config.locks_dir.write_text("no folder")
    for _ in range(2):
        news = store_outage.look(config, BROKEN, NOW)
        assert news
        store_outage.remember(config, news, NOW)


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_daemon_lives_through_it(
    configured: Configured, small: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """It looks at the run table while there is none, harvests when there is one again, and says both."""
    monkeypatch.setattr(service, "SOON", 0.2)
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
            assert _complete(config) == 1  # in a store of its own
        finally:
            daemon.stop()
            thread.join(20)
    assert not thread.is_alive()
    assert sum("[store]: nothing can be harvested" in one for one in caplog.messages) == 1
    assert caplog.messages.count("[store] works again") == 1


def _complete(config: Config) -> int:
    with pipeline.opened(config) as store:
        return sum(run.state == "complete" for run in store.runs())
