"""Every fault against the plan first: in memory, one list after the other, in milliseconds. Over HTTP comes second.

The rows of this table are those of `test_chaos`, where what several harvests do one after the other is tested too. A
rehearsal does not wait, so that it cannot show that waiting helps.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import load
from harvester.oai import backoff
from tests.chaos.case import Case
from tests.chaos.cases import CASES
from tests.chaos.harvesting import bench, differing
from tests.harvesting.simulation import Simulation
from tests.providers.in_memory import URL
from tests.providers.truth import Broken, name

WAITING = {"too-many-requests", "busy-until", "too-many-lanes"}
LONG = {"lost-on-every-page", "long-text"}
# The plan begins after Identify.
BEFORE_THE_PLAN = {
    "identify-fails",
    "identify-is-refused",
    "own-authority",
    "proxy-gives-no-connection",
    "proxy-refuses",
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.name in LONG else [])
        for case in CASES
        if case.name not in WAITING | BEFORE_THE_PLAN
    ],
)
def test_the_plan_loses_nothing(case: Case, tmp_path: Path):
    truth, fault = case.setting()
    made = bench(tmp_path, URL, settings=case.settings)
    simulation = Simulation(Broken(truth, fault), load(made.path).sources["journal"])
    outcome = simulation.harvest()
    assert outcome.state == case.state, outcome
    assert (case.said or "") in (outcome.error or ""), outcome
    assert (case.said is None) == (outcome.error is None), outcome
    if case.state != "complete":
        simulation.script.fault = None
        backoff._pauses.clear()
        outcome = simulation.harvest()
        assert outcome.state == "complete", outcome
    if case.corrected is not None:
        return  # another harvest, with other settings
    missing = {name(number) for number in case.missing}
    assert simulation.store.unresolved() == missing
    altered = {name(number) for number in case.altered}
    assert differing(simulation.store.received, truth) == missing | altered
