"""The program, which a SIGKILL ends before one of its steps.

The steps are what is seen from outside: a file gets its name, a transaction that writes is committed, a request begins,
a request has been sent and its answer is not read yet.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

from sqlalchemy import Connection, Engine, event

from harvester.cli import main
from harvester.system import files


class Steps:
    """Counts the steps, and kills the process before the last one."""

    def __init__(self, last: int) -> None:
        self._last, self._done = last, 0

    def next(self) -> None:
        self._done += 1
        if self._done == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.next()
            return function(*args, **kwargs)

        return call

    def commit(self, connection: Connection) -> None:
        if connection.get_execution_options().get("access") != "read":
            self.next()


def install(last: int) -> None:
    steps = Steps(last)
    event.listen(Engine, "commit", steps.commit)
    files.publish = steps.before(files.publish)
    HTTPConnection.request = steps.before(HTTPConnection.request)  # type: ignore[method-assign]
    HTTPConnection.getresponse = steps.before(HTTPConnection.getresponse)  # type: ignore[method-assign]


def program(last: int, arguments: list[str]) -> None:
    """Runs the program in this process, which is killed before step `last`."""
    install(last)
    main(arguments)
