"""Hosts that asked to be left alone: nobody in this process asks them before that is over, for whichever source."""

from __future__ import annotations

import time
from threading import Lock
from urllib.parse import urlsplit

_until: dict[str, float] = {}  # by the clock that `time.monotonic` tells
_changing = Lock()


def leave(url: str, seconds: float) -> None:
    """The host of this address is not to be asked for so many seconds."""
    host, moment = host_of(url), time.monotonic() + seconds
    with _changing:
        _until[host] = max(moment, until(url))


def until(url: str) -> float:
    """The moment before which the host of this address is not to be asked."""
    return _until.get(host_of(url), float("-inf"))


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
