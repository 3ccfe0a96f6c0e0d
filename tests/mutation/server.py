"""Runs pytest in forks of a process that has the libraries loaded, which takes most of the time of a short test.

It is run as a file, so that neither `harvester` nor `tests` is imported before the fork: each fork imports those of a
copy. It reads a JSON line for each run, `[folder, tests, seconds]`, and writes the exit code; -1: the time was over.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from importlib import import_module

LIBRARIES = ("pytest", "hypothesis", "lxml.etree", "msgspec", "jsonschema", "jsonschema_rs", "sqlalchemy", "requests")
MOST_MEMORY = 2 << 30  # bytes; a mutant may never stop to ask for more


def run(folder: str, tests: list[str], seconds: float) -> int:
    child = os.fork()
    if not child:
        os._exit(_run_tests(folder, tests))
    end = time.monotonic() + seconds
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return -1
        time.sleep(0.01)
    return os.waitstatus_to_exitcode(ended[1])


def _run_tests(folder: str, tests: list[str]) -> int:
    import pytest

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    os.chdir(folder)
    sys.path[0] = os.environ["PYTHONPATH"] = folder
    with open(os.devnull, "w") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    already = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"  # that is the point
    return pytest.main(["-q", "-x", "-W", already, "--hypothesis-profile", "quick", *tests])


if __name__ == "__main__":
    for library in LIBRARIES:
        import_module(library)
    for line in sys.stdin:
        print(run(*json.loads(line)), flush=True)
