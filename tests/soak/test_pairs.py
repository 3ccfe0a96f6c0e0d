"""Two faults at once, on a provider whose records change meanwhile, under a harvester that is killed at any step.

After one undisturbed harvest and one comparison the store is what the provider holds, or the runs say what is missing.
Nothing is asked over a socket, so a pair takes about a second. `PAIRS` and `SEED` in the environment choose how many
pairs are drawn, and which.
"""

from __future__ import annotations

import os
import random
import tomllib
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester.harvesting import lists
from harvester.reports import RunReport
from harvester.store.store import Store
from tests.chaos.case import Case
from tests.chaos.cases import CASES
from tests.chaos.harvesting import bench, differing, held, reconcile
from tests.providers.in_memory import URL, in_memory
from tests.providers.server import Answer, Request
from tests.providers.truth import CLOCK, Broken, Fault, Truth, article
from tests.workbench import Workbench, in_another_process

PAIRS = int(os.environ.get("PAIRS", "1000"))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
HARVESTS = 3  # with the faults, each of which may be killed
# What a complete run says where something is missing.
MISSING = (lists.BELIEVED, "could not be fetched", "could not be compared", "are missing here", "nothing was deleted")
SETS = ("sets", "formats")  # settings that change what is harvested belong to their own truth


class Killed(BaseException):
    """Ends a harvest as a kill does: nothing is tidied up."""


class Journal:
    """A provider with two faults. Its editors change a record now and then, also while it is being read."""

    def __init__(self, first: Case, second: Case, chance: random.Random) -> None:
        self.truth, one = first.setting()
        _, two = second.setting()
        self.moment: datetime = CLOCK
        self.truth.clock = lambda: self.moment
        self._faults: list[Fault] = [one, two]
        self._chance, self._numbers = chance, iter(range(100, 10_000))
        self.script = Broken(self.truth, self._fault)

    def _fault(self, request: Request, truth: Truth) -> bytes | Answer | None:
        if self._chance.random() < 0.03:
            self.edit()
        for fault in self._faults:
            with suppress(ValueError):  # one fault does not understand the tokens of the other
                answer = fault(request, truth)
                if answer is not None:
                    return answer
        return None

    def edit(self) -> None:
        """A record is published, edited, touched, withdrawn with a tombstone, or deleted without a trace."""
        live = [record for record in self.truth.records if not record.deleted]
        what = self._chance.randrange(5) if live else 0
        if what == 0:
            sets = live[0].sets if live else ()
            self.truth.put(article(next(self._numbers), datestamp=self.moment, sets=sets))
            return
        record = replace(self._chance.choice(live), datestamp=self.moment)
        if what == 1:
            text = f" (edited {self._chance.random()})</dc:title>".encode()
            edited = {prefix: data.replace(b"</dc:title>", text, 1) for prefix, data in record.metadata.items()}
            self.truth.put(replace(record, metadata=edited))
        elif what == 2:
            self.truth.put(record)
        elif what == 3:
            self.truth.put(replace(record, deleted=True, metadata={}))
        else:
            self.truth.forget(record.identifier)

    def calm(self) -> None:
        """The faults are gone, and nobody edits."""
        self.script.fault = None
        self.moment += timedelta(hours=1)


def settings(first: Case, second: Case) -> str | None:
    """The settings of both; `None` if they contradict each other."""
    one, two = tomllib.loads(first.settings), tomllib.loads(second.settings)
    if any(one[key] != two[key] for key in one.keys() & two.keys()) or any(key in two for key in SETS):
        return None
    lines = [
        *first.settings.splitlines(),
        *(line for line in second.settings.splitlines() if line not in first.settings),
    ]
    return "\n".join(lines) + "\n"


def pairs() -> list[tuple[int, Case, Case]]:
    chance, usable = random.Random(SEED), [case for case in CASES if case.corrected is None]
    found: list[tuple[int, Case, Case]] = []
    while len(found) < PAIRS:
        first, second = chance.choice(usable), chance.choice(usable)
        if first is not second and settings(first, second) is not None:
            found.append((chance.randrange(10**9), first, second))
    return found


def killing(chance: random.Random) -> Callable[..., None]:
    """`Store.apply` that is killed at some step, before or after it is written."""
    left, apply, is_written = [chance.randrange(1, 25)], Store.apply, chance.random() < 0.5

    def killed(*args: object, **options: object) -> None:
        left[0] -= 1
        if left[0] == 0 and not is_written:
            raise Killed
        apply(*args, **options)  # type: ignore[arg-type]
        if left[0] == 0:
            raise Killed

    return killed


def harvest(made: Workbench) -> list[RunReport]:
    in_another_process()  # whatever the last one was asked to wait for
    made.moment += timedelta(minutes=10)
    return made.harvest()


def disturbed(made: Workbench, journal: Journal, chance: random.Random) -> None:
    """Harvests with the faults, some of which are killed."""
    for _ in range(HARVESTS):
        with pytest.MonkeyPatch.context() as patch:
            if chance.random() < 0.6:
                patch.setattr(Store, "apply", killing(chance))
            with suppress(Killed):
                harvest(made)
        journal.moment += timedelta(hours=1)
        for _ in range(chance.randrange(3)):
            journal.edit()


@pytest.mark.parametrize(("seed", "first", "second"), pairs(), ids=lambda value: getattr(value, "name", str(value)))
def test_a_pair_of_faults_loses_nothing_in_silence(seed: int, first: Case, second: Case, tmp_path: Path):
    chance = random.Random(seed)
    journal = Journal(first, second, chance)
    lines = settings(first, second) or ""
    made = bench(tmp_path, URL, settings=lines)
    made.moment = CLOCK
    with in_memory(journal.script):
        disturbed(made, journal, chance)
        journal.calm()
        undisturbed = harvest(made)
        comparison = reconcile(made)
        missing = differing(held(made), journal.truth, tomllib.loads(lines).get("sets", ()))
        if missing := without_unseen_tombstones(missing, made, journal):
            said = [run.error for run in (*undisturbed, comparison) if speaks_of_missing(run)]
            rejected = [run for run in undisturbed if run.rejected]
            altered = bool(first.altered or second.altered)  # damage that is kept, and marked as repaired
            assert said or rejected or altered, f"SEED={SEED}: {sorted(missing)} are missing and nothing says so"


def without_unseen_tombstones(missing: Collection[str], made: Workbench, journal: Journal) -> set[str]:
    """Without what was published and deleted again between two harvests: nothing of it is left to be had."""
    here, there = held(made), journal.truth.whole()
    return {name for name in missing if name in here or there.get(name) is not None}


def speaks_of_missing(run: RunReport) -> bool:
    """Whether a run says that something is missing; that records came late, for example, says nothing of that."""
    return run.state != "complete" or any(words in (run.error or "") for words in MISSING)
