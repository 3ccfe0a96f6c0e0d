"""Work in step: all pieces of work take one step before any takes the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.formats.steps import Steps, alone, in_step


def work(name: str, steps: int, log: list[tuple[int, str]]) -> Steps[str]:
    for number in range(steps):
        log.append((number, name))
        yield
    return f"{name} is done"


@given(st.lists(st.integers(0, 5)))
def test_all_pieces_of_work_take_a_step_before_any_takes_the_next(lengths):
    log: list[tuple[int, str]] = []
    results = in_step(work(f"{number:03}", steps, log) for number, steps in enumerate(lengths))
    assert results == [f"{number:03} is done" for number in range(len(lengths))]
    assert log == sorted(log)
    assert len(log) == sum(lengths)


def test_one_piece_of_work_alone():
    log: list[tuple[int, str]] = []
    assert alone(work("it", 2, log)) == "it is done"
    assert log == [(0, "it"), (1, "it")]


def test_an_exception_in_one_ends_all():
    def broken() -> Steps[str]:
        yield
        raise LookupError("no such thing")

    log: list[tuple[int, str]] = []
    with pytest.raises(LookupError):
        in_step([work("it", 5, log), broken()])
    assert log == [(0, "it"), (1, "it")]
