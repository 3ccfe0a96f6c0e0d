"""How many requests may be on their way to one host at once, over all sources of this process."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

AT_ONCE = 4

_turns: defaultdict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(AT_ONCE))
_guard = threading.Lock()


def turn(url: str) -> AbstractContextManager[object]:
    """Held while a request to the host of this address is under way."""
    with _guard:
        return _turns[(urlsplit(url).hostname or "").lower()]
