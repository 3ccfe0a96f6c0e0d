"""Dates: one of publication there must be, each must be in the calendar, and publication must have come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from harvester.model import Article, Finding, Policy, PubDate
from harvester.rules.rule import Rule

AHEAD = ("date-in-future", "date-ahead")  # the findings that a day of the calendar ends
_FIRST_SEASON = 21  # Crossref's months above 12 are seasons and quarters


def has_a_publication_date(article: Article, _: Policy) -> Iterator[Finding]:
    if not article.dates:
        yield Finding("date-missing", "dates")


def days_are_in_the_calendar(article: Article, _: Policy) -> Iterator[Finding]:
    """31 February passes the schema, and is then what everybody reads."""
    for path, when in _dates(article):
        if when.day and not _exists(when.year, when.month or 0, when.day):
            yield Finding("date-impossible", path, shown(when))
    for path, day in _days(article):
        if not _is_day(day):
            yield Finding("date-impossible", path, day)


def publication_has_come(article: Article, policy: Policy) -> Iterator[Finding]:
    """A printed issue may lie ahead once the article is published online."""
    latest = _tomorrow(policy.today)
    ahead = [number for number, when in enumerate(article.dates) if _earliest(when) > latest]
    for number in ahead:
        when = article.dates[number]
        if len(ahead) < len(article.dates):
            yield Finding("date-ahead", f"dates[{number}]", shown(when), {"medium": when.medium or "other"})
        else:
            yield Finding("date-in-future", f"dates[{number}]", shown(when))
    if article.issue_year and article.issue_year > latest[0] + 1:  # next year's first issue is often online by autumn
        yield Finding("date-in-future", "issue_year", str(article.issue_year))


def _dates(article: Article) -> Iterator[tuple[str, PubDate]]:
    for number, when in enumerate(article.dates):
        yield f"dates[{number}]", when
    if article.accepted:
        yield "accepted", article.accepted


def _days(article: Article) -> Iterator[tuple[str, str]]:
    for number, license in enumerate(article.licenses):
        if license.start_date:
            yield f"licenses[{number}].start_date", license.start_date
    for number, relation in enumerate(article.relations):
        if relation.date:
            yield f"relations[{number}].date", relation.date


def shown(when: PubDate) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    return "-".join(f"{part:02}" for part in (when.year, when.month, when.day) if part)


def has_come(ahead: str, today: str) -> bool:
    """Whether a date that a finding shows to lie ahead lies ahead no more on the day `today` (YYYY-MM-DD)."""
    year, *rest = map(int, ahead.split("-"))
    month, day = (*rest, None, None)[:2]
    return _earliest(PubDate(year=year, month=month, day=day)) <= _tomorrow(today)


def _earliest(when: PubDate) -> tuple[int, int, int]:
    month = when.month if when.month and when.month < _FIRST_SEASON else 1
    return when.year, month, when.day or 1


@lru_cache(16)
def _tomorrow(today: str) -> tuple[int, int, int]:
    """One day of grace: `today` is that of UTC, and in Auckland it is tomorrow already."""
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


RULES: tuple[Rule, ...] = (has_a_publication_date, days_are_in_the_calendar, publication_has_come)
