"""After every fault the store is what the provider holds, record by record, or the run says what is missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos import page
from tests.chaos.case import Case
from tests.chaos.cases import CASES
from tests.chaos.harvesting import bench, differing, facts, harvest, held, reconcile, still_rejected
from tests.providers.truth import CLOCK, Broken, Truth, broken, name
from tests.workbench import Workbench, in_another_process

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_loses_nothing(case: Case, tmp_path: Path, request: pytest.FixtureRequest):
    truth, fault = case.setting()
    certificate = request.getfixturevalue("certificate") if case.own_authority else None
    with broken(truth, fault, certificate) as (script, server):
        made = bench(tmp_path, server.url, settings=case.settings)
        made.moment = CLOCK
        _first_run(case, made)
        if case.state != "complete" and not (case.state == "failed" and case.corrected is not None):
            script.fault = None
            in_another_process()  # whatever this one was asked to wait for
            assert harvest(made).state == "complete"
        _later_harvests(case, made, script)
        missing = {name(number) for number in case.missing}
        if case.fixed:
            assert differing(held(made), truth) == missing == still_rejected(made)
            script.fault, missing = None, set()
        if case.later:
            case.later(truth)
        if case.corrected is not None:
            made = _corrected(case, made, tmp_path, server.url, certificate)
        elif case.later or case.fixed:
            _find(case, made, truth)
    _compare(case, made, truth, missing)


def _first_run(case: Case, made: Workbench) -> None:
    run = harvest(made)
    assert run.state == case.state, run
    assert (run.wait_until is not None) == (case.state == "waiting"), run
    assert (run.error is None) == (case.said is None), run
    assert (case.said or "") in (run.error or "")
    assert run.rejected == (len(case.missing) if case.rejected is None else case.rejected)
    assert run.repaired == case.repaired


def _later_harvests(case: Case, made: Workbench, script: Broken) -> None:
    """They find nothing new, and the last one takes as many requests as the case says."""
    before = script.count
    for _ in range(1, case.harvests):
        before = script.count
        run = harvest(made)
        assert (run.state, run.new, run.changed, run.deleted, run.error) == ("complete", 0, 0, 0, None)
    assert script.count - before == (case.requests or 0)


def _corrected(case: Case, made: Workbench, folder: Path, url: str, certificate: str | None) -> Workbench:
    """What a person does who reads what the run says, the first one or that of the next day: then everything comes."""
    if case.later_said:
        made.moment += timedelta(days=1)
        run = harvest(made)
        assert run.state == "complete", run
        assert case.later_said in (run.error or "")
    settings = (case.corrected or "").replace("{certificate}", str(certificate))
    made = bench(folder, url, settings=settings)
    made.moment = CLOCK + timedelta(days=2)
    assert [harvest(made).state for _ in range(2)] == ["complete"] * 2
    assert harvest(made).error is None
    return made


def _find(case: Case, made: Workbench, truth: Truth) -> None:
    """What happened at the provider is found by the run that the case names, and by no cheaper one.

    Rejected records are no such case: every harvest requests them again.
    """
    if case.found_by != "harvest" and not case.fixed:
        assert harvest(made).state == "complete"
        assert differing(held(made), truth) != set()
    run = reconcile(made) if case.found_by == "reconcile" else harvest(made, full=case.found_by == "full")
    assert (run.state, run.new + run.changed + run.deleted > 0) == ("complete", True), run


def _compare(case: Case, made: Workbench, truth: Truth, missing: set[str]) -> None:
    """The store is the truth, record by record, except for what the case names."""
    here = held(made)
    assert differing(here, truth) == missing | {name(number) for number in case.altered}
    assert still_rejected(made) == missing
    for number, text in case.altered.items():
        record = here[name(number)]
        if text is None:
            assert facts(record.payload) == []
        else:
            assert text in (record.payload or b"").decode()
            assert record.repairs or text.startswith("&lt;")  # escaped XML is well-formed


def test_the_page_of_faults_is_what_would_be_generated():
    assert page.PATH.read_text(encoding="utf-8") == page.text(), "run `make docs`"


def test_every_known_misbehaviour_has_its_case():
    """The collection of misbehaviours that harvesters have met with has 54 rows."""
    assert {row for case in CASES for row in case.rows} == set(range(1, 55))


def test_every_case_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES)
