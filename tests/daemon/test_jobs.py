from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import work
from harvester.daemon.jobs import RETRY_AFTER, Jobs
from harvester.daemon.notifier import Notifier
from harvester.daemon.service import Daemon
from harvester.errors import StoreError
from harvester.reports import RunReport
from tests.daemon.conftest import Configured

TIMEOUT = 60.0
NOWHERE = "http://127.0.0.1:9/oai"


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def jobs(config: Config) -> Iterator[Jobs]:
    stopping = threading.Event()
    made = Jobs(config, now, stopping, Notifier(now, stopping, 900.0))
    made.timetable.start()
    try:
        yield made
    finally:
        stopping.set()
        made.timetable.end()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_source_that_is_configured_no_more_loses_its_job(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(work, "do_due", lambda *_, **__: [])
    with jobs(configured({"reeds": NOWHERE, "fens": NOWHERE})) as one:
        one.plan(configured({"reeds": NOWHERE, "fens": NOWHERE}))
        assert one.timetable.next_of("fens")
        one.plan(configured({"reeds": NOWHERE}))
        assert one.timetable.next_of("reeds")
        assert one.timetable.next_of("fens") is None


def test_a_job_that_the_store_failed_is_retried_soon(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    """Also if it fails before the scheduler has planned its next date, a month or a year ahead."""
    attempts: list[str] = []
    submit = futures.ThreadPoolExecutor.submit

    def submit_and_wait(*args: Any, **kwargs: Any) -> futures.Future[Any]:
        future = submit(*args, **kwargs)
        futures.wait([future], timeout=0.2)
        return future

    monkeypatch.setattr(futures.ThreadPoolExecutor, "submit", submit_and_wait)

    def fail(_config: Config, _store: object, name: str, **_: object) -> list[RunReport]:
        attempts.append(name)
        raise StoreError("The store is damaged.")

    monkeypatch.setattr(work, "do_due", fail)
    config = configured({"reeds": NOWHERE}, schedule="0 0 1 1 *")
    with jobs(config) as one:
        one.plan(config)
        until(lambda: bool(attempts))
        soon = now() + timedelta(seconds=RETRY_AFTER + TIMEOUT)
        until(lambda: (moment := one.timetable.next_of("reeds")) is not None and moment <= soon)
    assert attempts == ["reeds"]


def test_a_job_that_found_nothing_to_do_comes_again_soon(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    """Another process is at work on the source."""
    done = threading.Event()

    def do_due(*_: object, **__: object) -> list[RunReport]:
        done.set()
        return []

    monkeypatch.setattr(work, "do_due", do_due)
    config = configured({"reeds": NOWHERE})
    with jobs(config) as one:
        one.plan(config)
        assert done.wait(TIMEOUT)
        soon = now() + timedelta(seconds=RETRY_AFTER)
        until(
            lambda: (
                (moment := one.timetable.next_of("reeds")) is not None
                and now() < moment <= soon + timedelta(seconds=30)
            )
        )


def test_a_plan_that_the_store_refuses_leaves_the_old_one(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(work, "do_due", lambda *_, **__: [])
    config = configured({"reeds": NOWHERE})
    with jobs(config) as one:
        one.plan(config)

        def refuse(_config: Config) -> None:
            raise StoreError("The store is locked.")

        with monkeypatch.context() as patch:
            patch.setattr(pipeline, "opened", refuse)
            with pytest.raises(StoreError, match="locked"):
                one.plan(config)
        assert one.timetable.next_of("reeds")
        assert one.timetable.is_alive()
    assert not one.timetable.is_alive()


def test_a_job_that_moves_its_next_date_does_not_block_a_stop(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    service = Daemon(configured({"reeds": NOWHERE}).path, tick=0.05)
    begun = threading.Event()

    def harvest(*_: object, stop: Callable[[], bool], **__: object) -> list[RunReport]:
        begun.set()
        while not stop():
            time.sleep(0.01)
        time.sleep(0.5)  # the daemon waits for this job now
        return []

    monkeypatch.setattr(work, "harvest", harvest)
    thread = threading.Thread(target=service.run, daemon=True)
    thread.start()
    assert begun.wait(TIMEOUT)
    service.stop()
    thread.join(TIMEOUT)
    assert not thread.is_alive()
