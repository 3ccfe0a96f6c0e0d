"""Limits how many requests are sent to one host at once, over all sources of this process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from harvester.oai.backoff import host_of

MAX_REQUESTS = 4  # at once

_under_way: defaultdict[str, int] = defaultdict(int)
_changed = Condition()


@contextmanager
def slot(url: str, lanes: int = 1) -> Iterator[None]:
    """Waits until one more request may be sent to the host of this URL, and counts it in the block.

    `lanes` is how many the configuration allows its source at once. More than `MAX_REQUESTS` count for it alone.
    """
    host, limit = host_of(url), max(MAX_REQUESTS, lanes)
    with _changed:
        _changed.wait_for(lambda: _under_way[host] < limit)
        _under_way[host] += 1
    try:
        yield
    finally:
        with _changed:
            _under_way[host] -= 1
            _changed.notify_all()
