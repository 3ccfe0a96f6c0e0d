"""Schedules: cron expressions with cron's own meaning, in a time zone. Pure.

If both day of month and day of week are given, either one is enough. 0 and 7 are Sunday. Clock changes are handled as
in Debian's cron: a fixed time that the clock skips comes right after the change, a fixed time that the clock shows
twice comes only the first time, and "every n minutes" or "every n hours" counts the time that really passes.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from msgspec import Struct

NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
# The fields of an expression, each with its largest value and its largest step. `*/60` is once an hour, as in cron.
_FIELDS = (("minute", 59, 60), ("hour", 23, 24), ("day of month", 31, 31), ("month", 12, 12), ("day of week", 7, 7))
_NUMBER = re.compile(r"(?P<step>/)?(?<![0-9#])0*(?P<digits>[0-9]+)")  # `5#2` is the second Friday
_ORDINAL = re.compile(r"\b([0-9]+)th\b")
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
WRONG_CLOCK = timedelta(days=31)  # what was done longer than this after now was dated by a clock that was wrong


class Schedule(Struct, frozen=True, kw_only=True):
    """Recurring moments. Each is delayed by `delay` seconds, so that not all sources start at once."""

    expression: str
    zone: str  # IANA name
    delay: int = 0


@lru_cache(maxsize=1024)
def check(expression: str) -> None:
    """Raises `ValueError` with the reason if the expression is not a schedule."""
    fields = NICKNAMES.get(expression, expression)
    if len(fields.split()) != 5:
        near = get_close_matches(expression, NICKNAMES, n=1)
        raise ValueError(f"did you mean {near[0]}?" if near else "there must be five fields")
    _check_numbers(fields.split())
    try:
        next(CronSim(fields, datetime(2000, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise ValueError(str(error) or "it never comes") from None


def _check_numbers(fields: list[str]) -> None:
    """cronsim does not name the limit of a value, and takes `*/90` for `*/60`."""
    for (name, largest, largest_step), field in zip(_FIELDS, fields, strict=True):
        for number in _NUMBER.finditer(field):
            limit = largest_step if number["step"] else largest
            if len(number["digits"]) > 2 or int(number["digits"]) > limit:
                raise ValueError(f"the largest {f'step of the {name}' if number['step'] else name} is {limit}")


def next_after(schedule: Schedule, moment: datetime) -> datetime:
    """The first moment of the schedule after this one, in UTC."""
    delay = timedelta(seconds=schedule.delay)
    return _next(schedule.expression, schedule.zone, moment.astimezone(UTC) - delay) + delay


def _next(expression: str, zone: str, after: datetime) -> datetime:
    """As `_next_after_minute`: a schedule names whole minutes, and what is after one second of a minute is after all.

    Some clocks were off by seconds until 1972.
    """
    minute = after.replace(second=0, microsecond=0) if after.year > 1972 else after
    return _next_after_minute(expression, zone, minute)


@lru_cache(maxsize=16_384)  # ten thousand sources have few schedules, and were harvested in few minutes
def _next_after_minute(expression: str, zone: str, after: datetime) -> datetime:
    fields = NICKNAMES.get(expression, expression)
    find = _next_fixed if _is_fixed(fields) else _next_interval
    return find(fields, ZoneInfo(zone), after)


def _is_fixed(fields: str) -> bool:
    """Whether the schedule names times of the day, and not "every n minutes" or "every n hours", as cron decides it."""
    return not any(field.startswith("*") for field in fields.split()[:2])


def _next_fixed(fields: str, zone: ZoneInfo, after: datetime) -> datetime:
    moments = (local.astimezone(UTC) for local in CronSim(fields, after.astimezone(zone)))
    return next(moment for moment in moments if moment > after)


def _next_interval(fields: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The next moment, with cronsim run for one offset at a time: it steps by hours and misses half-hour changes."""
    after = after.replace(microsecond=0)
    offset = _offset(zone, after)
    while True:
        moment: datetime = next(CronSim(fields, after + offset)) - offset
        change = _change(zone, offset, after, moment)
        if change is None:
            return moment
        after, offset = change - _SECOND, _offset(zone, change)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _change(zone: ZoneInfo, offset: timedelta, after: datetime, until: datetime) -> datetime | None:
    """The first moment after `after`, up to `until`, with another offset; `None` if there is none."""
    same = after + _SECOND
    other = same
    while _offset(zone, other) == offset:
        if other == until:
            return None
        same, other = other, min(other + _DAY, until)
    while other - same > _SECOND:
        middle = (same + (other - same) / 2).replace(microsecond=0)
        same, other = (middle, other) if _offset(zone, middle) == offset else (same, middle)
    return other


def due_since(schedule: Schedule, last: datetime | None, now: datetime) -> datetime | None:
    """Since when something is due that was done at `last`; `None` if it is not. If never done, it is due now.

    So is what was done in the far future: a clock that was wrong by years must not stop the work for years.
    """
    if last is None or last - now > WRONG_CLOCK:
        return now
    first = next_after(schedule, last)
    return first if first <= now else None


def delay_of(name: str, jitter: int) -> int:
    """From 0 to `jitter` seconds, always the same for the same name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % (jitter + 1)


def in_words(expression: str) -> str:
    """The expression in English words."""
    words: str = CronSim(NICKNAMES.get(expression, expression), datetime(2000, 1, 1, tzinfo=UTC)).explain()
    return _ORDINAL.sub(lambda match: _ordinal(int(match[1])), words[:1].lower() + words[1:])


def _ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`: cronsim writes `31th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
