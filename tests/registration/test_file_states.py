"""Every transition of a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from harvester.answers import Answer
from harvester.registration import file_states
from harvester.registration.file_states import asked, begun, crashed, released, retried, sent, superseded, unsendable
from harvester.store import Submission
from tests.registration.samples import HOUR, NOW, file, result, sent_file

LATER = NOW + HOUR / 60


def sending(**changes: Any) -> Submission:
    return begun(file(asked=True, **changes), NOW)


@pytest.mark.parametrize(
    ("kind", "state", "minutes"),
    [
        ("accepted", "sent", 1),
        ("uncertain", "uncertain", 1),
        ("throttled", "throttled", 10),
        ("unavailable", "unavailable", 5),
        ("login_refused", "login_refused", None),
        ("refused", "completed", None),
    ],
)
def test_the_answer_to_a_file_decides_its_state(kind: Any, state: str, minutes: int | None):
    answered = sent(sending(), Answer(kind=kind, text="words"), NOW)
    assert (answered.state, answered.answer) == (state, "words")
    assert answered.next == (None if minutes is None else NOW + timedelta(minutes=minutes))
    assert answered.names == ("b1.xml",)
    assert answered.accepted == (kind == "accepted")


def test_waits_double_and_the_name_stays():
    waiting = sent(sending(), Answer(kind="unavailable"), NOW)
    again = sent(begun(waiting, LATER), Answer(kind="unavailable"), LATER)
    assert (again.next, again.names) == (LATER + timedelta(minutes=10), ("b1.xml",))
    assert sent(begun(again, LATER), Answer(kind="accepted"), LATER).attempts == 0
    asked_to_wait = sent(sending(), Answer(kind="throttled", retry_after=30), NOW, 0.001)
    assert asked_to_wait.next == NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("before", "found", "hours", "state"),
    [
        ("written", "unknown", 0, "written"),
        ("written", "queued", 0, "queued"),
        ("written", "completed", 0, "completed"),
        ("sent", "unknown", 1.9, "sent"),
        ("sent", "unknown", 2, "lost"),
        ("sent", "queued", 30, "queued"),
        ("sent", "other", 1, "queued"),
        ("queued", "in_process", 1, "in_process"),
        ("in_process", "completed", 1, "completed"),
        ("in_process", "unknown", 5, "in_process"),
        ("lost", "queued", 50, "queued"),
        ("lost", "completed", 50, "completed"),
        ("lost", "unknown", 50, "lost"),
    ],
)
def test_what_was_found_decides_the_state(before: Any, found: str, hours: float, state: str):
    known = file() if before == "written" else sent_file(state=before)
    assert asked(known, result(found, text="strange_state"), NOW + hours * HOUR).state == state


def test_a_file_that_is_withheld_names_the_dois_and_is_never_due():
    withheld = file_states.withheld(file(), ["10.5555/a", "10.5555/b"], LATER)
    assert (withheld.state, withheld.since, withheld.next) == ("superseded", LATER, None)
    assert withheld.answer.startswith("a person has to decide about 10.5555/a, 10.5555/b;")


def test_a_file_without_a_receipt_is_sent_again_after_an_hour_and_twice_at_most():
    one = sent(sending(), Answer(kind="uncertain"), NOW)
    for number in (2, 3):
        assert one.sent is not None
        early = asked(one, result("unknown"), one.sent + 0.9 * HOUR)
        assert (early.state, file_states.is_to_send(early, early.next or NOW)) == ("uncertain", False)
        due = asked(one, result("unknown"), one.sent + HOUR)
        assert file_states.is_to_send(due, one.sent + HOUR)
        again = begun(due, one.sent + HOUR)
        assert again.names[-1] == f"b1-{number}.xml"
        one = sent(again, Answer(kind="uncertain"), one.sent + HOUR)
    assert one.sent is not None
    lost = asked(one, result("unknown"), one.sent + HOUR)
    assert (lost.state, len(lost.names)) == ("lost", 3)
    assert lost.next is not None
    assert asked(lost, result("unknown"), one.sent + 7 * 24 * HOUR).next is None


@pytest.mark.parametrize("kind", ["login_refused", "throttled", "unavailable", "unreadable"])
@pytest.mark.parametrize("state", ["sent", "queued", "lost", "uncertain"])
def test_an_answer_that_says_nothing_of_the_file_leaves_its_state(state: Any, kind: Any):
    before = sent_file(state=state, asked=False)
    after = asked(before, Answer(kind=kind, retry_after=300), LATER)
    assert (after.state, after.since, after.names) == (before.state, before.since, before.names)
    assert after.next == LATER + timedelta(seconds=300)


def test_a_file_that_cannot_be_asked_for_before_it_is_sent_waits():
    assert asked(file(), Answer(kind="unavailable"), NOW).next == NOW + timedelta(minutes=5)


def test_a_crash_while_sending_is_uncertain():
    after = crashed(sending(), NOW + HOUR)
    assert (after.state, after.asked) == ("uncertain", False)
    assert after.next is not None


def test_a_late_log_of_a_completed_file_changes_nothing():
    done = sent_file(state="completed", next=None)
    assert asked(done, result("completed"), LATER) is done


def test_the_other_events():
    assert superseded(file(asked=True), NOW).next is None
    assert unsendable(file(asked=True), "gone", NOW).next == NOW + 24 * HOUR
    free = released(file(state="login_refused", asked=True, next=None), NOW)
    assert file_states.is_to_send(free, NOW)
    lost = retried(sent_file(state="lost"), NOW)
    assert file_states.is_to_send(lost, NOW)
    assert begun(lost, NOW).names[-1] == "b1-2.xml"
    assert file_states.is_to_ask(retried(sent_file(state="queued"), NOW), NOW)


def test_of_several_names_the_most_advanced_counts():
    known, busy = result("queued"), Answer(kind="unavailable")
    assert file_states.most_advanced([result("unknown"), known, busy]) is known
    assert file_states.most_advanced([result("unknown"), busy]) is busy
    unknown = result("unknown")
    assert file_states.most_advanced([result("unknown"), unknown]) is unknown


def test_only_an_account_that_is_told_to_wait_stops():
    waiting = file(state="throttled", next=NOW + HOUR)
    assert file_states.stops_the_queue(waiting, NOW)
    assert not file_states.stops_the_queue(waiting, NOW + HOUR)
    assert not file_states.stops_the_queue(sent_file(state="uncertain"), NOW)


def test_file_that_a_person_uploaded_is_asked_for_and_never_sent():
    uploaded = file_states.uploaded(file(state="throttled", asked=True, attempts=3), NOW)
    assert (uploaded.state, uploaded.sent, uploaded.attempts) == ("sent", NOW, 0)
    assert file_states.is_to_ask(uploaded, NOW)
    assert not file_states.is_to_send(uploaded, NOW)
    late = asked(uploaded, result("unknown"), NOW + 3 * HOUR)
    assert late.state == "lost"
    assert not file_states.is_to_send(late, NOW + 100 * HOUR)
