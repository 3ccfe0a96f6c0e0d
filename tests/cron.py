"""Cron without a library: expressions as sets of numbers, and all their moments, found minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Zones that change at two, at midnight, by half an hour, and not at all.
ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Antarctica/Troll",  # two hours
    "Antarctica/Casey",  # three hours, at times
    "Asia/Kolkata",
)


@dataclass(frozen=True)
class Cron:
    """An expression and the meaning of its fields, which is known because both were drawn together."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday

    @property
    def fixed(self) -> bool:
        """Whether it names times of the day, for which cron follows the wall clock."""
        minute, hour = self.text.split()[:2]
        return not minute.startswith("*") and not hour.startswith("*")

    def matches(self, local: datetime) -> bool:
        in_month = local.day in self.days
        in_week = local.isoweekday() % 7 in self.weekdays
        _, _, day, _, weekday = self.text.split()
        both = day.startswith("*") or weekday.startswith("*")
        return (
            local.minute in self.minutes
            and local.hour in self.hours
            and local.month in self.months
            and (in_month and in_week if both else in_month or in_week)
        )


def moments(cron: Cron, zone: str, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Every moment from `begin` up to `end`, both whole minutes in UTC."""
    tz = ZoneInfo(zone)
    at, before = begin, (begin - MINUTE).astimezone(tz)
    while at < end:
        local = at.astimezone(tz)
        shown = _shown_since(before, local) if cron.fixed else (local,)
        if any(map(cron.matches, shown)):
            yield at
        at, before = at + MINUTE, local


def _shown_since(before: datetime, local: datetime) -> Iterator[datetime]:
    """The times that the wall clock reached with this minute: with the skipped ones, without those shown before."""
    if local.fold:
        return
    shown = before.replace(tzinfo=None, fold=0) + MINUTE
    last = local.replace(tzinfo=None)
    yield from (shown + n * MINUTE for n in range(max(0, int((last - shown) / MINUTE))))
    yield last


def changes(zone: str, first: int, last: int) -> list[datetime]:
    """The clock changes in the years from `first` up to `last`, which is left out, to the hour; one a day at most."""
    tz = ZoneInfo(zone)
    begin, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    days = [day for day in _every(DAY, begin, end) if _changed(day, DAY, tz)]
    return [hour for day in days for hour in _every(HOUR, day - DAY, day) if _changed(hour, HOUR, tz)]


def _every(span: timedelta, begin: datetime, end: datetime) -> list[datetime]:
    """The ends of the spans between two moments."""
    return [begin + n * span for n in range(1, (end - begin) // span + 1)]


def _changed(moment: datetime, span: timedelta, tz: ZoneInfo) -> bool:
    """Whether the clock was another one a span before."""
    return moment.astimezone(tz).utcoffset() != (moment - span).astimezone(tz).utcoffset()


# ---------------------------------------------------------------------------------------- drawing expressions


def _field(low: int, high: int) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    number = st.integers(low, high)
    everything = frozenset(range(low, high + 1))
    step = st.integers(1, high)
    span = st.tuples(number, number).map(sorted)
    return st.one_of(
        st.just(("*", everything)),
        step.map(lambda n: (f"*/{n}", frozenset(range(low, high + 1, n)))),
        number.map(lambda n: (str(n), frozenset((n,)))),
        st.sets(number, min_size=2, max_size=4).map(lambda ns: (",".join(map(str, sorted(ns))), frozenset(ns))),
        span.map(lambda s: (f"{s[0]}-{s[1]}", frozenset(range(s[0], s[1] + 1)))),
        st.tuples(span.filter(lambda s: s[0] < s[1]), step).map(
            lambda s: (f"{s[0][0]}-{s[0][1]}/{s[1]}", frozenset(range(s[0][0], s[0][1] + 1, s[1])))
        ),
    )


def crons() -> st.SearchStrategy[Cron]:
    """Expressions of every form. Most of them come every day, because one with all fields would hardly ever come."""
    seldom = st.one_of(st.just(("*", frozenset(range(1, 13)))), _field(1, 12))
    days = st.one_of(st.just(("*", frozenset(range(1, 32)))), _field(1, 31))
    weekdays = _field(0, 7).map(lambda field: (field[0], frozenset(n % 7 for n in field[1])))
    weekdays = st.one_of(st.just(("*", frozenset(range(7)))), weekdays)
    days = days.filter(lambda field: min(field[1]) < 29)  # every month has such a day
    return st.tuples(_field(0, 59), _field(0, 23), days, seldom, weekdays).map(
        lambda fields: Cron(" ".join(text for text, _ in fields), *(meaning for _, meaning in fields))
    )
