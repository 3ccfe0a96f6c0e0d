"""The decisions about asking again, by their tables."""

from __future__ import annotations

import pytest

from harvester.errors import BadAnswer, BadStatus, ProtocolError, TooBig, Unreachable
from harvester.model import Access
from harvester.oai import retry

ACCESS = Access(url="http://x/oai")


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (Unreachable("gone"), True),
        (Unreachable("certificate", transient=False), False),
        (BadStatus("busy", 503), True),
        (BadStatus("slow", 408), True),
        (BadStatus("no", 404), False),
        (BadAnswer("web page", transient=True), True),
        (BadAnswer("damaged"), False),
        (TooBig("big"), False),
        (ProtocolError("badArgument", "no"), False),
    ],
)
def test_what_is_asked_again(error, again):
    assert (retry.pause(error, 0, ACCESS, 0.5) is not None) is again


def test_pauses_double_up_to_a_minute_and_end():
    pauses = [retry.pause(Unreachable("gone"), tries, Access(url="x", retries=9), 1.0) for tries in range(10)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, None]


def test_what_the_provider_asks_for_counts_more():
    assert retry.pause(BadStatus("busy", 503, retry_after=33.0), 0, ACCESS, 0.5) == 33.5
    assert retry.pause(BadStatus("busy", 503, retry_after=33.0), 5, ACCESS, 0.5) is None


def test_delays_grow_when_crowded_and_shrink_to_the_configured_one():
    busy = BadStatus("busy", 429)
    assert [retry.next_delay(delay, 0, busy) for delay in (0, 0.5, 4, 9, 10)] == [0.5, 1, 8, 10, 10]
    assert retry.next_delay(20, 20, busy) == 20
    assert retry.next_delay(4, 1, None) == pytest.approx(3.6)
    assert retry.next_delay(1, 1, None) == 1
    assert retry.next_delay(0.04, 0, None) == 0
