"""Rounds against the stand-in of Crossref: whatever happens on the way, the states are the truth or say they are not
known.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.client.servlet import Servlet
from harvester.registration import by_hand
from harvester.standin.diagnostic import Diagnosis, failure
from harvester.standin.knobs import Fault
from harvester.store.submissions import Submissions
from tests.registration.conftest import Depositor
from tests.standin.running import LOGIN

pytestmark = pytest.mark.slow

RECEIVED = [Fault.ERROR_AFTER_ACCEPTANCE, Fault.LOST_ANSWER, Fault.GATEWAY_TIMEOUT, Fault.TOO_MANY]
LOST = [Fault.BLANK, Fault.DROP, Fault.ERROR]
REFUSED = [Fault.UNAVAILABLE, Fault.THROTTLED]


def agrees(depositor: Depositor) -> None:
    """Every DOI is registered with the version that the stand-in has, or is not registered there."""
    for number, row in depositor.rows().items():
        held, known = depositor.held(int(number)), row.registration
        if row.state in ("registered", "registered_with_conflict"):
            assert known is not None
            assert known.held == held is not None
        elif row.state in ("refused", "never_sent"):
            assert known is None or known.timestamp != held


def test_a_file_goes_the_whole_way(depositor: Depositor):
    report = depositor.deposit()
    assert (report.sent, report.open_files) == (1, 1)
    assert depositor.file_states() == ["sent"]
    assert set(depositor.states().values()) == {"waiting"}
    depositor.settle()
    assert depositor.file_states() == ["completed"]
    assert set(depositor.states().values()) == {"registered"}
    agrees(depositor)
    assert depositor.deposit().sent == 0
    assert len(depositor.uploads()) == 1


@pytest.mark.parametrize("fault", RECEIVED, ids=lambda fault: fault.name)
def test_a_file_whose_answer_was_lost_is_found_and_not_sent_again(depositor: Depositor, fault: Fault):
    depositor.standin.state.knobs.deposit_faults = [fault]
    depositor.deposit()
    assert depositor.file_states() == ["uncertain"]
    assert set(depositor.states().values()) == {"uncertain"}
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}
    assert len(depositor.uploads()) == 1
    agrees(depositor)


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault.name)
def test_a_file_that_got_lost_is_sent_again_under_another_name(depositor: Depositor, fault: Fault):
    depositor.standin.state.knobs.deposit_faults = [fault]
    depositor.deposit()
    depositor.settle(0.9)
    assert depositor.file_states() == ["uncertain"]
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}
    (name,) = depositor.uploads()
    assert name.endswith("-2.xml")
    agrees(depositor)


def test_a_file_that_is_never_received_is_lost_after_three_names(depositor: Depositor):
    depositor.standin.state.knobs.deposit_faults = [Fault.DROP] * 10
    depositor.deposit()
    depositor.settle(24)
    assert depositor.file_states() == ["lost"]
    (file,) = depositor.files()
    assert [name.rpartition("-")[2] for name in file.names[1:]] == ["2.xml", "3.xml"]
    assert set(depositor.states().values()) == {"uncertain"}
    assert depositor.settle(24 * 30).next is None


@pytest.mark.parametrize("fault", REFUSED, ids=lambda fault: fault.name)
def test_a_file_that_was_not_received_is_sent_again_under_its_name(depositor: Depositor, fault: Fault):
    depositor.standin.state.knobs.deposit_faults = [fault, fault]
    depositor.deposit()
    assert depositor.file_states() in (["unavailable"], ["throttled"])
    assert set(depositor.states().values()) == {"waiting"}
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}
    assert [name.count("-") for name in depositor.uploads()] == [1]


def test_an_outage_of_a_day_loses_nothing(depositor: Depositor):
    depositor.standin.state.knobs.outage_until = depositor.now() + timedelta(days=1)
    depositor.deposit()
    assert depositor.uploads() == []
    depositor.settle(48)
    assert set(depositor.states().values()) == {"registered"}


def test_an_outage_while_asking_changes_no_state(depositor: Depositor):
    depositor.deposit()
    depositor.standin.state.knobs.outage_until = depositor.now() + timedelta(hours=3)
    requests = len(depositor.standin.state.requests)
    depositor.settle(2)
    assert set(depositor.states().values()) == {"waiting"}
    assert len(depositor.standin.state.requests) - requests < 15
    depositor.settle(24)
    assert set(depositor.states().values()) == {"registered"}


def test_a_wrong_login_stops_the_account_after_one_request(depositor: Depositor):
    depositor.configure(login="Demo")
    report = depositor.deposit()
    assert report.stopped is not None
    assert "refuses the login" in report.stopped
    assert len(depositor.standin.state.requests) == 1
    assert depositor.file_states() == ["login_refused"]
    assert set(depositor.states().values()) == {"waiting"}
    depositor.clock.advance(hours=30)
    assert depositor.deposit().stopped
    assert len(depositor.standin.state.requests) == 1
    depositor.configure(login=LOGIN)
    assert depositor.deposit().sent == 1
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}


def test_another_password_file_frees_the_account(depositor: Depositor):
    path = depositor.folder / "password.txt"
    right = path.read_text()
    path.write_text("wrong password\n")
    assert depositor.deposit().stopped
    path.write_text(right)
    os.utime(path, ns=(1, 1))
    assert depositor.deposit().sent == 1


def test_a_file_that_was_uploaded_by_hand_is_not_sent_again(depositor: Depositor):
    exported = depositor.export()
    (file,) = exported.files
    depositor.standin.upload(Path(file.path).read_bytes(), file.path.rpartition("/")[2])
    depositor.clock.advance(hours=1)
    assert depositor.deposit().sent == 0
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}
    assert len(depositor.uploads()) == 1


def test_an_old_file_whose_dois_are_in_newer_ones_is_not_sent(depositor: Depositor):
    depositor.export()
    for number in (1, 2, 3):
        depositor.press.correct(number, title={"en": f"On lamps, corrected {number}"})
    depositor.export()
    depositor.deposit()
    depositor.settle()
    assert depositor.file_states() == ["superseded", "completed"]
    agrees(depositor)


def test_files_with_one_doi_are_sent_one_after_the_other(depositor: Depositor):
    depositor.export()
    depositor.press.correct(1, title={"en": "Corrected"})
    depositor.export()
    depositor.round()
    assert depositor.file_states() == ["sent", "written"]
    depositor.settle()
    assert depositor.file_states() == ["completed", "completed"]
    agrees(depositor)


def test_a_doi_in_flight_is_not_exported(depositor: Depositor):
    depositor.deposit()
    depositor.press.correct(1, title={"en": "Corrected"})
    assert depositor.export().files == ()
    depositor.settle()
    assert [file.dois for file in depositor.export().files] == [("10.5555/lamps.1",)]


def test_a_foreign_deposit_with_a_newer_version_is_for_a_person(depositor: Depositor):
    depositor.deposit()
    depositor.settle()
    data = Path(depositor.files()[0].path).read_bytes()
    ours = depositor.files()[0].timestamp
    theirs = ours * 100 + 7
    depositor.standin.state.deposit_directly(data.replace(str(ours).encode(), str(theirs).encode()), LOGIN)
    depositor.press.correct(1, title={"en": "Corrected"})
    depositor.deposit()
    depositor.settle()
    found = depositor.registration(1)
    assert (found.state, found.kind, found.who) == ("refused", "version_foreign", "person")
    assert found.held == ours
    assert depositor.deposit().sent == 0
    with depositor.press.bench.opened() as (config, store):
        by_hand.retry_dois(config, store, CROSSREF_AGENCY, "live", ["10.5555/LAMPS.1"], depositor.tick)
    depositor.deposit()
    depositor.settle()
    assert depositor.registration(1).state == "registered"
    held = depositor.held(1)
    assert held is not None
    assert len(str(held)) == 19
    assert depositor.registration(1).held == held
    depositor.press.correct(2, title={"en": "Corrected too"})
    depositor.export()
    assert len(str(depositor_last(depositor))) == 17


def depositor_last(depositor: Depositor) -> int:
    with depositor.press.bench.opened() as (_, store):
        return store.ledger.last_timestamp()


def test_what_is_registered_at_the_test_system_counts_nowhere_else(depositor: Depositor):
    depositor.configure(system="test")
    depositor.deposit()
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}
    depositor.configure(system="live")
    assert set(depositor.states().values()) == {"never_sent"}


def test_a_refused_login_prefix_is_sent_again_when_the_login_changes(depositor: Depositor):
    from harvester.standin import Account

    depositor.standin.state.add_account(Account(login="other", password="s3cret demo password", prefixes=("10.1",)))
    depositor.configure(login="other")
    depositor.deposit()
    depositor.settle()
    assert {row.registration.kind for row in depositor.rows().values() if row.registration} == {"prefix"}
    assert depositor.deposit().sent == 0
    depositor.configure(login=LOGIN)
    assert depositor.deposit().sent == 1
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}


def test_a_fault_at_the_agency_is_tried_once_more_after_hours(depositor: Depositor):
    message = failure("10.5555/lamps.2", "A system error has occured")
    depositor.standin.state.knobs.verdicts = {"10.5555/lamps.2": (message,)}
    depositor.deposit()
    depositor.settle(1)
    assert depositor.registration(2).kind == "server"
    assert depositor.export().files == ()
    depositor.clock.advance(hours=5)
    assert depositor.deposit().sent == 1
    depositor.settle(1)
    depositor.clock.advance(hours=50)
    assert depositor.export().files == ()
    assert depositor.states() == {"1": "registered", "2": "refused", "3": "registered"}


def test_a_doi_that_the_log_leaves_out_is_unaccounted_for(depositor: Depositor):
    depositor.standin.state.knobs.verdicts = {"10.5555/lamps.2": ()}
    depositor.deposit()
    depositor.settle()
    assert depositor.states() == {"1": "registered", "2": "unaccounted", "3": "registered"}
    assert depositor.deposit().sent == 0


def test_a_conflict_is_registered_until_it_is_resolved(depositor: Depositor):
    pairs = (("10.5555/lamps.2", "Added with conflict"),)
    warning = Diagnosis(status="Warning", pairs=pairs, conflict_id=77, dois_in_conflict=("10.5555/lamps.3",))
    knobs = depositor.standin.state.knobs
    knobs.verdicts = {"10.5555/lamps.2": (warning,)}
    depositor.deposit()
    depositor.settle()
    assert depositor.states() == {"1": "registered", "2": "registered_with_conflict", "3": "registered"}
    pairs = (("10.5555/lamps.1", "Successfully updated"),)
    knobs.verdicts = {"10.5555/lamps.1": (Diagnosis(status="Success", pairs=pairs, resolved_conflicts=(77,)),)}
    depositor.press.correct(1, title={"en": "Corrected"})
    depositor.deposit()
    depositor.settle()
    assert depositor.states()["2"] == "registered"


def test_nothing_is_sent_while_the_clock_is_wrong(depositor: Depositor):
    depositor.standin.state.knobs.date_offset = timedelta(days=-3)
    depositor.export()
    report = depositor.round()
    assert report.sent == 0
    assert report.problem is not None
    assert "72 hours ahead" in report.problem
    depositor.standin.state.knobs.date_offset = timedelta()


def test_a_file_that_is_gone_from_the_disk_does_not_stop_the_others(depositor: Depositor):
    (file,) = depositor.export().files
    Path(file.path).unlink()
    depositor.press.correct(4)
    depositor.deposit()
    depositor.settle(1)
    assert depositor.states()["4"] == "registered"
    assert "does not exist any more" in depositor.files()[0].answer


# ------------------------------------------------------------------------------------------- kill at any step


class Killed(BaseException):
    """The process ends here."""


def killing(step: int, function: Callable[..., Any], counter: list[int], *, after: bool) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        counter[0] += 1
        if counter[0] == step and not after:
            raise Killed
        result = function(*args, **kwargs)
        if counter[0] == step:
            raise Killed
        return result

    return call


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(1, 11))
def test_a_kill_at_any_step_registers_everything_once(
    depositor: Depositor, monkeypatch: pytest.MonkeyPatch, step: int, after: bool
):
    """The steps are the requests, and the writes of files and accounts."""
    counter = [0]
    with monkeypatch.context() as patch:
        for owner, name in (
            (Servlet, "send"),
            (Servlet, "result"),
            (Submissions, "save"),
            (Submissions, "adopt"),
            (Submissions, "save_account"),
        ):
            patch.setattr(owner, name, killing(step, getattr(owner, name), counter, after=after))
        try:
            depositor.deposit()
            depositor.settle(3)
        except Killed:
            pass
    states = set(depositor.states().values())
    assert states <= {"never_sent", "waiting", "uncertain", "registered"}
    if depositor.uploads():
        assert "never_sent" not in states
    depositor.deposit()
    depositor.settle(12)
    assert set(depositor.states().values()) == {"registered"}
    assert len(depositor.uploads()) == 1
    agrees(depositor)
