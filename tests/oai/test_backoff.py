"""A host that asks one of us to be left alone is left alone by all, until the moment it named."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from harvester.model import Access, Window
from harvester.oai import BadStatus, Provider, Stopped, WaitUntil, backoff
from tests.providers.server import Request, Server, listing, record, redirect, reply

DC = Window(prefix="oai_dc")
PAGE = reply(listing(record(1)))


def test_the_longer_of_two_times_stands():
    began = time.monotonic()
    backoff.hold_off("https://River.example:8080/a", 20)
    backoff.hold_off("http://river.example/b", 10)
    assert 20 <= backoff.not_before("http://river.example") - began < 21
    assert backoff.not_before("https://lake.example/") < began


class Told:
    """Asks the path /told to come again after so many seconds, once, and notes when it and others came."""

    def __init__(self, seconds: int) -> None:
        self.seconds, self.moment = seconds, 0.0
        self.came: list[float] = []

    def __call__(self, request: Request) -> bytes:
        if self.moment == 0 and request.target.startswith("/told"):
            self.moment = time.monotonic()
            return reply("", 503, Retry_After=str(self.seconds))
        self.came.append(time.monotonic() - self.moment)
        return PAGE


def provider(server: Server, path: str, stop: Callable[[], bool] = lambda: False, **settings) -> Provider:
    url = server.url.replace("/oai", path)
    return Provider(Access(url=url, allow_private=True, **settings), stop=stop)


def tell(server: Server) -> None:
    with provider(server, "/told", retries=0) as asking, pytest.raises((BadStatus, WaitUntil)):
        asking.page(DC)


def test_another_source_of_the_host_waits_as_long():
    told = Told(1)
    with Server(told) as server:
        tell(server)
        with provider(server, "/other") as other:
            other.page(DC)
        assert told.came[0] >= 1


def test_who_waits_already_hears_of_a_later_moment():
    told = Told(1)
    with Server(told) as server:
        backoff.hold_off(server.url, 0.3)
        with provider(server, "/other") as other:
            asking = threading.Thread(target=lambda: other.page(DC))
            asking.start()
            told.moment = time.monotonic()
            backoff.hold_off(server.url, 1)
            asking.join()
        assert told.came[0] >= 1


def test_a_stop_is_heard_in_the_wait():
    told = Told(100)
    with Server(told) as server:
        tell(server)
        began = time.monotonic()
        with provider(server, "/other", lambda: time.monotonic() > began + 0.2) as other, pytest.raises(Stopped):
            other.page(DC)
        assert time.monotonic() - began < 2
        assert told.came == []


def test_who_does_not_wait_so_long_is_told_when_to_come_back():
    with Server(Told(3600)) as server:
        tell(server)
        with provider(server, "/other", retry_cap=600) as other, pytest.raises(WaitUntil, match="left alone until"):
            other.page(DC)
        assert len(server.requests) == 1


def test_the_host_that_sent_us_on_is_left_alone_too():
    def answer(request: Request) -> bytes:
        if request.target.startswith("/oai"):
            return redirect(server.url.replace("127.0.0.1", "localhost").replace("/oai", "/told?") + "verb=Identify")
        return reply("", 429, Retry_After="50")

    with Server(answer) as server:
        with provider(server, "/oai", retries=0) as asking, pytest.raises(BadStatus):
            asking.page(DC)
        now = time.monotonic()
        assert min(backoff.not_before("http://127.0.0.1"), backoff.not_before("http://localhost")) - now > 40
