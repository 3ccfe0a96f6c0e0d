"""A process that maps records for another one.

It reads an `ArticleMapper` and then chunks of records from its standard input, and writes what was mapped to its
standard output. It opens nothing and keeps nothing, so it may be killed at any moment. It ends by itself when the other
process is gone.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import IO, Any

from harvester.mapping.garbage import reduced_gc

# Nothing is imported but what maps records, so that the process is ready in a moment.
PROGRAM = "import sys; sys.path[:] = {path!r}; from harvester.mapping import worker; worker.main()"


def write(pipe: IO[bytes], message: object) -> None:
    """Writes one message. Raises `OSError` if the other process is gone."""
    pipe.write(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
    pipe.flush()


def read(pipe: IO[bytes]) -> Any:
    """Reads one message. Raises `EOFError` or `pickle.UnpicklingError` if the other process is gone."""
    return pickle.load(pipe)  # noqa: S301 — written by this program in a process of its own


def main() -> None:
    """Maps until the other process is gone."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        with reduced_gc():
            mapper = read(requests)
            while True:
                write(answers, mapper.map(read(requests)))
    except (EOFError, OSError, pickle.UnpicklingError):
        os._exit(0)  # without flushing what nobody reads
