from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from harvester.config.schedule import Schedule, next_after
from harvester.daemon.timetable import LOOK_AGAIN, Timetable, Trigger

TIMEOUT = 60.0
FAR = datetime(2100, 1, 1, tzinfo=UTC)
DAILY, HOURLY = (Schedule(expression=expression, zone="UTC") for expression in ("@daily", "@hourly"))


@pytest.fixture
def timetable() -> Iterator[Timetable]:
    made = Timetable(2)
    made.start()
    yield made
    made.end()
    assert not made.is_alive()


def test_trigger_follows_the_schedule_that_comes_first():
    moment = datetime(2026, 11, 30, 12, tzinfo=UTC)
    daily, hourly = (Schedule(expression=expression, zone="UTC") for expression in ("@daily", "@hourly"))
    assert Trigger([daily, hourly]).get_next_fire_time(None, moment) == next_after(hourly, moment)
    later = moment + timedelta(hours=5)
    assert Trigger([hourly]).get_next_fire_time(later, moment) == next_after(hourly, later)


def test_a_job_without_a_schedule_looks_again_after_a_while():
    moment = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert Trigger([]).get_next_fire_time(None, moment) == moment + LOOK_AGAIN
    assert timedelta() < LOOK_AGAIN <= timedelta(minutes=10)


def test_a_job_starts_at_its_first_moment_and_then_follows_its_schedules(timetable: Timetable):
    started = threading.Event()
    before = datetime.now(UTC)
    timetable.put("reeds", started.set, [HOURLY, DAILY], before)
    assert started.wait(TIMEOUT)
    upcoming = timetable.next_of("reeds")
    assert upcoming is not None
    assert before <= upcoming <= datetime.now(UTC) + timedelta(hours=1)


def test_a_subject_has_one_job_the_one_put_in_last(timetable: Timetable):
    timetable.put("reeds", lambda: None, [DAILY], FAR)
    timetable.put("reeds", lambda: None, [DAILY], FAR + timedelta(days=1))
    assert timetable.next_of("reeds") == FAR + timedelta(days=1)


def test_a_job_can_be_moved_and_one_that_is_gone_is_no_error(timetable: Timetable):
    timetable.put("reeds", lambda: None, [DAILY], FAR)
    timetable.move("reeds", FAR - timedelta(days=3))
    timetable.move("fens", FAR)
    assert timetable.next_of("reeds") == FAR - timedelta(days=3)
    assert timetable.next_of("fens") is None


def test_keep_only_leaves_what_has_no_place_in_the_timetable_to_run(timetable: Timetable):
    ended, go = threading.Event(), threading.Event()
    timetable.put("reeds", lambda: None, [DAILY], FAR)
    timetable.put("fens", lambda: None, [DAILY], FAR)
    timetable.once(lambda: ended.set() if go.wait(TIMEOUT) else None)
    timetable.keep_only({"reeds"})
    go.set()
    assert ended.wait(TIMEOUT)
    assert timetable.next_of("reeds") == FAR
    assert timetable.next_of("fens") is None


def test_end_waits_for_the_job_at_work():
    timetable, begun, go, ended = Timetable(1), threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go.wait(TIMEOUT)
        ended.set()

    timetable.start()
    timetable.once(work)
    assert begun.wait(TIMEOUT)
    threading.Timer(0.05, go.set).start()
    timetable.end()
    assert ended.is_set()
