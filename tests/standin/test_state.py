"""What tests control, and what several threads may do at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from harvester.standin import Account, Knobs, State
from tests.standin.files import article, deposit
from tests.standin.running import Clock

ACCOUNT = Account(login="demo", password="x", prefixes=("10.5555",))


def test_deposits_of_another_tool_are_processed_at_once() -> None:
    clock = Clock()
    state = State([ACCOUNT], now=clock)
    submission = state.deposit_directly(deposit(article(), timestamp=7), "demo")
    assert submission.processed
    record = state.held("10.5555/WILLOW")
    assert record
    assert (record.newest.number, record.newest.submission, record.created) == (7, submission.number, clock.now)
    with pytest.raises(KeyError):
        state.deposit_directly(b"", "nobody")


def test_files_whose_time_has_come_are_processed_before() -> None:
    clock = Clock()
    state = State([ACCOUNT], now=clock)
    state.submit("a.xml", deposit(article(), timestamp=7), ACCOUNT)
    assert state.result("a.xml") is None
    clock.advance(hours=1)
    state.deposit_directly(deposit(article(), timestamp=8), "demo")
    record = state.held("10.5555/willow")
    assert record
    assert [version.number for version in record.versions] == [7, 8]
    assert record.created < record.newest.at


def test_result_and_mail_of_a_file_that_is_not_there() -> None:
    state = State()
    assert state.result("a.xml") is None
    assert state.mail("a.xml") is None


def test_transfers_and_matches_need_a_registered_doi() -> None:
    state = State()
    for change in (
        lambda: state.transfer("10.5555/a", "10.1"),
        lambda: state.match_reference("10.5555/a", "r", "10.1/b"),
    ):
        with pytest.raises(KeyError):
            change()


def test_many_threads() -> None:
    state = State([ACCOUNT], knobs=Knobs.immediate())

    def send(number: int) -> bytes | None:
        name = f"{number}.xml"
        state.submit(name, deposit(article(f"10.5555/{number}", page=str(number))), ACCOUNT)
        state.log("POST", "/", ["a"], 200)
        return state.result(name)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(send, range(40)))
    assert all(result and b"Successfully added" in result for result in results)
    assert len({submission.number for submission in state.submissions}) == len(state.requests) == 40
    assert state.pending(ACCOUNT) == 0
