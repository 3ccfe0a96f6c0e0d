from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester.config import Config
from harvester.daemon import alerts
from harvester.daemon.alerts import Notification, all_complete, current_notification, notification_of, remember
from harvester.standing.due import EXPORT, REPORT
from harvester.standing.incidents import Incident, incident_of_writing, source_incidents
from harvester.store import Alert, RunKind, RunState, connect
from harvester.store.store import Store
from tests.daemon.conftest import Configured
from tests.standing.test_due import NOON, RUN
from tests.standing.test_incidents import DAY, FAILED, INCIDENT, MADRID

GONE = replace(RUN, error="the provider has no set art any more; change `sets`", needs_person=True)
NOTED = replace(RUN, error="the provider lists no record at all, and never did; check the address")


@pytest.mark.parametrize(
    ("runs", "expected"), [([RUN], True), ([NOTED], True), ([GONE], False), ([RUN, FAILED], False), ([None], False)]
)
def test_source_is_in_order_if_every_format_is_complete_and_needs_nobody(runs, expected: bool):
    assert all_complete(runs) is expected


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with connect(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


def add_run(store: Store, kind: RunKind, state: RunState, *, needs_person: bool = False) -> None:
    error = None if state == "complete" and not needs_person else "something is wrong; do something"
    run = store.runs.begin("reeds", "oai_dc", kind, (), NOON)
    store.runs.finish(run.id, state, NOON, error, needs_person=needs_person)


def told(config: Config, store: Store, moment: datetime) -> list[str]:
    """What people are notified of now, which is remembered."""
    found = current_notification(config, store, moment, {})
    remember(store, found, moment)
    return [*(one.subject for one in found.incidents), *(f"{one.subject} is over" for one in found.recovered)]


def test_comparison_that_waits_for_a_decision_hides_no_failing_harvest(configured: Configured, store: Store):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    add_run(store, "full", "complete")
    add_run(store, "reconcile", "incomplete")
    assert told(config, store, NOON) == ["reconcile reeds"]
    add_run(store, "incremental", "failed")
    assert told(config, store, NOON + DAY / 24) == ["reeds"]
    add_run(store, "incremental", "complete")
    assert told(config, store, NOON + DAY / 12) == ["reeds is over"]
    assert told(config, store, NOON + DAY) == ["reconcile reeds"]
    add_run(store, "reconcile", "complete")
    assert told(config, store, NOON + DAY) == ["reconcile reeds is over"]


def test_setting_that_has_to_be_changed_is_told_once_a_day_and_its_end_once(configured: Configured, store: Store):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    reports = []
    for hours in range(0, 50, 6):
        add_run(store, "incremental", "complete", needs_person=True)
        reports += told(config, store, NOON + timedelta(hours=hours))
    assert reports == ["reeds"] * 3
    add_run(store, "incremental", "complete")
    assert told(config, store, NOON + 2 * DAY) == ["reeds is over"]
    assert told(config, store, NOON + 3 * DAY) == []


def by_subject(*alerts: Alert) -> dict[str, Alert]:
    return {alert.subject: alert for alert in alerts}


def notification(incidents: list[Incident], working: list[str], before: dict[str, Alert], now=NOON) -> Notification:
    return notification_of(incidents, working, ("reeds", EXPORT), before, now, MADRID)


def test_continuing_failure_is_reported_once_a_day():
    assert INCIDENT
    assert notification([INCIDENT], [], {}).incidents == (INCIDENT,)
    before = by_subject(Alert("reeds", NOON - 3 * DAY, NOON))
    assert notification([INCIDENT], [], before, NOON + DAY / 24).incidents == ()
    (again,) = notification(
        [INCIDENT], [], before, NOON + DAY - timedelta(minutes=5)
    ).incidents  # cron is never exactly on time
    assert again.since == NOON - 3 * DAY


def test_recovery_is_reported_once():
    alert = Alert("reeds", NOON - 3 * DAY, NOON)
    current = notification([], ["reeds"], by_subject(alert))
    assert (current.recovered, bool(current)) == ((alert,), True)
    assert current.text(MADRID) == "reeds: works again (in trouble since 2026-11-21 13:00 Europe/Madrid)"
    assert not notification([], ["reeds"], {})


def test_source_that_neither_fails_nor_works_is_not_reported():
    assert not notification([], [], by_subject(Alert("reeds", NOON, NOON)))


def test_source_that_is_no_longer_configured_is_forgotten():
    current = notification([], [], by_subject(Alert("gone", NOON, NOON)))
    assert (current.removed, bool(current)) == (("gone",), False)


@pytest.mark.parametrize(("subject", "what"), [(EXPORT, "export"), (REPORT, "report")])
def test_export_and_report_are_subjects_too(subject: str, what: str):
    incident = incident_of_writing(subject, "no schema; run harvester schemas install", NOON)
    assert incident.lines(MADRID).startswith(f"{subject}: the {what} fails\n")
    assert notification([incident], [], {}).incidents == (incident,)
    assert notification([], [subject], by_subject(Alert(subject, NOON, NOON))).recovered


class TestFirstFailure:
    """One refused connection at night is usually over in the next one."""

    @pytest.fixture(autouse=True)
    def patience(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(alerts, "FIRST_FAILURE", DAY * 20 / 24)

    def add(self, store: Store, state: RunState, moment: datetime, *, needs_person: bool = False) -> None:
        run = store.runs.begin("reeds", "oai_dc", "incremental", (), moment)
        store.runs.finish(run.id, state, moment, None if state == "complete" else "no; wait", needs_person=needs_person)

    def test_is_reported_if_the_next_night_fails_too(self, configured: Configured, store: Store):
        config = configured({"reeds": "http://127.0.0.1:9/oai"})
        self.add(store, "complete", NOON - DAY)
        self.add(store, "failed", NOON)
        assert told(config, store, NOON + DAY / 24) == []
        self.add(store, "failed", NOON + DAY)
        assert told(config, store, NOON + DAY) == ["reeds"]
        self.add(store, "complete", NOON + 2 * DAY)
        assert told(config, store, NOON + 2 * DAY) == ["reeds is over"]

    def test_is_over_without_a_word(self, configured: Configured, store: Store):
        config = configured({"reeds": "http://127.0.0.1:9/oai"})
        self.add(store, "failed", NOON)
        assert told(config, store, NOON) == []
        self.add(store, "complete", NOON + DAY / 24)
        assert told(config, store, NOON + DAY) == []

    def test_is_reported_if_nothing_follows(self, configured: Configured, store: Store):
        config = configured({"reeds": "http://127.0.0.1:9/oai"})
        self.add(store, "failed", NOON)
        assert told(config, store, NOON + DAY) == ["reeds"]

    def test_many_failures_of_an_hourly_harvest_are_one(self, configured: Configured, store: Store):
        config = configured({"reeds": "http://127.0.0.1:9/oai"})
        for hour in range(24):
            self.add(store, "failed", NOON + hour * DAY / 24)
            assert bool(told(config, store, NOON + hour * DAY / 24)) is (hour == 20), hour

    def test_what_needs_a_person_is_reported_at_once(self, configured: Configured, store: Store):
        config = configured({"reeds": "http://127.0.0.1:9/oai"})
        self.add(store, "failed", NOON, needs_person=True)
        assert told(config, store, NOON) == ["reeds"]

    def test_status_shows_it_at_once(self, configured: Configured, store: Store):
        config = configured({"reeds": "http://127.0.0.1:9/oai"})
        self.add(store, "failed", NOON)
        (incident,) = source_incidents(store.runs, config.sources["reeds"])
        assert incident.lines(MADRID).endswith("  url    http://127.0.0.1:9/oai")
