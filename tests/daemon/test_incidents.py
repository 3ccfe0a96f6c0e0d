from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester.config import Config
from harvester.config.schedule import Schedule
from harvester.daemon import incidents
from harvester.daemon.due import EXPORT, REPORT, Task
from harvester.daemon.incidents import (
    Incident,
    Notification,
    all_complete,
    cause_and_remedy,
    current_notification,
    incident_of_neglect,
    incident_of_runs,
    incident_of_writing,
    notification_of,
    remember,
)
from harvester.store import Alert, RunKind, RunState, connect
from harvester.store.store import Store
from tests.daemon.conftest import Configured
from tests.daemon.test_due import NOON, RUN

FAILED = replace(RUN, id=7, state="failed", error="nothing answers; check the address")
INCIDENT = incident_of_runs("reeds", [FAILED])
MADRID = "Europe/Madrid"
DAY = timedelta(days=1)


def test_incident_has_five_lines():
    assert INCIDENT
    assert INCIDENT.lines(MADRID).splitlines() == [
        "reeds: the harvest fails",
        "  since  2026-11-24 12:00 Europe/Madrid",
        "  why    oai_dc: nothing answers",
        "  to do  check the address",
        "  see    harvester runs 7",
    ]


@pytest.mark.parametrize(
    "run",
    [
        RUN,
        replace(RUN, state="waiting", error="asks to be left alone"),
        replace(RUN, state="waiting", error="asks to be left alone", wait_until=NOON + DAY / 2),
        replace(RUN, state="waiting", pages=1, started=NOON - 3 * DAY, wait_until=NOON + DAY / 2),  # a long harvest
        replace(RUN, state="incomplete", interrupted=True),
        replace(RUN, state="running"),
        None,
    ],
)
def test_run_that_needs_no_person_is_no_incident(run):
    assert incident_of_runs("reeds", [run]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"wait_until": NOON + DAY, "pages": 7},
        {"wait_until": NOON, "pages": 0, "started": NOON - 2 * DAY},  # it was postponed again and again
    ],
)
def test_long_wait_is_an_incident(changes):
    incident = incident_of_runs(
        "reeds", [replace(RUN, state="waiting", error="asks to be left alone; later", **changes)]
    )
    assert incident
    assert incident.lines(MADRID).splitlines()[::3] == [
        "reeds: the harvest has to wait",
        "  to do  ask its administrator why; `harvester harvest reeds` requests it before then",
    ]


def test_one_failing_format_is_an_incident():
    assert incident_of_runs("reeds", [RUN, FAILED]) == INCIDENT
    assert [all_complete([RUN]), all_complete([RUN, FAILED]), all_complete([None])] == [True, False, False]


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        ("a; b; c", ("a; b", "c")),
        ("only this", ("only this", "otherwise")),
        ("on\nlines; do\nthis", ("on lines", "do this")),
        (
            "HTTP 503: “busy; very”; set a delay; the next harvest resumes after page 8",
            ("HTTP 503: “busy; very”", "set a delay; the next harvest resumes after page 8"),
        ),
        (
            "it broke; the next harvest resumes after page 8",
            ("it broke", "otherwise; the next harvest resumes after page 8"),
        ),
    ],
)
def test_error_is_split_into_cause_and_remedy(error: str, parts: tuple[str, str]):
    assert cause_and_remedy(error, "otherwise") == parts


COMPARED = replace(
    RUN, id=9, kind="reconcile", state="incomplete", error="9 of 20 are gone; if so, run `harvester reconcile reeds`"
)


def test_comparison_is_a_subject_of_its_own():
    incident = incident_of_runs("reeds", [COMPARED])
    assert incident
    assert incident.lines(MADRID).splitlines() == [
        "reconcile reeds: the comparison fails",
        "  since  2026-11-24 12:00 Europe/Madrid",
        "  why    oai_dc: 9 of 20 are gone",
        "  to do  if so, run `harvester reconcile reeds`",
        "  see    harvester runs 9",
    ]
    waiting = replace(COMPARED, state="waiting", wait_until=NOON + 2 * DAY)
    incident = incident_of_runs("reeds", [waiting])
    assert incident
    assert (incident.what, "`harvester reconcile reeds` requests it before then" in incident.todo) == (
        "the comparison has to wait",
        True,
    )


def test_complete_run_may_need_a_person():
    gone = replace(RUN, error="the provider has no set art any more; change `sets`", needs_person=True)
    incident = incident_of_runs("reeds", [gone])
    assert incident
    assert (incident.what, incident.todo) == ("its settings have to be changed", "change `sets`")
    assert not all_complete([gone])


def test_note_of_a_complete_run_is_no_incident():
    noted = replace(RUN, error="the provider lists no record at all, and never did; check the address")
    assert incident_of_runs("reeds", [noted]) is None
    assert all_complete([noted])


OVERDUE_TASK = Task(
    subject="reeds",
    kind="reconcile",
    schedule=Schedule(expression="@weekly", zone=MADRID),
    last=NOON - 9 * DAY,
    due=NOON - DAY,
    next=NOON + DAY,
)


def test_task_that_nobody_does_for_a_day_is_an_incident():
    incident = incident_of_neglect(OVERDUE_TASK, NOON)
    assert incident
    assert (incident.subject, incident.what) == ("reconcile reeds", "the comparison is overdue")


@pytest.mark.parametrize("changes", [{"due": NOON - DAY / 2}, {"due": None}, {"last": None}])
def test_task_that_is_not_overdue_or_new_is_no_incident(changes):
    assert incident_of_neglect(replace(OVERDUE_TASK, **changes), NOON) is None


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


def notification(incidents: list[Incident], working: list[str], alerts: dict[str, Alert], now=NOON) -> Notification:
    return notification_of(incidents, working, ("reeds", EXPORT), alerts, now, MADRID)


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
        monkeypatch.setattr(incidents, "FIRST_FAILURE", DAY * 20 / 24)

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
        (incident,) = incidents.source_incidents(store.runs, config.sources["reeds"])
        assert incident.lines(MADRID).endswith("  url    http://127.0.0.1:9/oai")
