"""How long a query of a session that only reads may take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from harvester.errors import QueryTimeout

T = TypeVar("T")

_SHARE = 0.6  # of the seconds that one query may take, for all that need not be answered in a session together
_SHORTER: ContextVar[float] = ContextVar("shorter", default=math.inf)  # seconds for a query that need not be answered


class _Budget:
    """The seconds that are left in a session for queries that need not be answered."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.left = seconds


_BUDGET: ContextVar[_Budget] = ContextVar("budget", default=_Budget())  # noqa: B039 — what is infinite stays so


def query_seconds(limit: float) -> float:
    """How many seconds the next query may take, `limit` at most."""
    return min(limit, _SHORTER.get())


@contextmanager
def one_session(limit: float) -> Iterator[None]:
    """A session in which one query may take `limit` seconds, and all that is read with `in_time` not more either."""
    token = _BUDGET.set(_Budget(limit * _SHARE))
    try:
        yield
    finally:
        _BUDGET.reset(token)


def in_time(read: Callable[[], T], seconds: float = math.inf) -> T | None:
    """What `read` returns; `None` if one of its queries took too long, or longer than `seconds`.

    All that is read so in one session shares a second, so that a page with many numbers is not slow.
    """
    budget, began = _BUDGET.get(), time.monotonic()
    token = _SHORTER.set(min(seconds, budget.left))
    try:
        return read()
    except QueryTimeout:
        return None
    finally:
        _SHORTER.reset(token)
        budget.left -= time.monotonic() - began
