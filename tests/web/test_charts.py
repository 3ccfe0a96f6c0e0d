from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from harvester.markup import tag
from harvester.store import MonthOfRuns
from harvester.web import charts
from harvester.web.addresses import routes
from harvester.web.asked import Context
from harvester.web.charts import Bar, months, show, weeks
from harvester.web.links import Links
from tests.store.samples import NOW

CONTEXT = Context(links=Links(routes().bind("localhost"), "home"), now=NOW)
TODAY = date(2025, 3, 1)  # a Saturday


def shown(bars: tuple[Bar, ...]) -> Any:
    chart = show(bars, CONTEXT, span="Month", columns=("New", "Changed", "Deleted", "New so far"), caption="Records")
    return html.fragment_fromstring(str(tag("div", chart)))


def test_month_is_above_what_was_new_before():
    found = (MonthOfRuns(month="2024-12", new=5, deleted=1), MonthOfRuns(month="2025-02", new=2, changed=3))
    assert months(found, TODAY)[-4:] == (
        Bar(name="2024-12", number=5, more=(0, 1)),
        Bar(name="2025-01", number=0, below=5, more=(0, 0)),
        Bar(name="2025-02", number=2, below=5, more=(3, 0)),
        Bar(name="2025-03", number=0, below=7, more=(0, 0)),
    )


def test_only_the_newest_months_are_shown_with_all_that_came_before():
    bars = months((MonthOfRuns(month="2001-01", new=9), MonthOfRuns(month="2025-03", new=1)), TODAY)
    assert len(bars) == charts.MONTHS
    assert bars[0].below == 9
    assert bars[-1].top == 10


def test_weeks_begin_on_monday_and_have_no_gaps():
    bars = weeks({date(2025, 2, 3): 1, date(2025, 2, 9): 2, date(2025, 2, 17): 4}, TODAY)
    assert len(bars) == charts.WEEKS
    assert {bar.number for bar in bars[:-4]} == {0}
    assert [(bar.name, bar.number) for bar in bars[-4:]] == [
        ("2025-02-03", 3),
        ("2025-02-10", 0),
        ("2025-02-17", 4),
        ("2025-02-24", 0),
    ]


def test_nothing_has_no_bars():
    assert months((), TODAY) == ()
    assert weeks({}, TODAY) == ()


def test_file_of_tomorrow_is_shown_too():
    assert weeks({date(2025, 3, 10): 4}, TODAY)[-1] == Bar(name="2025-03-10", number=4)


def test_numbers_are_a_table_too():
    page = shown(months((MonthOfRuns(month="2025-02", new=1200, changed=3),), TODAY))
    rows = [[cell.text_content() for cell in row] for row in page.xpath(".//tbody/tr")]
    assert len(rows) == 12
    assert rows[:2] == [["2025-03", "0", "0", "0", "1,200"], ["2025-02", "1,200", "3", "0", "1,200"]]
    assert page.xpath("string(.//p)") == "Highest: 1,200"


@pytest.mark.parametrize("numbers", [(0, 0), (1, 1_000_000)])
def test_number_above_zero_is_seen(numbers: tuple[int, ...]):
    bars = tuple(Bar(name=f"2025-0{month}", number=number, more=(0, 0)) for month, number in enumerate(numbers, 1))
    heights = [float(rect.get("height")) for rect in shown(bars).iter("rect")]
    assert len(heights) == sum(number > 0 for number in numbers)
    assert all(height >= 1 for height in heights)


@given(numbers=st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_no_bar_leaves_the_picture(numbers: list[int]):
    found = [MonthOfRuns(month=f"{2020 + n // 12}-{n % 12 + 1:02}", new=number) for n, number in enumerate(numbers)]
    last = len(numbers) - 1
    bars = months(found, date(2020 + last // 12, last % 12 + 1, 1))
    assert bars[-1].top == sum(numbers)
    for rect in shown(bars).iter("rect"):
        assert float(rect.get("y")) >= 0
        assert float(rect.get("y")) + float(rect.get("height")) <= 60.1
