"""Hosts that asked for a pause. No source of this process sends them a request before it is over."""

from __future__ import annotations

import time
from threading import Lock
from urllib.parse import urlsplit

_pauses: dict[str, float] = {}  # the end of each pause by host, on the clock of `time.monotonic`
_lock = Lock()


def hold_off(url: str, seconds: float) -> None:
    """Sends no request to the host of this URL for that many seconds."""
    host, end = host_of(url), time.monotonic() + seconds
    with _lock:
        _pauses[host] = max(end, not_before(url))


def not_before(url: str) -> float:
    """When the host of this URL may have its next request, on the clock of `time.monotonic`."""
    return _pauses.get(host_of(url), float("-inf"))


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
