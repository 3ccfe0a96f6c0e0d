"""Schedules over five whole years in each zone, every minute of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harvester.config.schedule import Schedule, next_after
from tests.cron import ZONES, Cron, moments

BEGIN, END = datetime(2022, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
DAYS, MONTHS, WEEK = frozenset(range(1, 32)), frozenset(range(1, 13)), frozenset(range(7))
EVERY = frozenset(range(24))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "cron",
    [
        Cron("30 2 * * *", frozenset((30,)), frozenset((2,)), DAYS, MONTHS, WEEK),
        Cron("10 0 1 * 7", frozenset((10,)), frozenset((0,)), frozenset((1,)), MONTHS, frozenset((0,))),
        Cron("*/20 */2 * * *", frozenset((0, 20, 40)), frozenset(range(0, 24, 2)), DAYS, MONTHS, WEEK),
        Cron("15 * * * 1-5", frozenset((15,)), EVERY, DAYS, MONTHS, frozenset(range(1, 6))),
    ],
    ids=lambda cron: cron.text,
)
def test_schedule_agrees_with_an_enumeration_over_five_years(cron: Cron, zone: str) -> None:
    schedule, at = Schedule(expression=cron.text, zone=zone), BEGIN - timedelta(minutes=1)
    for expected in moments(cron, zone, BEGIN, END):
        at = next_after(schedule, at)
        assert at == expected
