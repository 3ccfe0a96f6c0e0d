"""The context of the present work, such as source and run, which is part of every log line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_facts: ContextVar[Mapping[str, str | int] | None] = ContextVar("facts", default=None)


def facts() -> Mapping[str, str | int]:
    """The facts of this thread, in the order in which they were added."""
    return _facts.get() or {}


@contextmanager
def log_context(**more: str | int) -> Iterator[None]:
    """Adds these facts to every line that this thread logs in the block."""
    token = _facts.set({**facts(), **more})
    try:
        yield
    finally:
        _facts.reset(token)
