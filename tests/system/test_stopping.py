import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import Stopped
from harvester.system.stopping import never_stop, until_stopped, wait


@given(st.lists(st.integers()))
def test_all_items_come_without_a_stop(items):
    assert list(until_stopped(items, never_stop)) == items


@given(st.lists(st.integers(), min_size=1), st.data())
def test_no_item_is_taken_after_a_stop(items, data):
    after = data.draw(st.integers(0, len(items)))
    source = iter(items)
    asked = iter(range(len(items) + 1))
    with pytest.raises(Stopped):
        list(until_stopped(source, lambda: next(asked) == after))
    assert list(source) == items[after:]


def test_stop_before_the_first_item():
    with pytest.raises(Stopped):
        next(until_stopped([1], lambda: True))


def test_a_wait_is_slept_in_slices_and_ends_on_a_stop():
    naps: list[float] = []
    wait(1.2, lambda: False, naps.append)
    assert naps == pytest.approx([0.5, 0.5, 0.2])
    with pytest.raises(Stopped):
        wait(60, lambda: len(naps) > 4, naps.append)
    assert len(naps) == 5
