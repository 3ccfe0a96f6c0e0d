"""When to ask, and how long to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.registration.polling import is_past, next_poll, pause_throttled, pause_unavailable

SENT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def minutes(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - SENT).total_seconds() / 60


def test_a_file_is_asked_for_by_the_schedule():
    asked, now = [], SENT
    while (moment := next_poll(SENT, now)) is not None:
        asked.append(minutes(moment))
        now = moment
    assert asked[:8] == [1, 2, 5, 10, 20, 40, 60, 120]
    assert asked[-6:] == [48 * 60, 3 * 1440, 4 * 1440, 5 * 1440, 6 * 1440, 7 * 1440]
    assert len(asked) == 6 + 48 + 5


@pytest.mark.parametrize(("passed", "following"), [(0, 1), (1, 2), (1.5, 2), (41, 60), (61, 120), (7 * 1440, None)])
def test_what_was_missed_is_asked_for_once(passed: float, following: float | None):
    assert minutes(next_poll(SENT, SENT + timedelta(minutes=passed))) == following


@given(st.floats(0.00001, 1), st.integers(0, 8 * 1440))
def test_the_next_request_is_in_the_future(pace: float, passed: int):
    now = SENT + timedelta(minutes=passed)
    moment = next_poll(SENT, now, pace)
    assert moment is None or moment > now


@pytest.mark.parametrize(("attempts", "expected"), [(1, 10), (2, 20), (3, 40), (4, 80), (5, 120), (100, 120)])
def test_pauses_of_a_throttled_account(attempts: int, expected: int):
    assert pause_throttled(attempts, None) == timedelta(minutes=expected)


@pytest.mark.parametrize(("attempts", "expected"), [(1, 5), (2, 10), (7, 320), (8, 360), (100, 360)])
def test_pauses_of_an_agency_that_does_not_answer(attempts: int, expected: int):
    assert pause_unavailable(attempts) == timedelta(minutes=expected)


def test_pace_shortens_our_waits_and_not_those_that_were_asked_for():
    assert pause_throttled(1, None, 0.1) == timedelta(minutes=1)
    assert pause_throttled(1, 90, 0.1) == timedelta(seconds=90)
    assert pause_unavailable(1, 90, 0.1) == timedelta(seconds=90)
    assert is_past(SENT, SENT + timedelta(minutes=6), timedelta(hours=1), 0.1)
    assert not is_past(SENT, SENT + timedelta(minutes=5), timedelta(hours=1), 0.1)
