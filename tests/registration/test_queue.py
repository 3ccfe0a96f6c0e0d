"""What may be sent, and in which order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.registration.file_states import IN_FLIGHT
from harvester.registration.queue import clock_problem, next_step
from harvester.store import Account, Submission
from tests.registration.samples import HOUR, NOW, file, sent_file

LATER = NOW + HOUR


def ready(number: int, **changes: Any) -> Submission:
    return file(number, asked=True, **changes)


def step(*files: Submission, dois: dict[int, str] | None = None, most: int = 10, sends: bool = True) -> str | None:
    """The next step, as "send b1"; each file has the letters of `dois` as its DOIs."""
    known = {one.batch_id: frozenset((dois or {}).get(int(one.batch_id[1:]), {one.batch_id})) for one in files}
    found = next_step(files, known, NOW, max_in_flight=most, sends=sends)
    return f"{found.kind} {found.file.batch_id}" if found else None


SHARED = {1: "ab", 2: "bc", 3: "d"}
AWAITED = sent_file(1)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], None),
        ([ready(2), ready(1)], "send b1"),
        ([file(1), ready(2)], "ask b1"),
        ([AWAITED, ready(2), ready(3)], "send b3"),
        ([sent_file(1, state="lost"), ready(2)], None),
        ([sent_file(1, state="uncertain", asked=False), ready(2), ready(3)], "send b3"),
        ([sent_file(1, state="uncertain", asked=True, next=NOW), ready(2)], "send b1"),
        ([ready(1, state="throttled", next=LATER), ready(3)], None),
        ([ready(1, state="unavailable", next=LATER), ready(3)], None),
        ([ready(1, state="unavailable"), ready(3)], "send b1"),
        ([file(1, next=LATER), ready(2), ready(3)], "send b3"),
        ([ready(1, next=LATER), ready(2)], "send b2"),  # it is gone from the disk
        ([ready(1), sent_file(2)], None),
        ([sent_file(1, next=NOW), ready(3)], "ask b1"),
        ([ready(1, state="login_refused", next=None), ready(2), ready(3)], "send b3"),
    ],
)
def test_next_step(files: list[Submission], expected: str | None):
    assert step(*files, dois=SHARED) == expected


def test_limits():
    assert step(AWAITED, ready(3), most=1) is None
    assert step(AWAITED, ready(3), most=2) == "send b3"
    assert step(ready(1), sends=False) is None
    assert step(file(1), sends=False) == "ask b1"


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=1, max_size=6), st.randoms())
def test_a_doi_is_never_in_two_files_in_flight_nor_sent_in_another_order(sets: list[set[str]], chance: Any):
    files = {number: ready(number) for number in range(len(sets))}
    dois = {f"b{number}": frozenset(of_file) for number, of_file in enumerate(sets)}
    order: dict[str, list[int]] = {}
    while files:
        found = next_step(files.values(), dois, NOW, max_in_flight=3, sends=True)
        flying = [number for number, one in files.items() if one.state in IN_FLIGHT]
        if found and (not flying or chance.random() < 0.7):
            number = int(found.file.batch_id[1:])
            for one in flying:
                assert dois[f"b{one}"].isdisjoint(dois[f"b{number}"])
            for doi in dois[f"b{number}"]:
                order.setdefault(doi, []).append(number)
            files[number] = sent_file(number)
        else:
            del files[chance.choice(flying)]
    assert all(numbers == sorted(numbers) for numbers in order.values())


def test_a_wrong_clock_stops_sending():
    account = Account(target="crossref", system="live", login="x")
    assert clock_problem(account, 20261124120000000, NOW) is None
    ahead = Account(target="crossref", system="live", login="x", clock_ahead=2 * 86400)
    assert "48 hours ahead of" in str(clock_problem(ahead, 0, NOW))
    behind = Account(target="crossref", system="live", login="x", clock_ahead=-2 * 86400)
    assert "48 hours behind" in str(clock_problem(behind, 0, NOW))
    future = int(f"{NOW + timedelta(days=3):%Y%m%d%H%M%S}000")
    assert "more than a day in the future" in str(clock_problem(account, future, NOW))
