"""Runs the tests of the pure modules against mutants, in copies of the tree: `python -m tests.mutation --help`."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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


class Copies:
    """Copies of the tree, one for each core, in which mutants are tried. The tree itself is never changed."""

    def __init__(self, folder: Path) -> None:
        self.count = os.cpu_count() or 1
        self._free: Queue[Path] = Queue()
        for number in range(self.count):
            self._free.put(_copied(folder / f"{number}"))

    def run(self, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """The tests without a mutant."""
        with self._copy() as folder:
            return _pytest(folder, tests, 600)

    def try_out(self, trial: Trial, end: float) -> Fate | None:
        """What becomes of the mutant; `None` after `end`. Tests that no longer end have noticed it."""
        if time.monotonic() > end:
            return None
        with self._copy() as folder:
            file = folder / path_of(trial.module).relative_to(ROOT)
            original = file.read_bytes()
            file.write_text(trial.mutant.source, encoding="utf-8")
            try:
                survived = _pytest(folder, modules()[trial.module], LONGEST).returncode == 0
            except subprocess.TimeoutExpired:
                survived = False
            finally:
                file.write_bytes(original)
        print("survived" if survived else "killed  ", trial, flush=True)
        return "survived" if survived else "killed"

    @contextmanager
    def _copy(self) -> Iterator[Path]:
        folder = self._free.get()
        try:
            yield folder
        finally:
            self._free.put(folder)


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


def _pytest(folder: Path, tests: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Runs tests in a copy. No bytecode is written: it would be taken for that of another mutant of the same second."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "--hypothesis-profile", "quick", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds)


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
    given = parser.parse_args()
    if unknown := [name for name in given.modules if name not in known]:
        parser.error(f"there is no {', '.join(unknown)}; there are: {', '.join(known)}")
    names = given.modules or list(known)
    seed = random.randrange(10**6) if given.seed is None else given.seed
    with tempfile.TemporaryDirectory() as folder:
        copies = Copies(Path(folder))
        sound = copies.run(sorted({test for name in names for test in known[name]}))
        if sound.returncode:
            sys.exit(f"the tests fail without any mutant:\n{sound.stdout}")
        hand = _try_all(copies, by_hand(names))
        drawn = _try_all(copies, sample(names, given.sample, random.Random(seed)))
    print(f"\nby hand: {_figure(hand)}")
    print(f"sample:  {_figure(drawn)}, with --seed {seed}")
    return 0 if not hand["survived"] and _percent(drawn) >= LEAST else 1


def _try_all(copies: Copies, trials: Sequence[Trial]) -> Counter[Fate | None]:
    """Tries the mutants on all cores, until they are done or the time is over."""
    end = time.monotonic() + MINUTES * 60
    with ThreadPoolExecutor(copies.count) as pool:
        return Counter(pool.map(lambda trial: copies.try_out(trial, end), trials))


def _percent(fates: Counter[Fate | None]) -> float:
    tried = fates["killed"] + fates["survived"]
    return 100 * fates["killed"] / tried if tried else 100.0


def _figure(fates: Counter[Fate | None]) -> str:
    tried = fates["killed"] + fates["survived"]
    left = f", {fates[None]} not tried in time" if fates[None] else ""
    return f"killed {fates['killed']} of {tried} mutants ({_percent(fates):.1f} %){left}"


if __name__ == "__main__":
    sys.exit(main())
