"""A provider that changes, fails and forgets, and a harvester that is killed: one quiet harvest makes all good."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.chaos.cases.parts import BROKEN, WINDOWS, plain_token
from tests.chaos.harvesting import bench, differing, held, reconcile
from tests.providers.server import Answer, Request, error, reply
from tests.providers.truth import CLOCK, Fault, Truth, article, broken, containing, name
from tests.workbench import watching_pages

pytestmark = pytest.mark.slow

DAMAGES: dict[str, bytes | Answer] = {
    "500": reply("", 500),
    "503": reply("busy", 503),
    "half": Answer(reply("x" * 1000)[:500], close=True),
    "web page": reply("<html><body>Down</body></html>"),
    "expired": reply(error("badResumptionToken")),
}
NUMBERS = st.integers(0, 30)
WAYS = ("", "window_records = 0\n", WINDOWS, WINDOWS + "parallel = 2\n")


def unmeasured(request: Request, truth: Truth) -> bytes:
    """Lists that never say how long they are."""
    return reply(plain_token(truth.bytes_of(request)))


class Killed(BaseException):
    """Ends a harvest as a kill does: nothing is tidied up."""


class Provider(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = CLOCK
        self.truth = Truth(12, clock=lambda: self.now)
        self.folder = tempfile.TemporaryDirectory()
        self.context = broken(self.truth)
        self.script, self.server = self.context.__enter__()
        self.versions, self.vanished, self.lost = 0, set[str](), set[int]()
        self.quiet = False

    @initialize(
        way=st.sampled_from(WAYS),
        always=st.sampled_from([None, unmeasured]),
        lost=st.sets(st.integers(0, 11), max_size=2),
    )
    def begin(self, way: str, always: Fault | None, lost: set[int]) -> None:
        self.always, self.lost = always, lost
        self.script.fault = self._usual
        self.bench = bench(Path(self.folder.name), self.server.url, settings=way)

    def teardown(self) -> None:
        self.harvest_in_peace()
        self.the_store_is_what_the_provider_holds()
        self.context.__exit__(None, None, None)
        self.folder.cleanup()

    def _passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.bench.moment += timedelta(seconds=seconds)
        self.quiet = False

    # -------------------------------------------------------------------------------- what happens there

    @rule(number=NUMBERS, seconds=st.integers(0, 300))
    def put(self, number: int, seconds: int) -> None:
        """A record is added, changed, or lives again."""
        self._passes(seconds)
        self.versions += 1
        self.truth.put(article(number, f" v{self.versions}", datestamp=self.now))

    @rule(number=NUMBERS, seconds=st.integers(0, 300))
    def delete(self, number: int, seconds: int) -> None:
        if name(number) in self.truth.whole():
            self._passes(seconds + 1)  # deleted in the second in which it was written: no datestamp could tell
            self.truth.put(article(number, datestamp=self.now, deleted=True, metadata={}))

    @rule(number=NUMBERS)
    def vanish(self, number: int) -> None:
        """Deleted, and never announced."""
        self.quiet = False
        self.truth.remove(number)
        self.vanished.add(name(number))

    @rule(number=NUMBERS)
    def lose(self, number: int) -> None:
        """From now on nothing can be had of the record but its header. When it is fixed no datestamp moves."""
        self.lost.add(number)

    @rule()
    def mend(self) -> None:
        self.lost.clear()

    def _usual(self, request: Request, truth: Truth) -> bytes | Answer | None:
        withheld = containing(self.lost, BROKEN, verbs=("ListRecords", "GetRecord"))(request, truth)
        return withheld or (self.always(request, truth) if self.always else None)

    # -------------------------------------------------------------------------------- what happens here

    @rule(request=st.integers(1, 12), damage=st.sampled_from(sorted(DAMAGES)), times=st.integers(1, 40))
    def harvest_with_failures(self, request: int, damage: str, times: int) -> None:
        start = self.script.count

        def fault(_: Request, __: Truth) -> bytes | Answer | None:
            return DAMAGES[damage] if start + request <= self.script.count < start + request + times else None

        self._harvest(fault)

    def _harvest(self, fault: Fault) -> None:
        self._passes(1)
        self.script.fault = lambda request, truth: fault(request, truth) or self._usual(request, truth)
        self.bench.harvest()
        self.script.fault = self._usual

    @rule(page=st.integers(1, 6))
    def harvest_and_be_killed(self, page: int) -> None:
        def kill(_: int) -> None:
            nonlocal page
            page -= 1
            if page == 0:
                raise Killed

        self._passes(1)
        with contextlib.suppress(Killed), watching_pages(kill):
            self.bench.harvest()

    @rule(number=NUMBERS, request=st.integers(1, 6))
    def change_during_a_harvest(self, number: int, request: int) -> None:
        start = self.script.count

        def fault(_: Request, __: Truth) -> None:
            if self.script.count == start + request:
                self.put(number, 5)

        self._harvest(fault)

    @rule()
    def harvest(self) -> None:
        self._harvest(lambda request, truth: None)

    @precondition(lambda self: not self.quiet)
    @rule()
    def harvest_in_peace(self) -> None:
        self.mend()
        self._passes(3600)
        for run in self.bench.harvest():
            assert run.state == "complete", run
        if self.vanished:  # rows that shift may hide others from a list that was cut short and never says its length
            assert reconcile(self.bench, confirm=True).state == "complete"
        self.vanished.clear()
        self.quiet = True

    @invariant()
    def the_store_is_what_the_provider_holds(self) -> None:
        if self.quiet:
            assert differing(held(self.bench), self.truth) == set()


TestProvider = Provider.TestCase
TestProvider.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
