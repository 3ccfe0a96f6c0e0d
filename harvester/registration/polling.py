"""When to ask for a file, and how long to wait before it is sent again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Since the file was sent. The last one is the end: what is unknown then is for a person.
SCHEDULE = (
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 20, 40)),
    *(hours * HOUR for hours in range(1, 49)),
    *(days * DAY for days in range(3, 8)),
)

UNKNOWN_WITHOUT_RECEIPT = HOUR  # then the file is sent once more
UNKNOWN_WITH_RECEIPT = 2 * HOUR  # then the file is lost
_THROTTLED = (10 * MINUTE, 2 * HOUR)  # the first wait and the longest
_UNAVAILABLE = (5 * MINUTE, 6 * HOUR)


def next_poll(sent: datetime, now: datetime, pace: float = 1.0) -> datetime | None:
    """When to ask next for a file that was sent at that moment; `None` after seven days."""
    return next((moment for offset in SCHEDULE if (moment := sent + offset * pace) > now), None)


def is_past(sent: datetime, now: datetime, deadline: timedelta, pace: float = 1.0) -> bool:
    return now - sent >= deadline * pace


def pause_throttled(attempts: int, retry_after: float | None, pace: float = 1.0) -> timedelta:
    """How long the account sends nothing. What the agency asked for is never shortened."""
    if retry_after is not None:
        return timedelta(seconds=retry_after)
    return _doubled(*_THROTTLED, attempts) * pace


def pause_unavailable(attempts: int, retry_after: float | None = None, pace: float = 1.0) -> timedelta:
    """How long the account sends nothing, after so many `attempts` in succession without an answer."""
    pause = _doubled(*_UNAVAILABLE, attempts) * pace
    return pause if retry_after is None else max(pause, timedelta(seconds=retry_after))


def _doubled(first: timedelta, longest: timedelta, attempts: int) -> timedelta:
    return min(longest, first * float(2 ** min(max(attempts - 1, 0), 10)))
