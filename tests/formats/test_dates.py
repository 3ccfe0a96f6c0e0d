from __future__ import annotations

import pytest

from harvester.formats.dates import is_valid_day, month_number, parse_iso, season_month
from harvester.model import PubDate


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        ("2013", PubDate(year=2013)),
        ("2013-05", PubDate(year=2013, month=5)),
        (" 2013-05-01 ", PubDate(year=2013, month=5, day=1)),
        ("2013-05-01T10:00:00Z", PubDate(year=2013, month=5, day=1)),
        ("2024-02-29T10:00:00+03:00", PubDate(year=2024, month=2, day=29)),
    ],
)
def test_valid_dates(raw, date):
    assert parse_iso(raw) == date


@pytest.mark.parametrize(
    "raw",
    [
        "10000-01-01",
        "12-20-2007",
        "May 2013",
        "2005?",
        "1998-2001",
        "2013-02-30",
        "2013-13",
        "2013-00",
        "",
        "0013",
        "info:eu-repo/date/embargoEnd/2015-01-01",
        "2013-05-01 10:00",
        "٢٠١٣",
    ],
)
def test_other_values_are_not_dates(raw):
    assert parse_iso(raw) is None


def test_months_and_seasons_come_from_a_table():
    assert [month_number(name) for name in ("07", "7", "July", "Sept.", "13", "Juli", "")] == [
        7,
        7,
        7,
        9,
        None,
        None,
        None,
    ]
    names = ("Spring", "fall", "3rd  Quarter", "Q4", "Winter-Spring")
    assert [season_month(name) for name in names] == [21, 23, 33, 34, None]


def test_valid_days_exist_in_the_calendar():
    assert is_valid_day(2024, 2, 29)
    assert not is_valid_day(2023, 2, 29)
    assert not is_valid_day(2023, 21, 1)
