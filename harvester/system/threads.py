"""Threads that work for another one, in its context: they log its facts, and their progress is seen where its is."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context


def inherited_context() -> Callable[[], None]:
    """The initializer for a thread pool, which gives its threads the context of this thread."""
    inherited = copy_context()

    def set_variables() -> None:
        for variable, value in inherited.items():
            variable.set(value)

    return set_variables
