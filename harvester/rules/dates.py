"""Dates: the article has a publication date that is not in the future, and all days exist in the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from harvester.model import Article, Finding, Policy, PubDate
from harvester.rules.rule import Rule

FUTURE_CODES = ("date-in-future", "date-ahead")  # the findings that end when their date is reached
# What Unix, databases and spreadsheets write for an empty date, with the years of the issues that may have it.
_EMPTY_DATES = {
    "1969-12-31": (1969, 1970),
    "1970-01-01": (1969, 1970),
    "1899-12-30": (1899, 1900),
    "1900-01-01": (1899, 1900, None),  # without an issue, also a year of which only the number is known
}
_FIRST_SEASON = 21  # Crossref's months above 12 are seasons and quarters


def has_a_publication_date(article: Article, _: Policy) -> Iterator[Finding]:
    if not article.dates:
        yield Finding("date-missing", "dates")


def days_are_in_the_calendar(article: Article, _: Policy) -> Iterator[Finding]:
    """The schema accepts 31 February, and Crossref would then publish it."""
    for path, pub_date in _dates(article):
        if pub_date.day and not _exists(pub_date.year, pub_date.month or 0, pub_date.day):
            yield Finding("date-impossible", path, format_date(pub_date))
    for path, day in _days(article):
        if not _is_day(day):
            yield Finding("date-impossible", path, day)


def dates_were_entered(article: Article, _: Policy) -> Iterator[Finding]:
    """An empty date becomes the first day of 1970, the day before, or of 1900, as spreadsheets count."""
    for number, pub_date in enumerate(article.dates):
        written = format_date(pub_date)
        if written in _EMPTY_DATES and article.issue_year not in _EMPTY_DATES[written]:
            yield Finding("date-of-empty-field", f"dates[{number}]", written)


def publication_is_past(article: Article, policy: Policy) -> Iterator[Finding]:
    """Once the article is published online, the date of its printed issue may be in the future."""
    latest = _tomorrow(policy.today)
    ahead = [number for number, pub_date in enumerate(article.dates) if _earliest(pub_date) > latest]
    for number in ahead:
        pub_date = article.dates[number]
        if len(ahead) < len(article.dates):
            yield Finding(
                "date-ahead", f"dates[{number}]", format_date(pub_date), {"medium": pub_date.medium or "other"}
            )
        else:
            yield Finding("date-in-future", f"dates[{number}]", format_date(pub_date))
    if article.issue_year and article.issue_year > latest[0] + 1:  # next year's first issue is often online by autumn
        yield Finding("date-in-future", "issue_year", str(article.issue_year))


def _dates(article: Article) -> Iterator[tuple[str, PubDate]]:
    for number, pub_date in enumerate(article.dates):
        yield f"dates[{number}]", pub_date
    if article.accepted:
        yield "accepted", article.accepted


def _days(article: Article) -> Iterator[tuple[str, str]]:
    for number, license in enumerate(article.licenses):
        if license.start_date:
            yield f"licenses[{number}].start_date", license.start_date
    for number, relation in enumerate(article.relations):
        if relation.date:
            yield f"relations[{number}].date", relation.date


def format_date(pub_date: PubDate) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    return "-".join(f"{part:02}" for part in (pub_date.year, pub_date.month, pub_date.day) if part)


def has_come(ahead: str, today: str) -> bool:
    """Whether the date `ahead`, as a finding shows it, is no longer in the future on the day `today` (YYYY-MM-DD)."""
    year, *rest = map(int, ahead.split("-"))
    month, day = (*rest, None, None)[:2]
    return _earliest(PubDate(year=year, month=month, day=day)) <= _tomorrow(today)


def _earliest(pub_date: PubDate) -> tuple[int, int, int]:
    month = pub_date.month if pub_date.month and pub_date.month < _FIRST_SEASON else 1
    return pub_date.year, month, pub_date.day or 1


@lru_cache(16)
def _tomorrow(today: str) -> tuple[int, int, int]:
    """The day after `today`: a tolerance of one day, because `today` is in UTC, and in Auckland it may be tomorrow."""
    day = date.fromisoformat(today) + timedelta(days=1)
    return day.year, day.month, day.day


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@lru_cache(1024)
def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


RULES: tuple[Rule, ...] = (has_a_publication_date, days_are_in_the_calendar, dates_were_entered, publication_is_past)
