"""Starting a server of the demo on a port that somebody named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

from harvester.errors import HarvesterError

Server = TypeVar("Server")


@contextmanager
def started(serve: Callable[[int], AbstractContextManager[Server]], port: int) -> Iterator[Server]:
    """Runs what `serve` starts on a port in the block. Raises `HarvesterError` if the port cannot be used."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serve(port))
        except (OSError, OverflowError) as error:
            raise HarvesterError(f"port {port} cannot be used ({error}); name another with --port") from error
        yield server
