"""The ledger in memory changes as the ledger of the store does."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from harvester import store
from harvester.model import Token, Window
from harvester.store import Advance, Close, Restart, Split
from tests.harvesting.simulation import MemoryStore
from tests.store import samples

WINDOWS = (Window(prefix="oai_dc", set_spec="a"), Window(prefix="oai_dc", set_spec="b"))
HALVES = (Window(prefix="oai_dc", until="2024-06-01"), Window(prefix="oai_dc", since="2024-06-01"))

ids = st.integers(min_value=1, max_value=4)
sizes = st.none() | st.integers(min_value=1, max_value=300)
tokens = st.none() | st.builds(Token, st.sampled_from(["t", "u"]), sizes)
transitions = st.one_of(
    st.builds(Advance, ids, tokens, st.integers(min_value=0, max_value=9), sizes),
    st.builds(Close, ids, st.integers(min_value=0, max_value=9)),
    st.builds(Restart, ids),
    st.builds(Restart, ids, st.integers(min_value=0, max_value=9), st.just(samples.NOW)),
    st.builds(Split, ids, st.just(HALVES), sizes),
)


@settings(max_examples=50)
@given(steps=st.lists(transitions, max_size=8))
def test_any_transitions_leave_the_same_ledger(tmp_path_factory, steps):
    memory = MemoryStore(WINDOWS)
    folder: Path = tmp_path_factory.mktemp("ledger")
    with store.connect(samples.url(folder)) as opened:
        run = opened.runs.begin("journal", "oai_dc", "full", WINDOWS, samples.NOW)
        for step in steps:
            if step.window_id <= len(memory.current.windows):
                memory.apply(1, [step])
                opened.apply(run.id, [step])
        assert opened.runs.get(run.id).windows == memory.current.windows
