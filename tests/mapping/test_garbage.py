import gc
from contextlib import suppress

from harvester.mapping.garbage import RARE, reduced_gc


def test_the_collector_is_as_before_also_after_a_failure():
    usual = gc.get_threshold()
    with suppress(ValueError), reduced_gc():
        assert gc.get_threshold() == RARE
        raise ValueError("halfway")
    assert gc.get_threshold() == usual


def test_harvests_that_overlap_leave_the_collector_as_it_was():
    """The second to begin took the first one's for the usual one, and a daemon grew by 0.3 MB a harvest for ever."""
    before = gc.get_threshold()
    one, two = reduced_gc(), reduced_gc()
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    assert gc.get_threshold() == RARE
    two.__exit__(None, None, None)
    assert gc.get_threshold() == before
