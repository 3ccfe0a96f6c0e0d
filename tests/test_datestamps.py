"""Reading and writing datestamps of OAI-PMH."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.datestamps import in_granularity, parse_utc


@pytest.mark.parametrize(
    ("datestamp", "moment"),
    [
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        (" 2024-05-01T10:00:00Z ", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T10:00:00.25Z", datetime(2024, 5, 1, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2024-05-01T10:00:00+02:00", datetime(2024, 5, 1, 8, tzinfo=UTC)),
    ],
)
def test_datestamps_with_and_without_time_fraction_and_offset_are_read(datestamp, moment):
    assert parse_utc(datestamp) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "0001-01-01T00:00:00Z", "9999-12-31"])
def test_anything_else_is_not_a_datestamp(text):
    assert parse_utc(text) is None


def test_year_is_written_with_four_digits():
    assert in_granularity(datetime(800, 12, 24, tzinfo=UTC), "day") == "0800-12-24"


@given(
    st.datetimes(min_value=datetime(2, 1, 2), max_value=datetime(9998, 12, 30)),
    st.integers(min_value=-12, max_value=14),
)
def test_written_datestamp_is_read_as_the_same_second(moment, offset):
    local = moment.replace(tzinfo=timezone(timedelta(hours=offset)))
    assert parse_utc(in_granularity(local, "second")) == local.replace(microsecond=0)
