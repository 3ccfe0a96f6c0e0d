"""When to retry: pure decisions."""

from __future__ import annotations

from harvester.errors import BadStatus, ProviderError
from harvester.model import Access

LONGEST_PAUSE = 60.0  # seconds between two tries, if the provider does not ask for a pause
LONGEST_RETRY_AFTER = 30 * 86400.0  # seconds; a provider that asks for more is wrong
_OVERLOAD_DELAYS = 0.5, 10.0  # seconds: the shortest and the longest delay for an overloaded provider


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
