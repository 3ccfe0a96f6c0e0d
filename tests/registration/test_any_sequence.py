"""Any sequence of edits, rounds, kills, outages, decisions of a person and deposits of another program ends with states
that are the truth, or with a difference that is named.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvester import pipeline
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.client.servlet import Servlet
from harvester.daemon import work
from harvester.registration import by_hand
from harvester.registration.drift import Drift
from harvester.standin.knobs import Fault
from harvester.store.submissions import Submissions
from tests.providers.press import doi, press
from tests.registration.conftest import Depositor, put_foreign
from tests.registration.test_round import Killed, killing
from tests.standin.running import LOGIN, running

pytestmark = pytest.mark.slow

Action = tuple[Any, ...]
STEPS = ((Servlet, "send"), (Servlet, "result"), (Servlet, "contents"), (Submissions, "save"), (Submissions, "adopt"))
THEIRS = "other-tool.xml"
NUMBERS = st.integers(1, 3)
ACTIONS = st.one_of(
    st.tuples(st.just("edit"), NUMBERS),
    st.tuples(st.just("export")),
    st.tuples(st.just("deposit")),
    st.tuples(st.just("round")),
    st.tuples(st.just("retry"), NUMBERS),
    st.tuples(st.just("kill"), st.integers(1, 8), st.booleans()),
    st.tuples(st.just("deposit_fault"), st.sampled_from(Fault)),
    st.tuples(st.just("result_fault"), st.sampled_from([Fault.UNAVAILABLE, Fault.THROTTLED, Fault.ERROR, Fault.DROP])),
    st.tuples(st.just("outage"), st.integers(1, 30)),
    st.tuples(st.just("wrong_login")),
    st.tuples(st.just("foreign"), NUMBERS),
    st.tuples(st.just("clock"), st.sampled_from([0.02, 0.5, 5.0, 30.0])),
)


def edit(depositor: Depositor, number: int) -> None:
    depositor.press.correct(number, title={"en": f"On lamps, at {depositor.now():%d %H:%M:%S.%f}"})


def retry(depositor: Depositor, number: int) -> None:
    """A person says that ours counts."""
    with depositor.press.bench.opened() as (config, store):
        by_hand.retry_dois(config, store, CROSSREF_AGENCY, "live", [doi(number)], depositor.tick)


def kill(depositor: Depositor, step: int, after: bool) -> None:
    """The process ends at one of its requests or writes."""
    counter = [0]
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, killing(step, getattr(owner, name), counter, after=after))
        with suppress(Killed):
            depositor.deposit()


def foreign(depositor: Depositor, number: int) -> None:
    """Another program deposits the content of our newest file with this DOI, with a greater version, or what it has."""
    with depositor.press.bench.opened() as (_, store):
        files = store.held_records.own_files("crossref", [doi(number)]).get(doi(number), ())
    if not files:
        put_foreign(depositor, doi(number))
    for file in files[-1:]:
        data = Path(file.path).read_bytes()
        theirs = data.replace(str(file.version).encode(), f"{file.version}07".encode())
        depositor.standin.state.deposit_directly(theirs, LOGIN, THEIRS)


def act(depositor: Depositor, action: Action) -> None:
    name, *values = action
    knobs = depositor.standin.state.knobs
    match name:
        case "edit":
            edit(depositor, *values)
        case "retry":
            retry(depositor, *values)
        case "kill":
            kill(depositor, *values)
        case "deposit_fault":
            knobs.deposit_faults.append(*values)
        case "result_fault":
            knobs.result_faults.append(*values)
        case "outage":
            knobs.outage_until = depositor.now() + timedelta(hours=values[0])
        case "wrong_login":
            depositor.configure(login="Demo")
        case "clock":
            depositor.clock.advance(hours=values[0])
        case "foreign":
            foreign(depositor, *values)
        case _:
            getattr(depositor, name)()


def rest(depositor: Depositor) -> None:
    """Everything works again, there is time enough, and the daemon reads what has changed, as it does once a day."""
    knobs = depositor.standin.state.knobs
    knobs.deposit_faults.clear()
    knobs.result_faults.clear()
    knobs.outage_until = None
    depositor.configure()
    for _ in range(3):
        depositor.deposit()
        depositor.settle(72)
        depositor.clock.advance(days=1)
        with depositor.press.bench.opened() as (config, store):
            assert work.deposit(config, store, now=depositor.tick, stop=lambda: False, due=["deposit", "readback"])
        depositor.settle(72)


def drift(depositor: Depositor) -> list[Drift]:
    depositor.clock.advance(days=4)
    with depositor.press.bench.opened() as (config, store):
        return list(pipeline.find_drift(config, store, CROSSREF_AGENCY, now=depositor.tick).drift)


def is_named(depositor: Depositor, number: str, found: Sequence[Drift]) -> bool:
    """Whether a person is told that the stand-in holds another version than ours, and which."""
    row, held = depositor.rows()[number], depositor.held(int(number))
    known = row.registration
    told = known is not None and known.kind == "version_foreign" and known.details["held"] == str(held)
    return told or any(one.doi == row.doi and one.kind == "foreign" and one.held_version == held for one in found)


def is_true(depositor: Depositor, number: str) -> bool:
    """Whether the stand-in holds what the store says, with the bytes of our file."""
    row, held = depositor.rows()[number], depositor.held(int(number))
    known, state = row.registration, depositor.standin.state
    files = {file.timestamp: Path(file.path).read_bytes() for file in depositor.files()}
    if row.state in ("registered", "registered_with_conflict"):
        record = state.held(doi(int(number)))
        assert record is not None
        (sent,) = (one for one in state.submissions if one.number == record.newest.submission)
        return known is not None and known.held == held and held in files and sent.data == files[held]
    return row.state == "refused" and held not in files


@given(st.lists(ACTIONS, min_size=3, max_size=8))
@example([("foreign", 1), ("kill", 4, True), ("kill", 6, True), ("clock", 30.0), ("foreign", 1)])
@example([("deposit",), ("foreign", 1), ("edit", 2), ("export",), ("edit", 1), ("export",)])
@settings(max_examples=max(3, settings().max_examples // 16))
def test_any_sequence_ends_with_the_truth_or_a_named_difference(actions: Sequence[Action]):
    with tempfile.TemporaryDirectory() as folder, press(Path(folder)) as made, running() as standin:
        depositor = Depositor(made, standin)
        for action in actions:
            act(depositor, action)
        rest(depositor)
        assert set(depositor.states()) == {"1", "2", "3"}
        found = drift(depositor)
        for number in depositor.states():
            assert is_true(depositor, number) or is_named(depositor, number, found), depositor.rows()[number]
        ours = [one.data for one in standin.state.submissions if one.file_name != THEIRS]
        assert len(ours) == len(set(ours))
