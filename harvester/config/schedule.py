"""When something is due: cron expressions with cron's own meaning, in a time zone; pure.

Day of month and day of week are alternatives where both are given, 0 and 7 are Sunday. On a clock change it is as in
Debian's cron: a fixed time that the clock leaps over comes right after the leap, one that the clock shows twice comes
the first time only, and what is due every so many minutes or hours keeps to the time that really passes.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
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
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
# cronsim counts fixed times on the wall clock: it must set out before a clock change, and none moves by more.
_BACK = timedelta(hours=3)


class Schedule(Struct, frozen=True, kw_only=True):
    """Moments that come again. `late` is by how many seconds each is put off, so that not all sources start at once."""

    expression: str
    zone: str  # IANA name
    late: int = 0


def check(expression: str) -> None:
    """Raises ValueError with the reason where the expression is no schedule."""
    fields = NICKNAMES.get(expression, expression)
    if len(fields.split()) != 5:
        near = get_close_matches(expression, NICKNAMES, n=1)
        raise ValueError(f"did you mean {near[0]}?" if near else "there must be five fields")
    try:
        next(CronSim(fields, datetime(2000, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise ValueError(str(error) or "it never comes") from None


def next_after(schedule: Schedule, moment: datetime) -> datetime:
    """The first moment of the schedule behind this one, in UTC."""
    late = timedelta(seconds=schedule.late)
    after = moment.astimezone(UTC) - late
    fields = NICKNAMES.get(schedule.expression, schedule.expression)
    find = _next_fixed if _is_fixed(fields) else _next_running
    return find(fields, ZoneInfo(schedule.zone), after) + late


def _is_fixed(fields: str) -> bool:
    """Whether the schedule names times of the day, and not only every so many minutes or hours (as cron tells them)."""
    return not any(field.startswith("*") for field in fields.split()[:2])


def _next_fixed(fields: str, zone: ZoneInfo, after: datetime) -> datetime:
    found = (local.astimezone(UTC) for local in CronSim(fields, (after - _BACK).astimezone(zone)))
    return next(moment for moment in found if moment > after)


def _next_running(fields: str, zone: ZoneInfo, after: datetime) -> datetime:
    """cronsim steps by whole hours, which misses changes by half an hour: it is asked for one offset at a time."""
    after = after.replace(microsecond=0)
    offset = _offset(zone, after)
    while True:
        found: datetime = next(CronSim(fields, after + offset)) - offset
        change = _change(zone, offset, after, found)
        if change is None:
            return found
        after, offset = change - _SECOND, _offset(zone, change)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _change(zone: ZoneInfo, offset: timedelta, after: datetime, until: datetime) -> datetime | None:
    """The first moment behind `after`, up to `until`, at which the offset is another one."""
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
    """Since when something is due that was `last` done then; `None` where it is not. What was never done is due now."""
    if last is None:
        return now
    first = next_after(schedule, last)
    return first if first <= now else None


def lateness(name: str, most: int) -> int:
    """From 0 to `most` seconds, always the same for the same name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % (most + 1)


def in_words(expression: str) -> str:
    """The expression as a person would say it."""
    words: str = CronSim(NICKNAMES.get(expression, expression), datetime(2000, 1, 1, tzinfo=UTC)).explain()
    return words[:1].lower() + words[1:]
