"""What people asked for is done once: also by two processes at once, and if one is killed in the middle."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import due_run, wishes
from harvester.daemon.service import Daemon
from harvester.daemon.wish_work import Outcome
from harvester.errors import BusyError, HarvesterError, StoreError
from harvester.standing.wishes import announce, lane_lock, standing
from harvester.store import Wish
from harvester.system import locks
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.daemon.test_jobs import until
from tests.providers import small_journal
from tests.store.test_kill import in_child

LANE = "source reeds"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def config(configured: Configured) -> Iterator[Config]:
    with small_journal.serving() as server:
        yield configured({"reeds": server.url}, schedule="@yearly")


def ask(config: Config, what: str = "harvest", subject: str = "reeds", **choices: str) -> int:
    with pipeline.opened(config) as store:
        wish = store.wishes.ask(what, subject, choices, by="anna", now=now())
    announce(config, now())
    return wish.id


def get(config: Config, number: int) -> Wish:
    with pipeline.opened(config) as store:
        return store.wishes.get(number)


def take(config: Config, lane: str = LANE) -> list[Wish]:
    return wishes.take_lane(config, lane, now=now, stop=never_stop)


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Wish], Outcome]], None]:
    """Puts a function in the place of the work."""

    def use(work: Callable[[Wish], Outcome]) -> None:
        monkeypatch.setattr(wishes, "do", lambda _config, _store, wish, **_: work(wish))

    return use


def test_wish_is_done_and_told(config: Config):
    number = ask(config)
    (wish,) = take(config)
    assert (wish.id, wish.succeeded) == (number, True)
    assert wish.outcome == "Run 1 (oai_dc): complete; 4 new."
    assert take(config) == []


def test_wishes_of_a_lane_are_done_in_order(config: Config, doing: Callable[..., None]):
    order: list[str] = []

    def note(wish: Wish) -> Outcome:
        order.append(wish.what)
        return Outcome("done")

    doing(note)
    for what in ("compare", "harvest", "full"):
        ask(config, what)
    ask(config, "export", "crossref")
    assert len(take(config)) == 3
    assert order == ["compare", "harvest", "full"]


def test_wish_is_done_once_by_many_processes(config: Config, doing: Callable[..., None]):
    done: list[int] = []

    def note(wish: Wish) -> Outcome:
        done.append(wish.id)
        time.sleep(0.01)  # long enough for the others to come
        return Outcome("done")

    doing(note)
    numbers = [ask(config, "harvest", str(number)) for number in range(3)] + [ask(config), ask(config, "full")]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: wishes.take_all(config, now=now, stop=never_stop), range(4)))
    assert sorted(done) == numbers


@pytest.mark.parametrize("error", [HarvesterError("The disk is full."), ZeroDivisionError("oops")])
def test_failure_is_told(config: Config, doing: Callable[..., None], error: Exception):
    def fail(_: Wish) -> Outcome:
        raise error

    doing(fail)
    number = ask(config)
    take(config)
    assert (get(config, number).succeeded, str(error) in get(config, number).outcome) == (False, True)


def test_wish_waits_for_a_harvest_under_way(config: Config):
    number = ask(config)
    with locks.hold(config.locks_dir, "source-reeds", what="a harvest"):
        assert take(config) == []
        assert get(config, number).taken is None
    assert len(take(config)) == 1


def test_wish_that_lost_the_race_for_a_lock_is_put_back(config: Config, doing: Callable[..., None]):
    def busy(_: Wish) -> Outcome:
        raise BusyError("another one was faster")

    doing(busy)
    number = ask(config)
    stop = iter([False, False, False, True, True])
    assert wishes.take_lane(config, LANE, now=now, stop=lambda: next(stop, True)) == []
    assert (get(config, number).taken, get(config, number).done) == (None, None)


def test_without_a_store_nothing_is_told(config: Config, doing: Callable[..., None]):
    def broken(_: Wish) -> Outcome:
        raise StoreError("the disk is full")

    doing(broken)
    ask(config)
    with pytest.raises(StoreError):
        take(config)


@pytest.mark.slow
def test_wish_whose_process_was_killed_says_so_and_can_be_asked_for_again(config: Config, doing: Callable[..., None]):
    def hang(_: Wish) -> Outcome:
        time.sleep(600)
        return Outcome("")

    doing(hang)
    number = ask(config)

    def work() -> None:
        take(config)

    child = in_child(work)
    until(lambda: get(config, number).taken is not None)
    until(lambda: locks.holder(config.locks_dir, lane_lock(LANE)) is not None)
    assert standing(config, get(config, number), now()).state == "under way"
    again = ask(config)
    assert again != number
    assert take(config) == []  # the lane is busy
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert standing(config, get(config, number), now()).state == "interrupted"
    doing(lambda _: Outcome("2 records came"))
    assert [(one.id, one.succeeded) for one in take(config)] == [(number, False), (again, True)]
    assert "ended while it was at this" in get(config, number).outcome


def test_due_call_takes_wishes_up(config: Config):
    number = ask(config, "test")
    result = due_run.run_due(config, now=now, stop=never_stop)
    assert [wish.id for wish in result.wishes] == [number]
    assert result.wishes[0].outcome.startswith("It works with these settings.\nRepository: ")
    assert due_run.run_due(config, now=now, stop=never_stop).wishes == ()


@pytest.mark.slow
def test_daemon_takes_a_wish_at_once(config: Config):
    daemon = Daemon(config.path, tick=0.05)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        until(lambda: locks.holder(config.locks_dir, "daemon") is not None)
        number = ask(config)
        until(lambda: get(config, number).done is not None)
        waiting = ask(config, "compare")
        until(lambda: get(config, waiting).done is not None)
    finally:
        daemon.stop()
        thread.join()
    assert get(config, number).succeeded
    assert get(config, waiting).outcome.startswith("Run ")
