"""Numbers that take long are counted once in five minutes."""

from __future__ import annotations

from datetime import timedelta

from harvester.web.remembered import Counted, Remembered
from tests.store.samples import NOW


def test_what_takes_long_is_counted_once_in_five_minutes():
    numbers = iter(range(9))
    remembered = Remembered(slow=0)
    assert remembered.get("a", lambda: next(numbers), NOW) == Counted(0)
    assert remembered.get("a", lambda: next(numbers), NOW + timedelta(seconds=299)) == Counted(0, NOW)
    assert remembered.get("b", lambda: next(numbers), NOW) == Counted(1)
    assert remembered.get("a", lambda: next(numbers), NOW + timedelta(seconds=301)) == Counted(2)


def test_what_could_not_be_counted_is_tried_again_after_a_minute():
    remembered = Remembered(slow=0)
    assert remembered.get("a", lambda: None, NOW).value is None
    assert remembered.get("a", lambda: 1, NOW + timedelta(seconds=59)).value is None
    assert remembered.get("a", lambda: 1, NOW + timedelta(seconds=61)).value == 1


def test_what_is_counted_soon_is_always_as_it_is_now():
    numbers = iter(range(9))
    remembered = Remembered(slow=60)
    assert [remembered.get("a", lambda: next(numbers), NOW).value for _ in range(3)] == [0, 1, 2]


def test_few_numbers_are_kept():
    remembered = Remembered(slow=0)
    for number in range(2000):
        remembered.get(number, lambda: 1, NOW)
    assert len(remembered._kept) <= 500
