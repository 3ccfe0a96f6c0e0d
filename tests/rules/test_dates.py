import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.model import Policy, PubDate
from harvester.rules import dates
from tests.rules.samples import article


@pytest.mark.parametrize(
    ("ahead", "today", "come"),
    [
        ("2027", "2026-12-30", False),
        ("2027", "2026-12-31", True),
        ("2027-03", "2027-02-27", False),
        ("2027-03", "2027-02-28", True),
        ("2027-31", "2026-12-31", True),  # a quarter: nothing says which months, so the year decides
        ("2027-03-02", "2027-02-28", False),
        ("2027-03-02", "2027-03-01", True),
        ("2027-03-02", "2030-01-01", True),
    ],
)
def test_a_date_has_come_on_the_day_before_in_utc(ahead, today, come):
    assert dates.has_come(ahead, today) == come


@given(st.dates(), st.dates())
def test_a_date_is_in_the_future_until_it_has_come(day, today):
    if today.year == 9999:
        return
    sample = article(dates=(PubDate(year=day.year, month=day.month, day=day.day),))
    findings = list(dates.publication_is_past(sample, Policy(today=today.isoformat())))
    assert [dates.has_come(finding.value, today.isoformat()) for finding in findings] == [False] * len(findings)
    if not findings:
        assert dates.has_come(dates.format_date(sample.dates[0]), today.isoformat())


def test_the_issue_may_be_dated_next_year():
    found = [
        [finding.path for finding in dates.publication_is_past(article(issue_year=year), Policy(today="2026-11-24"))]
        for year in (None, 2019, 2027, 2028, 2109)
    ]
    assert found == [[], [], [], ["issue_year"], ["issue_year"]]
