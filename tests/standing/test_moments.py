from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from harvester.standing.moments import local_time, next_time
from tests.standing.test_due import NOON
from tests.standing.test_incidents import MADRID, OVERDUE_TASK


def test_moment_is_shown_in_the_time_zone_of_the_configuration():
    assert local_time(NOON, MADRID) == "2026-11-24 13:00 Europe/Madrid"
    assert local_time(NOON, "UTC") == "2026-11-24 12:00 UTC"


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (None, "2026-11-25 13:00 Europe/Madrid"),
        (NOON, "now"),
        (NOON - timedelta(hours=1), "now, due since 2026-11-24 12:00 Europe/Madrid"),
    ],
)
def test_next_time_of_a_task(due, words):
    assert next_time(replace(OVERDUE_TASK, due=due), NOON, MADRID) == words


def test_task_without_a_schedule_has_no_next_time():
    assert next_time(None, NOON, MADRID) == "no schedule"
