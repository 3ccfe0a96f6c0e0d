"""Before a deposit: floors, deposits of others, and records that have more than ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from harvester import pipeline
from harvester.answers import HeldRecord
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.errors import AgencyUnavailable
from harvester.registration import by_hand
from harvester.registration.clearance import Hold, hold_of
from harvester.standin.diagnostic import failure
from tests.registration.conftest import NINETEEN, REFERENCES, Depositor, put_foreign
from tests.registration.samples import NOW, doi

DOI = "10.5555/lamps.1"
MORE = ("references",)
HOLDS: list[tuple[Any, tuple[int, ...], int | None, Sequence[str], str | None]] = [
    (None, (), None, MORE, None),  # nobody has deposited it
    (None, (), 5, (), None),  # it is there, and has not more
    (None, (), 5, MORE, "richer"),
    (doi("elsewhere"), (), 5, MORE, "richer"),
    (doi("registered", held=5), (5,), 5, MORE, None),
    (doi("registered", held=5), (5, 7), 7, MORE, None),  # a file of ours whose result was not read
    (doi("registered", held=5), (5,), 6, (), "version_foreign"),
    (doi("registered", held=5), (5,), 4, MORE, None),  # an old answer
    (doi("registered", held=5), (5,), None, MORE, None),
    (doi("refused", kind="version_foreign", details={"held": "6"}), (5,), 6, (), "version_foreign"),
    (doi("refused", kind="version_foreign", overruled=6), (5,), 6, MORE, None),  # a person said that ours counts
    (
        doi("refused", kind="year", held=5, overruled=6),
        (5,),
        6,
        MORE,
        None,
    ),  # and then it was refused for another reason
    (doi("refused", kind="year", overruled=6), (5,), 7, (), "version_foreign"),  # the other program deposits again
    (doi("elsewhere", kind="richer", overruled=6), (), 6, MORE, None),
    (doi("registered", held=5, kind="server", due=NOW), (5,), 6, (), "version_foreign"),
]


@pytest.mark.parametrize(("known", "versions", "held", "more", "kind"), HOLDS)
def test_what_waits_for_a_person(
    known: Any, versions: tuple[int, ...], held: int | None, more: Sequence[str], kind: str | None
):
    hold = hold_of(known, versions, HeldRecord(doi=DOI, version=held), lambda: more)
    assert (hold.kind if hold else None) == kind


def test_a_hold_names_the_version_and_the_fields():
    hold = hold_of(None, (), HeldRecord(doi=DOI, version=5), lambda: ("authors", "references"))
    assert hold == Hold("richer", {"held": "5", "fields": "authors, references"})


def retry(depositor: Depositor) -> None:
    with depositor.press.bench.opened() as (config, store):
        by_hand.retry_dois(config, store, CROSSREF_AGENCY, "live", [DOI], depositor.tick)


def keep_theirs(depositor: Depositor) -> None:
    with depositor.press.bench.opened() as (config, store):
        by_hand.mark(config, store, CROSSREF_AGENCY, "live", [DOI], depositor.tick, registered=True)


def deposited(depositor: Depositor) -> set[str]:
    """The numbers of the articles that were just exported; they are sent and settled."""
    exported = depositor.export()
    depositor.round(exported)
    depositor.settle()
    return {one.rpartition(".")[2] for file in exported.files for one in file.dois}


@pytest.mark.slow
def test_a_first_deposit_goes_above_the_version_that_is_there(depositor: Depositor):
    put_foreign(depositor, DOI, NINETEEN)
    assert deposited(depositor) == {"1", "2", "3"}
    assert set(depositor.states().values()) == {"registered"}
    assert (depositor.held(1) or 0) > NINETEEN


@pytest.mark.slow
def test_a_richer_record_waits_for_a_person_who_says_that_ours_counts(depositor: Depositor):
    put_foreign(depositor, DOI, more=REFERENCES)
    assert deposited(depositor) == {"2", "3"}
    row = depositor.rows()["1"]
    assert (row.state, row.registration.kind, row.registration.who) == ("elsewhere", "richer", "person")  # type: ignore[union-attr]
    assert deposited(depositor) == set()
    retry(depositor)
    assert deposited(depositor) == {"1"}
    assert depositor.states()["1"] == "registered"


@pytest.mark.slow
def test_a_richer_record_stays_if_a_person_says_that_theirs_counts(depositor: Depositor):
    put_foreign(depositor, DOI, more=REFERENCES)
    deposited(depositor)
    keep_theirs(depositor)
    assert deposited(depositor) == set()
    assert depositor.states()["1"] == "registered"
    assert depositor.held(1) == 20200101000000000


@pytest.mark.slow
def test_a_foreign_deposit_after_ours_holds_the_next_one(depositor: Depositor):
    deposited(depositor)
    put_foreign(depositor, DOI, NINETEEN)
    depositor.press.correct(1, title={"en": "On better lamps"})
    assert deposited(depositor) == set()
    known = depositor.registration(1)
    assert (known.state, known.kind, known.details["held"]) == ("registered", "version_foreign", str(NINETEEN))
    assert depositor.held(1) == NINETEEN
    retry(depositor)
    assert deposited(depositor) == {"1"}
    assert (depositor.held(1) or 0) > NINETEEN
    assert depositor.registration(1).kind == "updated"


@pytest.mark.slow
def test_versions_at_the_test_system_are_above_those_of_the_live_one(
    depositor: Depositor, monkeypatch: pytest.MonkeyPatch
):
    put_foreign(depositor, DOI, NINETEEN, more=REFERENCES)
    live = depositor.standin.root
    monkeypatch.setattr("harvester.crossref.agency.API", live)
    monkeypatch.setattr("harvester.crossref.agency.RESOLVER", live)
    depositor.configure(system="test")
    path = depositor.folder / "config.toml"
    path.write_text(re.sub("^(api|deposit)_url = .*$", "", path.read_text(), flags=re.MULTILINE))
    files = {file.dois: file.batch_id for file in depositor.export().files}
    assert {len(batch_id.rpartition("-")[2]) for dois, batch_id in files.items() if dois == (DOI,)} == {19}
    assert {len(batch_id.rpartition("-")[2]) for dois, batch_id in files.items() if DOI not in dois} == {17}
    assert set(depositor.states().values()) == {"never_sent"}
    depositor.standin.state.knobs.api_outage_until = depositor.now() + timedelta(days=1)
    depositor.press.correct(4)
    assert depositor.export().files == ()
    assert [file.dois for file in depositor.export(reads_back=False).files] == [("10.5555/lamps.4",)]


@pytest.mark.slow
def test_that_ours_counts_is_remembered_when_the_file_is_refused_for_another_reason(depositor: Depositor):
    deposited(depositor)
    put_foreign(depositor, DOI, NINETEEN)
    depositor.press.correct(1, title={"en": "On better lamps"})
    deposited(depositor)
    retry(depositor)
    depositor.standin.state.knobs.verdicts = {DOI: (failure(DOI, "year: 20222 in not a valid integer"),)}
    assert deposited(depositor) == {"1"}
    assert depositor.registration(1).kind == "year"
    depositor.standin.state.knobs.verdicts = {}
    depositor.press.correct(1, title={"en": "On the best lamps"})
    assert deposited(depositor) == {"1"}
    assert (depositor.states()["1"], depositor.held(1)) == ("registered", depositor.registration(1).held)
    put_foreign(depositor, DOI, (depositor.held(1) or 0) + 5)  # it goes on: that is a new question
    depositor.press.correct(1, title={"en": "On lamps for ever"})
    assert deposited(depositor) == set()


@pytest.mark.slow
def test_a_written_file_is_not_sent_over_a_version_that_a_person_has_to_decide_about(depositor: Depositor):
    deposited(depositor)
    for number in (1, 2):
        depositor.press.correct(number, title={"en": f"On better lamps, part {number}"})
    depositor.export()
    put_foreign(depositor, DOI, NINETEEN)
    depositor.clock.advance(days=1)
    with depositor.press.bench.opened() as (config, store):
        assert pipeline.read_news(config, store, CROSSREF_AGENCY, since=None, now=depositor.tick).foreign == 1
    assert depositor.round().sent == 0
    assert depositor.file_states() == ["completed", "superseded"]
    assert depositor.files()[-1].answer == f"a person has to decide about {DOI}; the other DOIs go into a newer file"
    assert deposited(depositor) == {"2"}
    assert depositor.held(1) == NINETEEN
    retry(depositor)
    assert deposited(depositor) == {"1"}
    assert (depositor.held(1) or 0) > NINETEEN
    assert deposited(depositor) == set()


@pytest.mark.slow
@pytest.mark.parametrize("reads_back", [True, False])
def test_what_waits_for_a_person_is_not_exported_without_reading_either(depositor: Depositor, reads_back: bool):
    put_foreign(depositor, DOI, more=REFERENCES)
    deposited(depositor)
    exported = depositor.export(reads_back=reads_back)
    assert exported.files == ()
    retry(depositor)
    assert [file.dois for file in depositor.export(reads_back=reads_back).files] == [(DOI,)]


@pytest.mark.slow
def test_without_an_answer_the_articles_wait(depositor: Depositor, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> HeldRecord:
        raise AgencyUnavailable("Crossref cannot be read now")

    with monkeypatch.context() as patched:
        patched.setattr("harvester.crossref.client.catalogue.Catalogue.record", fails)
        assert depositor.export().files == ()
        assert len(depositor.export(reads_back=False).files) == 1
    assert depositor.export().files == ()


@pytest.mark.slow
def test_many_first_deposits_are_looked_up_in_a_list(depositor: Depositor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harvester.registration.clearance.FEW", 0)
    read: list[str] = []
    monkeypatch.setattr(
        "harvester.crossref.client.catalogue.Catalogue.record",
        lambda _, one: read.append(one) or HeldRecord(doi=one, version=5),  # type: ignore[func-returns-value]
    )
    put_foreign(depositor, DOI)
    assert len(depositor.export().files) == 1
    assert read == [DOI]
