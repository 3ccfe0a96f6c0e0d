"""Runs the tests of the pure modules against mutants, in copies of the tree: `python -m tests.mutation --help`."""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from queue import Queue
from typing import Literal, NamedTuple

from tests.mutation.operators import Mutant, mutants, replaced
from tests.mutation.targets import BY_HAND, EQUIVALENT, ROOT, modules, path_of

SAMPLE = 300  # mutants
MINUTES = 12.0  # after which no other mutant is begun
LEAST = 85.0  # percent of the sample that must be killed
LONGEST = 90.0  # seconds that the tests of a module may take; they take some seconds without a mutant

Fate = Literal["killed", "survived"]


class Trial(NamedTuple):
    """A mutant of a module."""

    module: str
    mutant: Mutant

    def __str__(self) -> str:
        return f"harvester/{self.module}.py:{self.mutant.line}  {self.mutant.before}  ->  {self.mutant.after}"


class Copy:
    """A copy of the tree with a server that runs its tests. The tree itself is never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = _copied(folder)
        self._moments = count(int(time.time()) + 1)
        server = [sys.executable, str(Path(__file__).with_name("server.py"))]
        self._server = subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def passes(self, tests: Sequence[str]) -> bool:
        """Whether the tests pass. Tests that no longer end do not."""
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps([str(self._folder), tests, LONGEST]) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline()) == 0

    def try_out(self, trial: Trial) -> Fate:
        file = self._folder / path_of(trial.module).relative_to(ROOT)
        original = file.read_text(encoding="utf-8")
        self._write(file, trial.mutant.source)
        survived = self.passes(modules()[trial.module])
        self._write(file, original)
        return "survived" if survived else "killed"

    def close(self) -> None:
        self._server.communicate()

    def _write(self, file: Path, source: str) -> None:
        """Gives each version a second of its own: by that, Python tells whether bytecode is of this version."""
        file.write_text(source, encoding="utf-8")
        moment = next(self._moments)
        os.utime(file, (moment, moment))


class Copies:
    """A copy for each core, and the trials that they share."""

    def __init__(self, folder: Path) -> None:
        self.all = [Copy(folder / f"{number}") for number in range(os.cpu_count() or 1)]
        self._free: Queue[Copy] = Queue()
        for copy in self.all:
            self._free.put(copy)

    def try_all(self, trials: Sequence[Trial], end: float) -> Counter[Fate | None]:
        """Tries the mutants on all cores; `None` for those that were not begun before `end`."""

        def try_out(trial: Trial) -> Fate | None:
            if time.monotonic() > end:
                return None
            copy = self._free.get()
            try:
                fate = copy.try_out(trial)
            finally:  # else the other trials would wait for it forever
                self._free.put(copy)
            print(f"{fate:<8}", trial, flush=True)
            return fate

        with ThreadPoolExecutor(len(self.all)) as pool:
            return Counter(pool.map(try_out, trials))

    def close(self) -> None:
        for copy in self.all:
            copy.close()


def _copied(folder: Path) -> Path:
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc")
    for path in ROOT.iterdir():
        if path.name.startswith(".") or path.name in ("build", "dist", "demo"):
            continue
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=left_out)
        else:
            folder.mkdir(exist_ok=True)
            shutil.copyfile(path, folder / path.name)
    return folder


def sample(names: Sequence[str], size: int, chance: random.Random) -> list[Trial]:
    """So many mutants of these modules, in a random order; without those that are known to be equivalent."""
    everything = [
        Trial(name, mutant)
        for name in names
        for mutant in mutants(path_of(name).read_text(encoding="utf-8"))
        if (name, mutant.before, mutant.after) not in EQUIVALENT
    ]
    return chance.sample(everything, min(size, len(everything)))


def by_hand(names: Sequence[str]) -> list[Trial]:
    return [
        Trial(module, replaced(path_of(module).read_text(encoding="utf-8"), before, after))
        for module, before, after in BY_HAND
        if module in names
    ]


def main() -> int:
    known = modules()
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as rules/dates; all if there is none")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many mutants; {SAMPLE} by default")
    parser.add_argument("--seed", type=int, default=None, help="that of an earlier run; random by default")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"for the sample; {MINUTES:g} by default")
    given = parser.parse_args()
    if unknown := [name for name in given.modules if name not in known]:
        parser.error(f"there is no {', '.join(unknown)}; there are: {', '.join(known)}")
    names = given.modules or list(known)
    seed = random.randrange(10**6) if given.seed is None else given.seed
    with tempfile.TemporaryDirectory() as folder, closing(Copies(Path(folder))) as copies:
        if not all(copies.all[0].passes(known[name]) for name in names):
            sys.exit("the tests fail without any mutant; run them first")
        hand = copies.try_all(by_hand(names), math.inf)
        end = time.monotonic() + given.minutes * 60
        drawn = copies.try_all(sample(names, given.sample, random.Random(seed)), end)
    print(f"\nby hand: {_figure(hand)}")
    print(f"sample:  {_figure(drawn)}, with --seed {seed}")
    return 0 if not hand["survived"] and _percent(drawn) >= LEAST else 1


def _percent(fates: Counter[Fate | None]) -> float:
    tried = fates["killed"] + fates["survived"]
    return 100 * fates["killed"] / tried if tried else 100.0


def _figure(fates: Counter[Fate | None]) -> str:
    tried = fates["killed"] + fates["survived"]
    left = f", {fates[None]} not tried in time" if fates[None] else ""
    return f"killed {fates['killed']} of {tried} mutants ({_percent(fates):.1f} %){left}"


if __name__ == "__main__":
    sys.exit(main())
