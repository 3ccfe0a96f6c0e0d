"""What the work at hand is about: the source and the run, which stand in every line that is logged meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_facts: ContextVar[Mapping[str, str | int] | None] = ContextVar("facts", default=None)


def facts() -> Mapping[str, str | int]:
    """The facts of this thread, in the order they were given."""
    return _facts.get() or {}


@contextmanager
def log_context(**more: str | int) -> Iterator[None]:
    """While it is open, these facts stand in every line that this thread logs."""
    token = _facts.set({**facts(), **more})
    try:
        yield
    finally:
        _facts.reset(token)


def inherited_log_context() -> Callable[[], None]:
    """The initializer of a pool whose threads work for this one."""
    mine = facts()

    def carry() -> None:
        _facts.set(mine)

    return carry
