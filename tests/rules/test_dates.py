"""Dates: a publication date that is not in the future, and days that exist in the calendar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.model import License, Policy, PubDate, Relation
from harvester.rules import dates
from tests.rules.samples import article, findings_of


def dated(*dates):
    return article(dates=tuple(PubDate(**date) for date in dates))


def licensed(day):
    return article(licenses=(License(url="https://l.example", start_date=day),))


def updated(day):
    return article(relations=(Relation(kind="hasReview", target="10.5555/1", date=day),))


TODAY = {"year": 2025, "month": 6, "day": 15}
BAD = [
    ("date-missing", "dates", article(dates=())),
    ("date-impossible", "dates[0]", dated({"year": 2021, "month": 2, "day": 31})),
    ("date-impossible", "dates[0]", dated({"year": 2021, "day": 1})),
    ("date-impossible", "dates[0]", dated({"year": 2021, "month": 21, "day": 1})),
    ("date-impossible", "dates[1]", dated(TODAY, {"year": 2021, "month": 4, "day": 31})),
    ("date-impossible", "accepted", article(accepted=PubDate(year=2023, month=2, day=29))),
    ("date-impossible", "licenses[0].start_date", licensed("2021-02-30")),
    ("date-impossible", "licenses[0].start_date", licensed("20210228")),
    ("date-impossible", "relations[0].date", updated("2021-19-39")),
    ("date-of-empty-field", "dates[0]", dated({"year": 1970, "month": 1, "day": 1})),
    ("date-of-empty-field", "dates[0]", dated({"year": 1969, "month": 12, "day": 31})),
    ("date-of-empty-field", "dates[1]", dated(TODAY, {"year": 1970, "month": 1, "day": 1, "medium": "online"})),
    ("date-of-empty-field", "dates[0]", dated({"year": 1899, "month": 12, "day": 30})),
    ("date-of-empty-field", "dates[0]", article(issue_year=2019, dates=(PubDate(year=1900, month=1, day=1),))),
    ("date-in-future", "dates[0]", dated({"year": 2025, "month": 6, "day": 17})),
    ("date-in-future", "dates[0]", dated({"year": 2025, "month": 7})),
    ("date-in-future", "dates[0]", dated({"year": 2026})),
    ("date-in-future", "dates[0]", dated({"year": 2026, "month": 31})),
    ("date-in-future", "issue_year", article(issue_year=2027)),
    ("date-ahead", "dates[1]", dated({"year": 2025}, {"year": 2025, "month": 9, "medium": "print"})),
]
GOOD = [
    dated(TODAY),
    dated({"year": 1970}),
    dated({"year": 1970, "month": 1}),
    dated({"year": 1970, "month": 1, "day": 2}),
    article(issue_year=1970, dates=(PubDate(year=1970, month=1, day=1),)),
    dated({"year": 1900, "month": 1, "day": 1}),  # perhaps only the year is known
    article(issue_year=1900, dates=(PubDate(year=1900, month=1, day=1),)),
    dated(TODAY | {"day": 16}),  # tomorrow: in Auckland it may already be that day
    dated({"year": 2024, "month": 2, "day": 29}),
    dated({"year": 2025, "month": 24}),  # a season: its months are unknown
    dated({"year": 2025, "month": 6}),
    article(accepted=PubDate(year=2024, month=2, day=29)),
    article(issue_year=2026),
    licensed("2024-02-29"),
    licensed(None),
    updated("2030-01-01"),  # only the publication must not be in the future
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_bad_date_is_found(code, path, faulty):
    assert findings_of(dates.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_a_date_that_only_looks_bad_passes(good):
    assert findings_of(dates.RULES, good) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"year": 2021}, "2021"),
        ({"year": 2021, "month": 3}, "2021-03"),
        ({"year": 2021, "month": 3, "day": 9}, "2021-03-09"),
        ({"year": 987, "month": 24}, "987-24"),
    ],
)
def test_a_date_is_formatted_as_far_as_it_is_known(fields, text):
    assert dates.format_date(PubDate(**fields)) == text


def test_the_finding_shows_the_medium_of_a_future_date():
    ahead = dated(TODAY, {"year": 2026, "medium": "print"}, {"year": 2027})
    findings = dates.publication_is_past(ahead, Policy(today="2025-06-15"))
    assert [(finding.value, finding.detail) for finding in findings] == [
        ("2026", {"medium": "print"}),
        ("2027", {"medium": "other"}),
    ]


@pytest.mark.parametrize(
    ("ahead", "today", "come"),
    [
        ("2027", "2026-12-30", False),
        ("2027", "2026-12-31", True),
        ("2027-03", "2027-02-27", False),
        ("2027-03", "2027-02-28", True),
        ("2027-31", "2026-12-31", True),  # a quarter: its months are unknown, so the year decides
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
    paths = [
        [finding.path for finding in dates.publication_is_past(article(issue_year=year), Policy(today="2026-11-24"))]
        for year in (None, 2019, 2027, 2028, 2109)
    ]
    assert paths == [[], [], [], ["issue_year"], ["issue_year"]]
