from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from harvester.daemon.due import EXPORT, REPORT
from harvester.daemon.incidents import (
    Incident,
    Notification,
    all_complete,
    cause_and_remedy,
    incident_of_runs,
    incident_of_writing,
    notification_of,
)
from harvester.store import Alert
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
        "  to do  ask its administrator why; `harvester harvest reeds` asks again before then",
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
            "HTTP 503: “busy; very”; set a delay; the next harvest goes on behind page 8",
            ("HTTP 503: “busy; very”", "set a delay; the next harvest goes on behind page 8"),
        ),
        (
            "it broke; the next harvest goes on behind page 8",
            ("it broke", "otherwise; the next harvest goes on behind page 8"),
        ),
    ],
)
def test_error_is_split_into_cause_and_remedy(error: str, parts: tuple[str, str]):
    assert cause_and_remedy(error, "otherwise") == parts


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
