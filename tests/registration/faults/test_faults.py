"""After every fault the states of DOIs are what the stand-in registered, or say that it is not known."""

from __future__ import annotations

import pytest

from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.registration.described import described
from tests.registration.conftest import Depositor
from tests.registration.faults import page
from tests.registration.faults.case import Case
from tests.registration.faults.cases import CASES

pytestmark = pytest.mark.slow

UNKNOWN = {"waiting", "uncertain", "unaccounted"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_states_are_the_truth(case: Case, depositor: Depositor):
    case.story(depositor)
    assert depositor.states() == case.expected
    _compare(depositor)
    assert len(depositor.standin.state.submissions) == case.uploads
    rows = depositor.rows()
    kinds = {number: rows[number].registration for number in case.kinds}
    assert {number: one and one.kind for number, one in kinds.items()} == case.kinds
    assert case.reads in _told(depositor)


def _compare(depositor: Depositor) -> None:
    """A DOI is registered exactly if the stand-in holds the version that we sent; else we say we do not know.

    What another tool deposited after us is named so.
    """
    ours = {file.timestamp for file in depositor.files()}
    for number, row in depositor.rows().items():
        held, known = depositor.held(int(number)), row.registration
        if row.state in ("registered", "registered_with_conflict"):
            assert known is not None
            if known.kind == "version_foreign":
                assert held not in ours
                continue
            assert held in ours
            assert known.held == (None if known.kind == "resources" else held)  # it says nothing of the version
        elif row.state not in UNKNOWN:
            assert held is None or held not in ours or (known is not None and held == known.held)


def _told(depositor: Depositor) -> str:
    """Everything that a person is told."""
    report = depositor.round()
    with depositor.press.bench.opened() as (_, store):
        sentences = [one.sentence for one in described(store, CROSSREF_AGENCY, depositor.system)]
    return "\n".join([*sentences, report.stopped or "", report.problem or "", *depositor.file_states()])


def test_the_page_is_what_would_be_generated():
    assert page.PATH.read_text(encoding="utf-8") == page.text(), "run `make docs`"


def test_every_case_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES)
