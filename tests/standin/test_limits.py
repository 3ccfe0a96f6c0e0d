"""Rate limits, with a timer that tests set."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from harvester.standin.exchange import Request
from harvester.standin.limits import POOLS, Limits, headers, pool_of, too_many


class Timer:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize("pool", POOLS.values(), ids=lambda pool: pool.name)
def test_requests_in_a_second(pool) -> None:
    timer = Timer()
    limits = Limits(timer)

    def admitted() -> bool:
        with limits.admitted(pool) as is_admitted:
            return is_admitted

    assert [admitted() for _ in range(pool.rate + 1)] == [True] * pool.rate + [False]
    timer.seconds = 0.99
    assert not admitted()
    timer.seconds = 1.0
    assert admitted()


@pytest.mark.parametrize("pool", [pool for pool in POOLS.values() if pool.rate > pool.concurrency])
def test_requests_at_once(pool) -> None:
    limits = Limits(Timer())
    with ExitStack() as stack:
        for _ in range(pool.concurrency):
            assert stack.enter_context(limits.admitted(pool))
        assert not stack.enter_context(limits.admitted(pool))
    with limits.admitted(pool) as admitted:
        assert admitted


@pytest.mark.parametrize(
    ("target", "agent", "is_list", "name"),
    [
        ("/works/x?mailto=a@example.org", "", False, "polite-single"),
        ("/works/x?mailto=", "", False, "public-single"),
        ("/works", "harvester/1 (mailto:a@example.org)", True, "polite-array"),
        ("/works", "curl", True, "public-array"),
    ],
)
def test_pool(target: str, agent: str, is_list: bool, name: str) -> None:
    assert pool_of(Request("GET", target, {"user-agent": agent}), is_list).name == name


def test_headers() -> None:
    assert dict(headers(POOLS[True, False])) == {
        "x-rate-limit-limit": "10",
        "x-rate-limit-interval": "1s",
        "x-concurrency-limit": "3",
        "x-api-pool": "polite-single",
    }
    assert (too_many().status, dict(too_many().headers)) == (429, {"Retry-After": "1"})
