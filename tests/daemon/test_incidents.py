from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from harvester.daemon.due import EXPORT, REPORT
from harvester.daemon.incidents import News, Trouble, in_two, is_well, news, of_runs, of_writing
from harvester.store import Alert
from tests.daemon.test_due import NOON, RUN

FAILED = replace(RUN, id=7, state="failed", error="nothing answers; check the address")
TROUBLE = of_runs("reeds", [FAILED])
MADRID = "Europe/Madrid"
DAY = timedelta(days=1)


def test_five_lines():
    assert TROUBLE
    assert TROUBLE.lines(MADRID).splitlines() == [
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
def test_what_needs_nobody(run):
    assert of_runs("reeds", [run]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"wait_until": NOON + DAY, "pages": 7},
        {"wait_until": NOON, "pages": 0, "started": NOON - 2 * DAY},  # it was put off again and again
    ],
)
def test_a_wait_that_lasts(changes):
    trouble = of_runs("reeds", [replace(RUN, state="waiting", error="asks to be left alone; later", **changes)])
    assert trouble
    assert trouble.lines(MADRID).splitlines()[::3] == [
        "reeds: the harvest has to wait",
        "  to do  ask its administrator why; `harvester harvest reeds` asks again before then",
    ]


def test_one_format_that_fails_is_trouble():
    assert of_runs("reeds", [RUN, FAILED]) == TROUBLE
    assert [is_well([RUN]), is_well([RUN, FAILED]), is_well([None])] == [True, False, False]


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
def test_an_error_in_two(error: str, parts: tuple[str, str]):
    assert in_two(error, "otherwise") == parts


def told(*alerts: Alert) -> dict[str, Alert]:
    return {alert.subject: alert for alert in alerts}


def look(troubles: list[Trouble], well: list[str], before: dict[str, Alert], now=NOON) -> News:
    return news(troubles, well, ("reeds", EXPORT), before, now, MADRID)


def test_a_standing_failure_is_told_once_a_day():
    assert TROUBLE
    assert look([TROUBLE], [], {}).troubles == (TROUBLE,)
    before = told(Alert("reeds", NOON - 3 * DAY, NOON))
    assert look([TROUBLE], [], before, NOON + DAY / 24).troubles == ()
    (again,) = look([TROUBLE], [], before, NOON + DAY - timedelta(minutes=5)).troubles  # cron is never quite on time
    assert again.since == NOON - 3 * DAY


def test_a_recovery_is_told_once():
    alert = Alert("reeds", NOON - 3 * DAY, NOON)
    found = look([], ["reeds"], told(alert))
    assert (found.over, bool(found)) == ((alert,), True)
    assert found.text(MADRID) == "reeds: works again (in trouble since 2026-11-21 13:00 Europe/Madrid)"
    assert not look([], ["reeds"], {})


def test_neither_failing_nor_well_says_nothing():
    assert not look([], [], told(Alert("reeds", NOON, NOON)))


def test_a_source_that_was_taken_out_is_forgotten():
    found = look([], [], told(Alert("gone", NOON, NOON)))
    assert (found.forgotten, bool(found)) == (("gone",), False)


@pytest.mark.parametrize(("subject", "what"), [(EXPORT, "export"), (REPORT, "report")])
def test_what_is_written_is_a_subject_too(subject: str, what: str):
    trouble = of_writing(subject, "no schema; run harvester schemas install", NOON)
    assert trouble.lines(MADRID).startswith(f"{subject}: the {what} fails\n")
    assert look([trouble], [], {}).troubles == (trouble,)
    assert look([], [subject], told(Alert(subject, NOON, NOON))).over
