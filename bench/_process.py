"""One `harvester` command in a process of its own: what it costs, and how large a process grows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from msgspec import Struct, json

_PYTHON = Path(".venv/bin/python")


class Cost(Struct, frozen=True):
    """Wall clock and CPU seconds of one command: user and system, child processes and the start of Python included."""

    seconds: float
    cpu: float


class Checkout(Struct, frozen=True):
    """A checkout of this project to measure. One without a `.venv` runs with the Python of this process."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    def run(self, command: str, cwd: Path, cores: Iterable[int] | None = None) -> tuple[Cost, Any]:
        """Runs `harvester --json` with this command in a folder, on these `cores` only; returns cost and answer.

        Raises `subprocess.CalledProcessError` when the command fails.
        """
        own = self.folder / _PYTHON
        arguments = [str(own) if own.exists() else sys.executable, "-m", "harvester", "-q", "--json", command]
        started = perf_counter()
        with subprocess.Popen(
            arguments,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            stdout=subprocess.PIPE,
            preexec_fn=None if cores is None else lambda: os.sched_setaffinity(0, cores),  # noqa: PLW1509 — one thread
        ) as process:
            assert process.stdout is not None
            answer = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        cost = Cost(perf_counter() - started, used.ru_utime + used.ru_stime)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, arguments, answer)
        return cost, json.decode(answer)


THIS = Checkout(Path(__file__).parent.parent)


def configure(folder: Path, url: str, prefix: str, windows: int = 1) -> Path:
    """Writes a configuration with one source, and returns its path."""
    path = folder / "config.toml"
    path.write_text(
        f'[sources.bench]\nurl = "{url}"\nformats = ["{prefix}"]\nparallel = {windows}\n'
        'allow_private = true\nname_order = "family-first"\n',
        encoding="utf-8",
    )
    return path


def harvest(checkout: Checkout, folder: Path, records: int) -> Cost:
    """A first harvest of that many records into a new store in a folder with a configuration."""
    cost, answer = checkout.run("harvest", folder)
    (report,) = answer["runs"]
    if (report["state"], report["new"]) != ("complete", records):
        raise AssertionError(report)
    return cost


def memory(pid: int, field: str = "VmHWM") -> float:
    """The memory of a process in MB, by default the most it ever had; 0 where the system does not say.

    Not ru_maxrss, which counts what the parent held when the process began.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), 0.0)


def children_of(pid: int) -> Iterator[int]:
    """The child processes of a process."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text(encoding="ascii").split())
        except OSError:
            continue
