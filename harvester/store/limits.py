"""How long a query of a session that only reads may take."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from harvester.errors import QueryTimeout

T = TypeVar("T")

_SHORTER: ContextVar[float] = ContextVar("shorter", default=math.inf)  # seconds for a query that need not be answered


def query_seconds(limit: float) -> float:
    """How many seconds the next query may take, `limit` at most."""
    return min(limit, _SHORTER.get())


def in_time(read: Callable[[], T], seconds: float = math.inf) -> T | None:
    """What `read` returns; `None` if one of its queries took too long, or longer than `seconds`."""
    token = _SHORTER.set(seconds)
    try:
        return read()
    except QueryTimeout:
        return None
    finally:
        _SHORTER.reset(token)
