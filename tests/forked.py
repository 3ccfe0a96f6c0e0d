"""A function in a process of its own that can be killed, without the second that Python takes to start and import.

A server process imports the program once and forks for each call. It is of this worker of the tests alone.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from harvester.cli.root import COMMANDS

TIMEOUT = 60.0  # seconds

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["harvester.store.store", "harvester.pipeline", *(module for module, _ in COMMANDS.values())]
)


class Ended(NamedTuple):
    """The exit code, negative for a signal, and what the process wrote to stdout and stderr."""

    code: int
    output: bytes


def run(
    work: Callable[..., Any], *arguments: Any, output: Path, folder: Path, environment: Mapping[str, str] | None = None
) -> Ended:
    """Calls `work` in a new process, in this folder and with these variables. It writes to the file `output`."""
    process = start(work, *arguments, output=output, folder=folder, environment=environment)
    process.join(TIMEOUT)
    if process.exitcode is None:
        process.kill()
        process.join()
    assert process.exitcode is not None
    return Ended(process.exitcode, output.read_bytes())


def start(
    work: Callable[..., Any], *arguments: Any, output: Path, folder: Path, environment: Mapping[str, str] | None = None
) -> BaseProcess:
    """The same without waiting for its end."""
    process = _CONTEXT.Process(target=_begin, args=(output, folder, environment or {}, work, arguments))
    process.start()
    return process


def _begin(
    output: Path, folder: Path, environment: Mapping[str, str], work: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    os.chdir(folder)
    os.environ.update(environment)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the process ends with them
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    work(*arguments)
