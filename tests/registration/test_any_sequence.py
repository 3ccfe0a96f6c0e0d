"""Any sequence of edits, rounds, kills, outages and deposits of another program ends with states that are the truth."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.crossref.client.servlet import Servlet
from harvester.standin.knobs import Fault
from harvester.store.submissions import Submissions
from tests.providers.press import press
from tests.registration.conftest import Depositor
from tests.registration.test_round import Killed, agrees, killing
from tests.standin.running import LOGIN, running

pytestmark = pytest.mark.slow

Action = tuple[Any, ...]
STEPS = ((Servlet, "send"), (Servlet, "result"), (Submissions, "save"), (Submissions, "adopt"))
NUMBERS = st.integers(1, 3)
ACTIONS = st.one_of(
    st.tuples(st.just("edit"), NUMBERS),
    st.tuples(st.just("deposit")),
    st.tuples(st.just("round")),
    st.tuples(st.just("kill"), st.integers(1, 8), st.booleans()),
    st.tuples(st.just("deposit_fault"), st.sampled_from(Fault)),
    st.tuples(st.just("result_fault"), st.sampled_from([Fault.UNAVAILABLE, Fault.THROTTLED, Fault.ERROR, Fault.DROP])),
    st.tuples(st.just("outage"), st.integers(1, 30)),
    st.tuples(st.just("foreign")),
    st.tuples(st.just("clock"), st.sampled_from([0.02, 0.5, 5.0, 30.0])),
)


def edit(depositor: Depositor, number: int) -> None:
    depositor.press.correct(number, title={"en": f"On lamps, at {depositor.now():%d %H:%M:%S.%f}"})


def kill(depositor: Depositor, step: int, after: bool) -> None:
    """The process ends at one of its requests or writes."""
    counter = [0]
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, killing(step, getattr(owner, name), counter, after=after))
        with suppress(Killed):
            depositor.deposit()


def foreign(depositor: Depositor) -> None:
    """Another program deposits the content of our first file with a greater version."""
    for file in depositor.files()[:1]:
        data = Path(file.path).read_bytes()
        theirs = data.replace(str(file.timestamp).encode(), f"{file.timestamp}07".encode())
        depositor.standin.state.deposit_directly(theirs, LOGIN)


def act(depositor: Depositor, action: Action) -> None:
    name, *values = action
    knobs = depositor.standin.state.knobs
    match name:
        case "edit":
            edit(depositor, *values)
        case "kill":
            kill(depositor, *values)
        case "deposit_fault":
            knobs.deposit_faults.append(*values)
        case "result_fault":
            knobs.result_faults.append(*values)
        case "outage":
            knobs.outage_until = depositor.now() + timedelta(hours=values[0])
        case "clock":
            depositor.clock.advance(hours=values[0])
        case "foreign":
            foreign(depositor)
        case _:
            getattr(depositor, name)()


def rest(depositor: Depositor) -> None:
    """Everything works again, and there is time enough."""
    knobs = depositor.standin.state.knobs
    knobs.deposit_faults.clear()
    knobs.result_faults.clear()
    knobs.outage_until = None
    for _ in range(3):
        depositor.deposit()
        depositor.settle(72)


@given(st.lists(ACTIONS, min_size=3, max_size=8))
@settings(max_examples=max(3, settings().max_examples // 16))
def test_any_sequence_ends_with_the_truth(actions: Sequence[Action]):
    with tempfile.TemporaryDirectory() as folder, press(Path(folder)) as made, running() as standin:
        depositor = Depositor(made, standin)
        for action in actions:
            act(depositor, action)
        rest(depositor)
        has_foreign = ("foreign",) in actions
        if not has_foreign:
            agrees(depositor)
        assert not {"never_sent", "waiting"} & set(depositor.states().values())
        names = [name for name in depositor.uploads() if name != "other-tool.xml"]
        assert len(names) == len(set(names))
