"""When to ask again: pure decisions, and one wait that hears a stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from harvester.errors import BadStatus, ProviderError, Stopped
from harvester.model import Access

SLICE = 0.5  # seconds between two looks at the stop signal
LONGEST = 60.0  # seconds of our own between two tries
MOST_ASKED = 30 * 86400.0  # seconds that a provider may want to be left alone; more is a mistake of its own
_CROWDED_DELAY = 0.5, 10.0  # seconds: the least and the most we slow down for a provider that is overrun


def retry_after(header: str | None, reference: datetime) -> float | None:
    """The seconds a Retry-After header asks for, in both its forms (RFC 9110, section 10.2.3); `None` if in neither.

    `reference` is the moment of the answer by the provider's own clock where it gives one.
    """
    value = (header or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    moment = http_date(value)
    return None if moment is None else max(0.0, (moment - reference).total_seconds())


def http_date(value: str) -> datetime | None:
    """The moment a header names (RFC 9110, section 5.6.7), with any zone; `None` for anything else."""
    try:
        moment = parsedate_to_datetime(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def asked_to_wait(error: ProviderError) -> float | None:
    """The seconds the provider asks for, `None` where it does not say."""
    return error.retry_after if isinstance(error, BadStatus) and error.transient else None


def pause(error: ProviderError, tries: int, access: Access, luck: float) -> float | None:
    """Seconds to wait before the next try; `None`: not again.

    `tries` is the number of retries so far, `luck` a number from 0 to 1 that keeps many harvesters apart.
    """
    if tries >= access.retries or not error.transient:
        return None
    asked = asked_to_wait(error)
    if asked is not None:
        return asked + luck
    return float(min(LONGEST, 2**tries) * (0.5 + luck / 2))


def next_delay(delay: float, floor: float, error: ProviderError | None) -> float:
    """Seconds between requests from now on: twice as many after a 429 or 503, slowly back to `floor` after answers."""
    if error is not None and error.overloaded:
        least, most = _CROWDED_DELAY
        return max(floor, min(max(least, delay * 2), most))
    return max(floor, delay * 0.9 if delay > _CROWDED_DELAY[0] / 10 else 0.0)


def wait(seconds: float, stop: Callable[[], bool], sleep: Callable[[float], None]) -> None:
    """Sleeps in slices; raises `Stopped` within one of them when asked to stop."""
    while seconds > 0:
        if stop():
            raise Stopped("stopped while waiting for the provider; the same command goes on from here")
        sleep(min(seconds, SLICE))
        seconds -= SLICE
