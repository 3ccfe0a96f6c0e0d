import gc
from contextlib import suppress

from harvester.making.garbage import RARELY, rarely_collected


def test_the_collector_is_as_before_also_after_a_failure():
    usual = gc.get_threshold()
    with suppress(ValueError), rarely_collected():
        assert gc.get_threshold() == RARELY
        raise ValueError("halfway")
    assert gc.get_threshold() == usual
