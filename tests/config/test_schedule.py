"""Schedules compared with an enumeration that does not use cronsim: minute by minute, field by field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.config.schedule import NICKNAMES, Schedule, check, delay_of, due_since, in_words, next_after
from tests.cron import ZONES, Cron, changes, crons, moments

# Both sides of every clock change of five years, and a leap day.
STRETCHES = [
    (zone, around - timedelta(hours=3), around + timedelta(hours=4))
    for zone in ZONES
    for around in (*changes(zone, 2022, 2027), datetime(2024, 2, 29, tzinfo=UTC))
]


def schedule(expression: str, zone: str = "UTC", delay: int = 0) -> Schedule:
    return Schedule(expression=expression, zone=zone, delay=delay)


def occurrences(schedule: Schedule, begin: datetime, end: datetime) -> list[datetime]:
    found = []
    at = begin - timedelta(minutes=1)
    while (at := next_after(schedule, at)) < end:
        found.append(at)
    return found


@given(crons(), st.sampled_from(STRETCHES))
@settings(max_examples=settings().max_examples * 2)
def test_schedule_agrees_with_an_enumeration(cron: Cron, stretch: tuple[str, datetime, datetime]):
    zone, begin, end = stretch
    assert occurrences(schedule(cron.text, zone), begin, end) == list(moments(cron, zone, begin, end))


@given(crons(), st.sampled_from(STRETCHES), st.integers(0, 7 * 60))
def test_next_moment_is_the_same_from_any_start(cron: Cron, stretch, minutes: int):
    zone, begin, end = stretch
    at = begin + timedelta(minutes=minutes, seconds=17)
    expected = next((one for one in moments(cron, zone, begin, end) if one > at), None)
    found = next_after(schedule(cron.text, zone), at)
    assert found == expected if expected else found >= end


def local(year: int, month: int, day: int, hour: int, minute: int, zone: str, fold: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


MADRID = "Europe/Madrid"


def test_time_that_the_clock_skips_comes_right_after_the_change():
    one = schedule("30 2 * * *", MADRID)
    assert next_after(one, local(2026, 3, 28, 12, 0, MADRID)) == local(2026, 3, 29, 3, 0, MADRID)
    assert next_after(one, local(2026, 3, 29, 3, 0, MADRID)) == local(2026, 3, 30, 2, 30, MADRID)


def test_time_that_the_clock_shows_twice_comes_once():
    one = schedule("30 2 * * *", MADRID)
    first = local(2026, 10, 25, 2, 30, MADRID)
    assert next_after(one, local(2026, 10, 24, 12, 0, MADRID)) == first
    assert next_after(one, first) == local(2026, 10, 26, 2, 30, MADRID)
    assert next_after(one, local(2026, 10, 25, 2, 10, MADRID, fold=1)) == local(2026, 10, 26, 2, 30, MADRID)


def test_intervals_count_the_time_that_really_passes():
    one = schedule("*/30 * * * *", MADRID)
    begin = local(2026, 10, 25, 2, 0, MADRID)
    assert occurrences(one, begin, begin + timedelta(hours=3)) == [begin + timedelta(minutes=30 * n) for n in range(6)]


@pytest.mark.parametrize("sunday", ["0", "7", "SUN"])
def test_sunday_has_two_numbers(sunday: str):
    assert next_after(schedule(f"0 0 * * {sunday}"), datetime(2026, 11, 24, tzinfo=UTC)).strftime("%A") == "Sunday"


def test_day_of_month_and_day_of_week_are_alternatives():
    days = occurrences(schedule("0 0 13 * 5"), datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    assert [day.day for day in days] == [6, 13, 20, 27]  # the Fridays, one of which is the 13th
    days = occurrences(schedule("0 0 12 * 5"), datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    assert [day.day for day in days] == [6, 12, 13, 20, 27]


@pytest.mark.parametrize("name", NICKNAMES)
def test_nicknames(name: str):
    check(name)
    moment = datetime(2026, 11, 24, 9, 41, tzinfo=UTC)
    assert next_after(schedule(name), moment) == next_after(schedule(NICKNAMES[name]), moment)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("61 2 * * *", "minute"),
        ("0 24 * * *", "hour"),
        ("0 0 30 2 *", "day-of-month"),
        ("0 0 * * 8", "day of week"),
        ("0 0 0 * *", "day-of-month"),
        ("* * * *", "five fields"),
        ("0 * * * * *", "five fields"),
        ("@dayly", "did you mean @daily"),
        ("weekly", "did you mean @weekly"),
        ("", "five fields"),
        ("*/0 * * * *", "minute"),
        ("-5 * * * *", "minute"),
    ],
)
def test_invalid_schedule_is_explained(expression: str, reason: str):
    with pytest.raises(ValueError, match=reason):
        check(expression)


NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, NOON),
        (NOON.replace(hour=2, minute=30), None),
        (NOON.replace(hour=2, minute=29), NOON.replace(hour=2, minute=30)),
        (NOON - timedelta(days=9), (NOON - timedelta(days=8)).replace(hour=2, minute=30)),
        (NOON + timedelta(days=2), None),  # the clock went back
        (NOON + timedelta(days=2000), NOON),  # a machine without a clock of its own thought that it was another year
    ],
)
def test_due_since(last: datetime | None, due: datetime | None):
    assert due_since(schedule("30 2 * * *"), last, NOON) == due


def test_schedule_is_due_on_the_minute():
    one = schedule("0 12 * * *")
    yesterday = NOON - timedelta(days=1)
    assert due_since(one, yesterday, NOON) == NOON
    assert due_since(one, yesterday, NOON - timedelta(milliseconds=1)) is None


@given(st.text(), st.integers(0, 86400))
def test_delay_is_constant_and_within_the_jitter(name: str, jitter: int):
    assert 0 <= delay_of(name, jitter) <= jitter
    assert delay_of(name, jitter) == delay_of(name, jitter)


def test_delay_depends_on_nothing_but_the_name():
    """A delay that changed with a release would move the harvests of all sources."""
    assert [delay_of(name, 600) for name in ("wetland-notes", "annals", "")] == [224, 328, 68]


def test_delays_of_sources_differ():
    assert len({delay_of(f"journal-{number}", 600) for number in range(50)}) > 40


def test_delay_moves_every_moment():
    delayed = schedule("0 * * * *", delay=90)
    assert next_after(delayed, NOON) == NOON + timedelta(seconds=90)
    assert next_after(delayed, NOON + timedelta(seconds=90)) == NOON + timedelta(hours=1, seconds=90)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("30 2 * * *", "at 02:30 every day"),
        ("@daily", "at 00:00 every day"),
        ("*/15 * * * *", "every 15th minute of every hour"),
        ("0 6 * * 1", "at 06:00 on Monday"),
        ("0 6 1 * *", "at 06:00 on the first day of every month"),
        ("0 6 11 * *", "at 06:00 on the 11th day of every month"),
        ("0 6 12,13 * *", "at 06:00 on the 12th and the 13th day of month"),
        ("0 6 21,22 * *", "at 06:00 on the 21st and the 22nd day of month"),
        ("0 6 23 * *", "at 06:00 on the 23rd day of every month"),
        ("0 6 31 * *", "at 06:00 on the 31st day of every month"),
        ("*/31 * * * *", "every 31st minute of every hour"),
    ],
)
def test_schedule_in_words(expression: str, words: str):
    assert in_words(expression) == words


@pytest.mark.parametrize(
    ("expression", "limit"),
    [
        ("60 * * * *", "the largest minute is 59"),
        ("0 24 * * *", "the largest hour is 23"),
        ("0 0 1-32 * *", "the largest day of month is 31"),
        ("0 0 1 1,13 *", "the largest month is 12"),
        ("0 0 * * 8", "the largest day of week is 7"),
        ("*/61 * * * *", "the largest step of the minute is 60"),
        ("0 0-12/25 * * *", "the largest step of the hour is 24"),
        (f"0 0 {'9' * 5000} * *", "the largest day of month is 31"),
        (f"*/{'9' * 5000} * * * *", "the largest step of the minute is 60"),
    ],
)
def test_number_beyond_its_field_names_the_limit(expression: str, limit: str):
    with pytest.raises(ValueError, match=limit):
        check(expression)


@pytest.mark.parametrize("expression", ["*/60 */24 */31 */12 */7", "059 023 031 * *", "0 0 * * 5#2", "0 0 * JAN SUN"])
def test_number_within_its_field_is_accepted(expression: str):
    check(expression)
