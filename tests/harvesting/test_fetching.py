"""Pages come in the order of their list, as far ahead as there is room, and the next request waits for nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harvester.errors import BadStatus, Stopped
from harvester.harvesting.fetching import BYTES_AHEAD, PAGES_AHEAD, Fetching, Line, Prefetch
from harvester.model import Access, Page, Token, Window
from harvester.store import RunWindow
from tests.providers.server import Request, reply
from tests.providers.truth import Truth, broken, page_of

ASKED = Window(prefix="oai_dc")


def line(*, window_id: int = 1, paused: bool = False, asked: Window = ASKED, token: Token | None = None) -> Line:
    return Line(RunWindow(id=window_id, window=asked, token=token), asked, paused=paused)


@contextmanager
def fetching(
    truth: Truth,
    fault: Callable[[Request, Truth], bytes | None] | None = None,
    *,
    lanes: int = 1,
    begin: Callable[..., None] = lambda _: None,
) -> Iterator[tuple[Fetching, list[int]]]:
    asked: list[int] = []

    def noted(request: Request, truth: Truth) -> bytes | None:
        asked.append(page_of(request))
        return fault(request, truth) if fault else None

    with broken(truth, noted) as (_, server):
        access = Access(url=server.url, allow_private=True, retries=0)
        with Fetching(access, lanes, lambda: False, begin) as made:
            yield made, asked


def taken(made: Fetching) -> tuple[Line, Page]:
    one, came = made.next()
    assert isinstance(came, Page), came
    one.prefetch.take(came.size)
    return one, came


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def test_the_pages_of_a_list_come_in_their_order():
    with fetching(Truth()) as (made, asked):
        made.follow(line())
        pages = [taken(made)[1] for _ in range(5)]
    assert [len(page.records) for page in pages] == [5, 5, 5, 5, 3]
    assert pages[-1].token is None
    assert asked == [1, 2, 3, 4, 5]


def test_no_more_pages_wait_than_there_is_room_for():
    with fetching(Truth(50)) as (made, asked):
        made.follow(line())
        assert until(lambda: len(asked) == PAGES_AHEAD)
        time.sleep(0.1)
        assert asked == list(range(1, PAGES_AHEAD + 1))
        taken(made)
        assert until(lambda: len(asked) == PAGES_AHEAD + 1)


def test_a_list_that_may_be_cut_is_asked_for_no_more_than_its_first_page():
    with fetching(Truth()) as (made, asked):
        made.follow(line(paused=True))
        one, came = made.next()
        time.sleep(0.1)
        assert asked == [1]
        assert isinstance(came, Page)
        one.prefetch.take(came.size)
        assert len(taken(made)[1].records) == 5


def test_a_lane_goes_on_to_the_next_list_by_itself():
    with fetching(Truth(10)) as (made, asked):
        first, second = line(), line(window_id=2)
        made.follow(first)
        made.follow(second)
        assert until(lambda: len(asked) == 4)
        assert [taken(made)[0].window.id for _ in range(4)] == [1, 1, 2, 2]


def test_what_comes_in_the_place_of_a_page_comes_behind_the_pages_before_it():
    with fetching(Truth(), lambda request, _: reply("", 500) if page_of(request) == 3 else None) as (made, _):
        made.follow(line())
        assert [len(taken(made)[1].records) for _ in range(2)] == [5, 5]
        assert isinstance(made.next()[1], BadStatus)


def test_a_fault_in_beginning_with_a_page_is_not_lost():
    begun = threading.Event()

    def begin(_: object) -> None:
        begun.set()
        raise ZeroDivisionError

    with fetching(Truth(), begin=begin) as (made, _):
        made.follow(line(paused=True))
        taken(made)
        assert begun.wait(5)
        assert isinstance(made.next()[1], ZeroDivisionError)


def test_pages_of_a_list_that_was_given_up_are_thrown_away():
    with fetching(Truth(10)) as (made, asked):
        first, second = line(), line(window_id=2)
        made.follow(first)
        assert until(lambda: len(asked) == 2)
        first.prefetch.cancel()
        made.follow(second)
        assert taken(made)[0] is second


def test_a_request_that_nobody_wants_any_more_is_left():
    """So that the lane is free for the next list."""
    answering = threading.Event()

    def slow(request: Request, _: Truth) -> None:
        if request.query.get("set") == "slow":
            answering.wait(5)

    with fetching(Truth(3), slow) as (made, asked):
        unwanted, wanted = line(asked=Window(prefix="oai_dc", set_spec="slow")), line(window_id=2)
        made.follow(unwanted)
        assert until(lambda: len(asked) == 1)
        unwanted.prefetch.cancel()
        made.follow(wanted)
        assert taken(made)[0] is wanted
        answering.set()


def test_questions_aside_wait_for_the_turn_of_a_lane():
    at_work, go = threading.Event(), threading.Event()

    def slow(_: Request, __: Truth) -> None:
        at_work.set()
        go.wait(5)

    with fetching(Truth(3), slow) as (made, _):
        made.follow(line())
        assert at_work.wait(5)
        threading.Timer(0.05, go.set).start()
        with made.aside("http://river.example/oai"):
            assert go.is_set()


def test_the_end_stops_what_is_under_way():
    at_work, go = threading.Event(), threading.Event()

    def slow(_: Request, __: Truth) -> None:
        at_work.set()
        go.wait(5)

    with fetching(Truth(), slow) as (made, _):
        made.follow(line())
        assert at_work.wait(5)
        began = time.monotonic()
        with pytest.raises(Stopped), made:
            raise Stopped("now")
        assert time.monotonic() - began < 2
        go.set()


class TestPrefetch:
    def test_large_pages_wait_alone(self):
        prefetch = Prefetch(paused=False)
        filled = threading.Thread(target=prefetch.put, args=(BYTES_AHEAD,), daemon=True)
        filled.start()
        filled.join(0.05)
        assert filled.is_alive()
        prefetch.take(BYTES_AHEAD)
        filled.join(5)
        assert not filled.is_alive()

    def test_nothing_is_asked_for_a_list_that_was_given_up(self):
        prefetch = Prefetch(paused=True)
        prefetch.cancel()
        assert not prefetch.put(1)


def test_only_pages_that_come_while_another_is_being_stored_are_begun():
    begun: list[Page] = []
    with fetching(Truth(15), begin=begun.append) as (made, _):
        made.follow(line(paused=True))
        first = taken(made)[1]
        assert until(lambda: len(begun) == 2)
        rest = [taken(made)[1] for _ in range(2)]
        assert len(rest[0].records) == 5
    assert begun == rest
    assert first not in begun
