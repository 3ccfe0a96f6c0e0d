from hypothesis import given
from hypothesis import strategies as st

from harvester.system.batches import batched


@given(st.lists(st.integers()), st.integers(1, 10))
def test_batches_have_all_items_in_order_and_only_the_last_is_shorter(items, size):
    batches = list(batched(items, size))
    assert [item for batch in batches for item in batch] == items
    assert all(len(batch) == size for batch in batches[:-1])
    assert all(0 < len(batch) <= size for batch in batches)


def test_items_are_read_only_when_their_batch_is_asked_for():
    items = iter(range(5))
    batches = batched(items, 2)
    assert next(batches) == [0, 1]
    assert next(items) == 2
