"""A journal that another program deposited: its DOIs are imported, and sent only when their articles change."""

from __future__ import annotations

from typing import Any

import pytest

from harvester import pipeline
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.errors import AgencyUnavailable
from harvester.registration.importing import Imported, is_foreign_row
from harvester.standin.knobs import Fault
from harvester.store import DoiRow
from tests.registration.conftest import NINETEEN, Depositor, put_foreign
from tests.registration.samples import doi

DOIS = [f"10.5555/lamps.{number}" for number in (1, 2, 3)]
OTHER = "10.5555/lamps.9"


def imported(depositor: Depositor, *places: str) -> Imported:
    with depositor.press.bench.opened() as (config, store):
        return pipeline.import_deposits(config, store, CROSSREF_AGENCY, places, now=depositor.tick)


@pytest.fixture
def elsewhere(depositor: Depositor) -> Depositor:
    """Its articles were deposited by another program, and an older one that it does not have any more."""
    depositor.press.harvest()
    for one in (*DOIS, OTHER):
        put_foreign(depositor, one)
    return depositor


@pytest.mark.slow
@pytest.mark.parametrize("place", [(), ("10.5555",), ("0000-0108",)])
def test_the_dois_of_another_program_are_elsewhere(elsewhere: Depositor, place: tuple[str, ...]):
    assert imported(elsewhere, *place) == Imported(listed=4, imported=4, without_article=1)
    rows = elsewhere.rows()
    assert {row.state for row in rows.values()} == {"elsewhere"}
    known = rows["3"].registration
    assert known is not None
    assert known.details == {
        "created": "2026-11-14",
        "deposited": "2026-11-14",
        "owner": "10.5555",
        "version": "20200101000000000",
    }
    assert imported(elsewhere) == Imported(listed=4, known=4, without_article=1)


@pytest.mark.slow
def test_what_was_imported_is_sent_when_it_changes(elsewhere: Depositor):
    imported(elsewhere)
    assert elsewhere.export().files == ()
    elsewhere.press.correct(1, title={"en": "On better lamps"})
    (file,) = elsewhere.export().files
    assert list(file.dois) == DOIS[:1]
    elsewhere.round()
    elsewhere.settle()
    assert elsewhere.states()["1"] == "registered"


@pytest.mark.slow
def test_a_19_digit_version_is_the_floor(depositor: Depositor):
    depositor.press.harvest()
    put_foreign(depositor, DOIS[0], NINETEEN)
    imported(depositor)
    depositor.press.correct(1, title={"en": "On better lamps"})
    exported = depositor.export()
    assert sorted(len(file.dois) for file in exported.files) == [1, 2]
    depositor.round(exported)
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}
    assert (depositor.held(1) or 0) > NINETEEN
    assert (depositor.held(2) or 0) < 10**17


@pytest.mark.slow
def test_ours_are_left_as_they_are(depositor: Depositor):
    depositor.deposit()
    depositor.settle()
    depositor.clock.advance(days=1)
    put_foreign(depositor, OTHER)
    assert imported(depositor) == Imported(listed=4, imported=1, ours=3, without_article=1)
    assert depositor.states()["1"] == "registered"


@pytest.mark.slow
def test_an_import_that_broke_off_resumes(elsewhere: Depositor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harvester.crossref.client.works._RETRIES", 0)
    elsewhere.standin.state.knobs.api_faults = [None, None, Fault.UNAVAILABLE]  # type: ignore[list-item]
    with pytest.raises(AgencyUnavailable):
        imported(elsewhere)
    assert imported(elsewhere).imported == 4


ROWS: list[tuple[Any, bool, bool]] = [
    (None, False, True),
    (DoiRow(doi="10.5555/a", state="never_sent"), False, True),
    (DoiRow(doi="10.5555/a", state="never_sent"), True, False),
    (DoiRow(doi="10.5555/a", state="elsewhere", registration=doi("elsewhere")), False, True),
    (DoiRow(doi="10.5555/a", state="registered", registration=doi("registered")), False, False),
    (DoiRow(doi="10.5555/a", state="never_sent", registration=doi("never_sent", held=5)), False, False),
]


@pytest.mark.parametrize(("row", "has_files", "expected"), ROWS)
def test_what_we_sent_or_wrote_is_ours(row: DoiRow | None, has_files: bool, expected: bool):
    assert is_foreign_row(row, has_files=has_files) == expected
