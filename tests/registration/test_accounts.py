"""The login, the silence of an agency, and the two clocks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from harvester.answers import Answer, Terms
from harvester.registration.accounts import answered, is_quiet, of_terms, released, stopped_words, working
from harvester.store import Account
from tests.registration.samples import HOUR, NOW

TERMS = Terms(system="test", login="one")


def account(**changes: Any) -> Account:
    return Account(**{"target": "crossref", "system": "test", "login": "one"} | changes)


def test_another_login_frees_the_account():
    stopped = account(stopped=NOW)
    assert of_terms(stopped, "crossref", TERMS) is stopped
    assert of_terms(stopped, "crossref", Terms(system="test", login="two")) == account(login="two")
    assert of_terms(None, "crossref", TERMS) == account()


def test_a_refused_login_stops_the_account():
    after = answered(account(accepted=NOW), Answer(kind="login_refused", text="Wrong credentials."), NOW)
    assert (after.stopped, after.accepted, after.answer) == (NOW, None, "Wrong credentials.")
    assert released(after).stopped is None


@pytest.mark.parametrize(("kind", "minutes"), [("unavailable", 5), ("throttled", 10)])
def test_silence_grows_until_there_is_an_answer(kind: Any, minutes: int):
    first = answered(account(), Answer(kind=kind), NOW)
    assert first.quiet_until == NOW + timedelta(minutes=minutes)
    assert is_quiet(first, NOW)
    second = answered(first, Answer(kind=kind), NOW)
    assert second.quiet_until == NOW + timedelta(minutes=2 * minutes)
    assert not is_quiet(working(second, NOW), NOW)
    assert answered(second, Answer(kind="accepted"), NOW).failures == 0


def test_the_clock_of_the_agency_is_compared():
    late = answered(account(), Answer(kind="uncertain", server_time=NOW - 50 * HOUR), NOW)
    assert late.clock_ahead == 50 * 3600
    nearly = answered(late, Answer(kind="uncertain", server_time=NOW - 50 * HOUR), NOW + timedelta(seconds=3))
    assert nearly is late


def test_an_accepted_login_is_not_written_each_time():
    known = account(accepted=NOW)
    assert working(known, NOW + HOUR / 2) is known
    assert working(known, NOW + HOUR).accepted == NOW + HOUR


def test_the_words_name_the_other_system():
    words = stopped_words("Crossref", "test", "Wrong credentials.")
    assert "test system" in words
    assert "a login of the live system does not work here" in words
    assert '"Wrong credentials."' in words
