"""Passwords cannot be guessed by trying."""

from datetime import UTC, datetime, timedelta

import pytest

from harvester.web.access.tries import DAY, HOUR, IN_ALL, PER_ADDRESS, Tries

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tries(clock):
    return Tries(clock)


def fail(tries, address, times):
    for _ in range(times):
        tries.failed(address)


def test_one_address_waits_for_an_hour(tries, clock):
    fail(tries, "192.0.2.1", PER_ADDRESS - 1)
    assert tries.next_allowed("192.0.2.1") is None
    fail(tries, "192.0.2.1", 1)
    assert tries.next_allowed("192.0.2.1") == START + HOUR
    assert tries.next_allowed("192.0.2.2") is None
    clock.now = START + HOUR
    assert tries.next_allowed("192.0.2.1") is None


def test_many_addresses_wait_for_a_day(tries, clock):
    for number in range(IN_ALL):
        clock.now += timedelta(minutes=1)
        tries.failed(f"192.0.2.{number}")
    assert tries.next_allowed("198.51.100.1") == START + timedelta(minutes=1) + DAY
    clock.now = START + timedelta(minutes=1) + DAY
    assert tries.next_allowed("198.51.100.1") is None


def test_who_has_logged_in_is_not_locked_out_by_others(tries):
    tries.succeeded("203.0.113.5")
    for number in range(IN_ALL):
        tries.failed(f"192.0.2.{number}")
    assert tries.next_allowed("203.0.113.5") is None
    fail(tries, "203.0.113.5", PER_ADDRESS)
    assert tries.next_allowed("203.0.113.5") is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8::1", "2001:db8::ffff:2"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix", "unix"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_addresses_of_one_client_are_one(tries, one, other):
    fail(tries, one, PER_ADDRESS)
    assert tries.next_allowed(other) is not None


def test_neighbours_are_not_one(tries):
    fail(tries, "2001:db8:0:1::1", PER_ADDRESS)
    assert tries.next_allowed("2001:db8:0:2::1") is None
