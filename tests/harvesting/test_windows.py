from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.datestamps import parse_utc
from harvester.harvesting.windows import ignores_dates, in_granularity_of, parts_for, requested, spread
from harvester.model import RawRecord, Window

WHOLE = Window(prefix="oai_dc", set_spec="a")


def bounds(windows: tuple[Window, ...]) -> list[tuple[str | None, str | None]]:
    return [(window.since, window.until) for window in windows]


def test_one_for_the_whole_repository_or_one_for_each_set():
    assert requested("oai_dc", ()) == (Window(prefix="oai_dc"),)
    asked = requested("jats", ("a", "b:c"), "2024-01-01")
    assert [(w.set_spec, w.since) for w in asked] == [("a", "2024-01-01"), ("b:c", "2024-01-01")]


class TestSpread:
    def test_an_open_list_stays_open_at_both_ends(self):
        parts = spread(WHOLE, 3, "2024-01-01", "2024-01-31T10:00:00Z", "day")
        assert bounds(parts) == [(None, "2024-01-11"), ("2024-01-11", "2024-01-21"), ("2024-01-21", None)]
        assert {part.set_spec for part in parts} == {"a"}

    def test_a_window_of_a_day_is_not_cut(self):
        window = Window(prefix="oai_dc", since="2024-01-01", until="2024-01-02")
        assert spread(window, 2, "", "", "day") == (window,)

    def test_a_list_that_calls_itself_endless_is_cut_into_days(self):
        parts = spread(WHOLE, 10**17, "2024-01-01", "2024-01-04T10:00:00Z", "day")
        assert bounds(parts) == [(None, "2024-01-02"), ("2024-01-02", "2024-01-03"), ("2024-01-03", None)]

    @pytest.mark.parametrize("earliest", ["", "2025-06-01", "no date", "0001-01-01T00:00:00Z"])
    def test_an_earliest_datestamp_that_says_nothing_is_not_believed(self, earliest):
        assert len(spread(WHOLE, 4, earliest, "2025-06-01", "second")) == 4

    moments = st.datetimes(datetime(1995, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))

    @given(
        st.lists(moments, min_size=2, max_size=2, unique=True), st.integers(2, 70), st.sampled_from(["day", "second"])
    )
    def test_the_parts_meet_and_are_smaller_and_together_the_whole(self, ends, parts, granularity):
        since, until = (f"{moment:%Y-%m-%d}" for moment in sorted(ends))
        window = Window(prefix="oai_dc", since=since, until=until)
        made = spread(window, parts, "", "", granularity)
        assert len(made) <= parts
        assert (made[0].since, made[-1].until) == (since, until)
        for one, next_one in pairwise(made):
            assert one.until == next_one.since
        days = [parse_utc(part.until or "") - parse_utc(part.since or "") for part in made]  # type: ignore[operator]
        assert len(made) == 1 or all(timedelta(0) < span for span in days)


class TestWanted:
    @pytest.mark.parametrize(
        ("size", "target", "parallel", "page", "parts"),
        [
            (500, 2000, 1, 100, 1),
            (2001, 2000, 1, 100, 2),
            (100_000, 2000, 1, 100, 50),
            (100_000, 0, 4, 100, 1),
            (100, 10, 1, 100, 1),  # the first page was nearly all
            (2000, 2000, 4, 100, 8),
            (12_800, 10_000, 4, 100, 16),
            (400_000, 10_000, 4, 100, 40),
            (1000, 2000, 4, 100, 1),
        ],
    )
    def test_windows_are_made_where_they_pay(self, size, target, parallel, page, parts):
        assert parts_for(size, target, parallel, page) == parts


class TestInForm:
    def test_dates_change_their_form_and_keep_their_days(self):
        by_day = Window(prefix="oai_dc", since="2024-01-01", until="2024-01-31")
        by_second = Window(prefix="oai_dc", since="2024-01-01T00:00:00Z", until="2024-01-31T23:59:59Z")
        assert in_granularity_of(by_day, "second") == by_second
        assert in_granularity_of(by_second, "day") == by_day
        assert in_granularity_of(WHOLE, "day") == WHOLE


class TestIgnored:
    window = Window(prefix="oai_dc", since="2024-01-10", until="2024-01-20")

    @pytest.mark.parametrize(
        ("stamps", "outside"),
        [
            (["2024-01-15"], False),
            (["2024-01-09T12:00:00Z"], False),  # by less than a day
            (["2023-01-01", "2025-01-01T10:00:00Z"], True),
            (["2023-01-01", "2024-01-15"], False),
            (["nonsense"], False),
            ([], False),
        ],
    )
    def test_dates_are_not_heeded_when_all_records_lie_outside(self, stamps, outside):
        records = [RawRecord(identifier=stamp, datestamp=stamp) for stamp in stamps]
        assert ignores_dates(self.window, records) is outside
        assert ignores_dates(WHOLE, records) is False
