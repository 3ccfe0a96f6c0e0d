"""How many requests may be on their way to one host at once, over all sources of this process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from harvester.oai.backoff import host_of

AT_ONCE = 4

_under_way: defaultdict[str, int] = defaultdict(int)
_changed = Condition()


@contextmanager
def turn(url: str, lanes: int = 1) -> Iterator[None]:
    """Held while a request to the host of this address is under way.

    `lanes` is how many its source is allowed at once by the configuration; more than `AT_ONCE` are for it alone.
    """
    host, most = host_of(url), max(AT_ONCE, lanes)
    with _changed:
        _changed.wait_for(lambda: _under_way[host] < most)
        _under_way[host] += 1
    try:
        yield
    finally:
        with _changed:
            _under_way[host] -= 1
            _changed.notify_all()
