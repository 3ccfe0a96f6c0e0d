"""When to retry: pure decisions, and one wait that ends on a stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from harvester.errors import BadStatus, ProviderError, Stopped
from harvester.model import Access

SLICE = 0.5  # seconds of a wait between two checks for a stop
LONGEST_PAUSE = 60.0  # seconds between two tries, if the provider does not ask for a pause
LONGEST_RETRY_AFTER = 30 * 86400.0  # seconds; a provider that asks for more is wrong
_OVERLOAD_DELAYS = 0.5, 10.0  # seconds: the shortest and the longest delay for an overloaded provider


def retry_after(header: str | None, reference: datetime) -> float | None:
    """The seconds in a Retry-After header, in either form (RFC 9110, section 10.2.3); `None` for anything else.

    `reference` is when the answer was sent, by the provider's clock if it has a Date header.
    """
    value = (header or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    moment = http_date(value)
    return None if moment is None else max(0.0, (moment - reference).total_seconds())


def http_date(value: str) -> datetime | None:
    """The moment in a header (RFC 9110, section 5.6.7), with any time zone; `None` for anything else."""
    try:
        moment = parsedate_to_datetime(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def requested_pause(error: ProviderError) -> float | None:
    """The seconds that the provider asked to wait; `None` if it did not."""
    return error.retry_after if isinstance(error, BadStatus) and error.transient else None


def pause(error: ProviderError, tries: int, access: Access, jitter: float) -> float | None:
    """Seconds to wait before the next try; `None` to give up.

    `tries` is the number of retries so far, `jitter` a random number from 0 to 1 that spreads many harvesters.
    """
    if tries >= access.retries or not error.transient:
        return None
    requested = requested_pause(error)
    if requested is not None:
        return requested + jitter
    return float(min(LONGEST_PAUSE, 2**tries) * (0.5 + jitter / 2))


def next_delay(delay: float, floor: float, error: ProviderError | None) -> float:
    """Seconds between requests from now on: doubled by a 429 or 503, and slowly back to `floor` with good answers."""
    if error is not None and error.overloaded:
        shortest, longest = _OVERLOAD_DELAYS
        return max(floor, min(max(shortest, delay * 2), longest))
    return max(floor, delay * 0.9 if delay > _OVERLOAD_DELAYS[0] / 10 else 0.0)


def wait(seconds: float, stop: Callable[[], bool], sleep: Callable[[float], None]) -> None:
    """Sleeps in slices. Raises `Stopped` within one of them on a stop."""
    while seconds > 0:
        if stop():
            raise Stopped("stopped while waiting for the provider; the same command resumes from here")
        sleep(min(seconds, SLICE))
        seconds -= SLICE
