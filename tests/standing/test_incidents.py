from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from harvester.config.schedule import Schedule
from harvester.standing.due import Task
from harvester.standing.incidents import cause_and_remedy, incident_of_neglect, incident_of_runs
from tests.standing.test_due import NOON, RUN

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


def test_note_of_a_complete_run_is_no_incident():
    noted = replace(RUN, error="the provider lists no record at all, and never did; check the address")
    assert incident_of_runs("reeds", [noted]) is None


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
