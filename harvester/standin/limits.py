"""The rate limits of the REST API, per pool, as its headers had them in July 2026. The public lists' are assumed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from harvester.standin.exchange import Answer, Request, text

INTERVAL = 1.0  # seconds


class Pool(Struct, frozen=True):
    """Requests in one second, and at the same time."""

    name: str
    rate: int
    concurrency: int


POOLS = {
    (True, False): Pool("polite-single", 10, 3),
    (True, True): Pool("polite-array", 3, 3),
    (False, False): Pool("public-single", 5, 1),
    (False, True): Pool("public-array", 1, 1),
}


def pool_of(request: Request, is_list: bool) -> Pool:
    """A request is polite if it says whom to write to, in its query or its User-Agent."""
    polite = bool(request.query.get("mailto")) or "mailto:" in request.headers.get("user-agent", "")
    return POOLS[polite, is_list]


class Limits:
    """Counts requests. `timer` gives seconds, of a clock that never goes back."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._lock = threading.Lock()
        self._recent: dict[str, deque[float]] = {}
        self._running: dict[str, int] = {}

    @contextmanager
    def admitted(self, pool: Pool) -> Iterator[bool]:
        """Whether a request may be answered; it counts as running in the block."""
        admitted = self._admit(pool)
        try:
            yield admitted
        finally:
            if admitted:
                with self._lock:
                    self._running[pool.name] -= 1

    def _admit(self, pool: Pool) -> bool:
        with self._lock:
            recent = self._recent.setdefault(pool.name, deque())
            now = self._timer()
            while recent and now - recent[0] >= INTERVAL:
                recent.popleft()
            running = self._running.get(pool.name, 0)
            if len(recent) >= pool.rate or running >= pool.concurrency:
                return False
            recent.append(now)
            self._running[pool.name] = running + 1
            return True


def headers(pool: Pool) -> tuple[tuple[str, str], ...]:
    return (
        ("x-rate-limit-limit", str(pool.rate)),
        ("x-rate-limit-interval", "1s"),
        ("x-concurrency-limit", str(pool.concurrency)),
        ("x-api-pool", pool.name),
    )


def too_many() -> Answer:
    answer = text(429, "crossref-standin: too many requests\n")
    return Answer(answer.status, answer.content_type, answer.body, (("Retry-After", "1"),))
