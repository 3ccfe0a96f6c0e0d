"""What a person says or wants."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.errors import HarvesterError
from harvester.registration import by_hand
from tests.registration.conftest import Depositor

pytestmark = pytest.mark.slow
DOI = "10.5555/lamps.1"


def test_a_mailed_log_of_a_file_that_was_uploaded_by_hand(depositor: Depositor):
    (file,) = depositor.export().files
    name = file.path.rpartition("/")[2]
    depositor.standin.upload(Path(file.path).read_bytes(), name)
    depositor.clock.advance(hours=1)
    mail = depositor.standin.state.mail(name)
    assert mail is not None
    with depositor.press.bench.opened() as (config, store):
        (log,) = by_hand.read_logs(config, store, CROSSREF_AGENCY, "live", mail, depositor.tick)
        told = store.submissions.history("crossref", "live", batch_id=file.batch_id)
        (again,) = by_hand.read_logs(config, store, CROSSREF_AGENCY, "live", mail, depositor.tick)
        assert store.submissions.history("crossref", "live", batch_id=file.batch_id) == told
        assert len(store.submissions.logs(file.batch_id, "live")) == 1
    assert (log.file, log.states, log.problem) == (file.path, {"registered": 3}, None)
    assert again.states == log.states
    assert set(depositor.states().values()) == {"registered"}
    assert depositor.deposit().sent == 0


@pytest.mark.parametrize(
    ("batch", "name", "problem"),
    [
        ("<batch_id>other</batch_id>", None, "never wrote a file other"),
        ("<batch_id/>", None, by_hand.NAMES_NO_FILE),
        ("<batch_id>other</batch_id>", "own", "is about other"),
        ("<batch_id/>", "own", None),
    ],
)
def test_a_log_belongs_to_a_file(depositor: Depositor, batch: str, name: str | None, problem: str | None):
    (file,) = depositor.export().files
    record = '<record_diagnostic status="Failure"><doi/><msg>Error: cvc-complex-type.2.4.a</msg></record_diagnostic>'
    log = f'<doi_batch_diagnostic status="completed"><submission_id>7</submission_id>{batch}{record}'
    data = f"{log}</doi_batch_diagnostic>".encode()
    with depositor.press.bench.opened() as (config, store):
        named = file.path if name else None
        (read,) = by_hand.read_logs(config, store, CROSSREF_AGENCY, "live", data, depositor.tick, name=named)
    if problem:
        assert problem in (read.problem or "")
        assert set(depositor.states().values()) == {"never_sent"}
    else:
        assert read.states == {"refused": 3}


def test_a_person_marks_dois(depositor: Depositor):
    depositor.deposit()
    with depositor.press.bench.opened() as (config, store):
        for registered in (True, False):
            by_hand.mark(config, store, CROSSREF_AGENCY, "live", [DOI], depositor.tick, registered=registered)
    assert depositor.states()["1"] == "refused"
    assert [file.dois for file in depositor.export().files] == [(DOI,)]


def test_a_misspelt_doi_changes_nothing(depositor: Depositor):
    depositor.deposit()
    states = depositor.states()
    with depositor.press.bench.opened() as (config, store):
        named = [DOI, "10.5555/lmaps.1"]
        for change in (partial(by_hand.mark, registered=False), by_hand.retry_dois):
            with pytest.raises(HarvesterError, match=r"Nothing was changed: .* with 10\.5555/lmaps\.1\."):
                change(config, store, CROSSREF_AGENCY, "live", named, depositor.tick)
    assert depositor.states() == states


def test_a_lost_file_is_sent_under_another_name_on_request(depositor: Depositor):
    depositor.deposit()
    depositor.standin.state.submissions.clear()
    depositor.settle(3)
    assert depositor.file_states() == ["lost"]
    with depositor.press.bench.opened() as (config, store):
        assert by_hand.retry_file(config, store, CROSSREF_AGENCY, depositor.files()[0], depositor.tick) == 3
    depositor.settle(3)
    assert set(depositor.states().values()) == {"registered"}
    assert depositor.uploads()[0].endswith("-2.xml")


def test_a_class_and_a_login_are_retried(depositor: Depositor):
    depositor.configure(login="nobody")
    assert depositor.deposit().stopped
    with depositor.press.bench.opened() as (config, store):
        terms = CROSSREF_AGENCY.terms(config)
        assert terms is not None
        assert by_hand.release_login(config, store, CROSSREF_AGENCY, terms)
        assert by_hand.retry_kind(config, store, CROSSREF_AGENCY, "live", "prefix", depositor.tick) == 0
    requests = len(depositor.standin.state.requests)
    assert depositor.deposit().stopped
    assert len(depositor.standin.state.requests) == requests + 1
