from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from harvester.daemon import due_run
from harvester.daemon.alerts import Notification
from harvester.daemon.notifier import Notifier
from harvester.errors import BusyError, StoreError
from harvester.standing.due import EXPORT, REPORT
from harvester.system import locks
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What people were notified of."""
    found: list[str] = []

    def notify(what: str) -> Any:
        def call(*_: object) -> tuple[Notification, None]:
            found.append(what)
            return Notification(), None

        return call

    monkeypatch.setattr(due_run, "notify_of_incidents", notify("incidents"))
    monkeypatch.setattr(due_run, "notify_of_outage", notify("outage"))
    return found


def notifier(stopping: threading.Event, outage_pause: float = 900.0) -> Notifier:
    return Notifier(lambda: datetime.now(UTC), stopping, outage_pause)


def test_jobs_that_end_while_the_daemon_stops_notify_once_at_its_end(configured: Configured, sent: list[str]):
    config, stopping = configured({}), threading.Event()
    one = notifier(stopping)
    one.notify(config, {})
    assert sent == ["incidents"]
    stopping.set()
    one.notify(config, {})
    one.notify(config, {})
    assert sent == ["incidents"]
    one.notify_postponed(config)
    assert sent == ["incidents", "incidents"]


def test_what_the_store_does_not_know_is_reported_with_the_next_notification(
    configured: Configured, monkeypatch: pytest.MonkeyPatch
):
    """The alert about an export was left to another process, then the mail failed, then it was sent."""
    results: list[str | BusyError | None] = [BusyError("Busy"), "no mail", None, None]
    asked: list[dict[str, str | None]] = []

    def notify(_config: object, _store: object, _now: object, written: dict[str, str | None], _stop: object) -> Any:
        asked.append(dict(written))
        result = results.pop(0)
        if isinstance(result, BusyError):
            raise result
        return Notification(), result

    monkeypatch.setattr(due_run, "notify_of_incidents", notify)
    config, one = configured({}), notifier(threading.Event())
    for written in ({EXPORT: "no schema"}, {}, {REPORT: None}, {}):
        one.notify(config, written)
    assert asked == [{EXPORT: "no schema"}, {EXPORT: "no schema"}, {EXPORT: "no schema", REPORT: None}, {}]


def test_outage_is_left_to_the_process_that_notifies_people(configured: Configured):
    config = configured({})
    with locks.hold(config.locks_dir, "alerts", what="alerts"):
        notifier(threading.Event()).notify_of_outage(config, StoreError("The store is damaged."))
    assert due_run.notify_of_outage(config, StoreError("The store is damaged."), datetime.now(UTC), never_stop)[0]


def test_nothing_is_made_up_for_if_nothing_was_postponed(configured: Configured, sent: list[str]):
    notifier(threading.Event()).notify_postponed(configured({}))
    assert sent == []


@pytest.mark.parametrize(("pause", "times"), [(900.0, 1), (0.0, 2)])
def test_outage_is_looked_at_once_in_a_pause(configured: Configured, sent: list[str], pause: float, times: int):
    one, config = notifier(threading.Event(), pause), configured({})
    for _ in range(2):
        one.notify_of_outage(config, StoreError("The store is damaged."))
    assert sent == ["outage"] * times
