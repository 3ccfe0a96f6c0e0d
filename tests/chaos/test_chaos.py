"""After every fault the store is what the provider holds, record by record, or the run says what is missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos import page
from tests.chaos.case import Case
from tests.chaos.cases import CASES
from tests.chaos.harvesting import bench, differing, harvest, held, reconcile, rejected
from tests.providers.truth import CLOCK, broken, name
from tests.workbench import in_another_process

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_loses_nothing(case: Case, tmp_path: Path):
    truth, fault = case.setting()
    missing = {name(number) for number in case.missing}
    with broken(truth, fault) as (script, server):
        made = bench(tmp_path, server.url, settings=case.settings)
        made.moment = CLOCK
        run = harvest(made)
        assert run.state == case.state, run
        assert run.rejected == len(missing) or not missing
        if case.said is None:
            assert run.error is None, run
        else:
            assert case.said in (run.error or "")
        if case.state != "complete":
            script.fault = None
            in_another_process()  # whatever this one was asked to wait for
            run = harvest(made)
            assert run.state == "complete", run
        for _ in range(1, case.harvests):
            before = script.count
            run = harvest(made)
            assert (run.state, run.new, run.changed, run.deleted, run.error) == ("complete", 0, 0, 0, None)
            assert case.requests in (None, script.count - before)
        if case.mended:
            assert differing(held(made), truth) == missing == rejected(made)
            script.fault, missing = None, set()
        if case.later:
            case.later(truth)
        if case.later_said:
            made.moment += timedelta(days=1)
            run = harvest(made)
            assert (run.state, case.later_said in (run.error or "")) == ("complete", True), run
        if case.corrected is not None:
            made = bench(tmp_path, server.url, settings=case.corrected)
            made.moment = CLOCK + timedelta(days=2)
            assert (harvest(made).state, harvest(made).error) == ("complete", None)
        elif case.later or case.mended:
            run = reconcile(made) if case.found_by == "reconcile" else harvest(made, full=case.found_by == "full")
            assert (run.state, run.new + run.changed + run.deleted > 0) == ("complete", True), run
    here = held(made)
    assert differing(here, truth) == missing | {name(number) for number in case.altered}
    assert missing == (rejected(made) if missing else set())
    for number, text in case.altered.items():
        assert text in (here[name(number)].payload or b"").decode()
        assert here[name(number)].repairs or not text


def test_the_page_of_faults_is_what_would_be_generated():
    assert page.PATH.read_text(encoding="utf-8") == page.text(), "run `make docs`"


def test_every_known_misbehaviour_has_its_case():
    """The collection of misbehaviours that harvesters have met with has 54 rows."""
    assert {row for case in CASES for row in case.rows} == set(range(1, 55))


def test_every_case_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES)
