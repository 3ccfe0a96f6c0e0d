"""Retries, waits, deadlines and stops of the client against a real server."""

from __future__ import annotations

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from harvester.model import Access
from harvester.oai import BadStatus, Provider, Stopped, TooSlow, Unreachable, WaitUntil
from harvester.system.progress import watching
from tests.oai.one_page import DC, HTML, PAGE, Naps, access, harvest, refused
from tests.providers.server import Answer, Server, reply


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_provider_is_asked_again(status):
    naps = Naps()
    page, server = harvest(reply(HTML, status), reply(PAGE), naps=naps)
    assert len(page.records) == 2
    assert len(server.requests) == 2
    assert 0.5 <= naps.total <= 1.6


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 201, 302])
def test_a_refusal_is_final(status):
    fault, asked, _ = refused(reply("no such thing", status))
    assert isinstance(fault, BadStatus)
    assert f"HTTP {status}" in str(fault)
    assert "no such thing" in str(fault)
    assert asked == 1


def test_retry_after_in_seconds():
    naps = Naps()
    harvest(reply("", 503, Retry_After="7"), reply(PAGE), naps=naps)
    assert 7 <= naps.total <= 8.6


def test_retry_after_as_a_date_by_the_providers_clock():
    theirs = datetime(2020, 1, 1, tzinfo=UTC)  # years behind ours
    headers = {
        "Date": format_datetime(theirs, usegmt=True),
        "Retry_After": format_datetime(theirs + timedelta(seconds=9), usegmt=True),
    }
    naps = Naps()
    harvest(reply("", 429, **headers), reply(PAGE), naps=naps)
    assert 9 <= naps.total <= 10.6


def test_a_long_retry_after_is_not_waited_for():
    fault, asked, waited = refused(reply("", 503, Retry_After="7200"))
    assert isinstance(fault, WaitUntil)
    assert timedelta(minutes=119) < fault.moment - datetime.now(UTC) < timedelta(minutes=121)
    assert (asked, waited) == (1, 0)


def test_a_retry_after_of_centuries_is_a_mistake():
    fault, asked, waited = refused(reply("", 503, Retry_After="999999999999"))
    assert isinstance(fault, WaitUntil)
    assert timedelta(days=29) < fault.moment - datetime.now(UTC) < timedelta(days=31)
    assert (asked, waited) == (1, 0)


def test_a_delay_between_requests():
    naps = Naps()
    with Server([reply(PAGE)]) as server, Provider(access(server, delay=3), sleep=naps) as provider:
        provider.page(DC)
        assert naps.total == 0
        provider.page(DC)
    assert 2 < naps.total <= 3


def test_an_overrun_provider_is_asked_more_slowly():
    naps = Naps()
    answers = [reply("", 429, Retry_After="0"), reply(PAGE)]
    with Server(answers) as server, Provider(access(server), sleep=naps) as provider:
        provider.page(DC)
        before = naps.total
        provider.page(DC)
    assert 0.3 < naps.total - before <= 0.5


def test_nobody_there():
    with Server([reply(PAGE)]) as server:
        settings = access(server, retries=1)
    with Provider(settings, sleep=Naps()) as provider, pytest.raises(Unreachable, match="nothing answers at 127"):
        provider.page(DC)


def test_no_such_name():
    settings = Access(url="http://no-such-host.invalid/oai", retries=0)
    with Provider(settings) as provider, pytest.raises(Unreachable, match=r"no-such-host\.invalid cannot be found"):
        provider.page(DC)


@pytest.mark.parametrize(
    "slow",
    [
        Answer(reply(PAGE), every=0.05),  # headers drip already
        Answer(reply(PAGE), hang=30),
        Answer(reply(PAGE, 503), every=0.05),
    ],
)
def test_the_deadline_is_for_the_whole_page(slow):
    began = time.monotonic()
    fault, asked, _ = refused(slow, deadline=0.6)
    assert isinstance(fault, TooSlow)
    assert asked == 1
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(reply(PAGE), every=0.05),
        Answer(reply(PAGE), hang=30),
        reply("", 503, Retry_After="60"),  # while waiting to ask again
    ],
)
def test_a_stop_is_heard_within_a_second(answer):
    stop = threading.Event()
    with Server([answer]) as server, Provider(access(server), stop=stop.is_set) as provider:
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        with pytest.raises(Stopped):
            provider.page(DC)
        assert time.monotonic() - began < 1.3


def test_a_stop_before_the_first_request():
    with Server([reply(PAGE)]) as server, Provider(access(server), stop=lambda: True) as provider:
        with pytest.raises(Stopped):
            provider.page(DC)
        assert server.requests == []


def test_whoever_watches_sees_why_and_how_long_it_waits():
    seen: list[str] = []
    with watching(lambda step: seen.append(step.pause)):
        harvest(reply("busy", 503, Retry_After="12"), reply(PAGE))
    assert len(seen) == 2
    assert re.match(r"retrying in 1[23] s \(1 of \d\): .*HTTP 503", seen[0])
    assert seen[1] == ""
