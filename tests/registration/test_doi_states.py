"""What became of a DOI, whatever came before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvester.answers import Again, SentArticle, SentFile
from harvester.registration import doi_states
from harvester.registration.doi_states import (
    AGAIN_AFTER,
    decided,
    followed,
    marked,
    refused_at_once,
    resolved,
    sending,
)
from tests.registration.samples import HOUR, NOW, doi, file, outcome, sent_file

NOTHING = Again()


@pytest.mark.parametrize("kind", [doi_states.FOREIGN, doi_states.RICHER])
def test_a_decision_of_a_person_lasts_until_there_is_a_newer_version(kind: str):
    held = doi("refused", kind=kind, details={"held": "9"})
    assert doi_states.is_held(held)
    decided_on = doi_states.overruling(held)
    assert (decided_on.overruled, doi_states.is_held(decided_on)) == (9, False)
    assert doi_states.is_held(replace(decided_on, details={"held": "10"}))


@pytest.mark.parametrize("known", [None, doi("refused", kind="year"), doi("registered", details={"held": "9"})])
def test_nothing_else_waits_for_a_person(known: Any):
    assert not doi_states.is_held(known)
    if known:
        assert doi_states.overruling(known) is known


def test_a_doi_waits_as_soon_as_its_file_is_about_to_be_sent():
    new = sending(None, "10.5555/A", file(1), NOW)
    assert (new.state, new.batch_id, new.held) == ("waiting", "b1", None)
    again = sending(doi("refused", kind="title", due=NOW, held=5, refusals=1), "10.5555/a", file(2), NOW)
    assert (again.state, again.batch_id, again.kind, again.due) == ("waiting", "b2", None, None)
    assert (again.held, again.refusals) == (5, 1)


def test_an_older_file_that_is_sent_later_changes_nothing():
    newer = doi("registered", 2)
    assert sending(newer, newer.doi, file(1), NOW) is newer


@pytest.mark.parametrize(
    ("state", "expected"),
    [("sent", "waiting"), ("throttled", "waiting"), ("login_refused", "waiting"), ("uncertain", "uncertain"),
     ("lost", "uncertain")],
)  # fmt: skip
def test_a_doi_follows_its_file(state: Any, expected: str):
    assert followed(doi(), sent_file(state=state), NOW).state == expected
    for other in (doi("registered"), doi(number=2)):
        assert followed(other, sent_file(state=state), NOW) is other


@pytest.mark.parametrize("state", ["registered", "registered_with_conflict", "refused", "unaccounted", "uncertain"])
def test_a_log_decides_the_state(state: str):
    after = decided(doi(), outcome(state, kind="x", text="words", version=7), file(), NOW, NOTHING)
    assert (after.state, after.kind, after.message) == (state, "x", "words")
    assert after.held == (7 if state.startswith("registered") else None)


def test_an_old_log_changes_only_what_is_held():
    newer = doi("waiting", 2, held=3)
    after = decided(newer, outcome(version=5), file(1), NOW, NOTHING)
    assert (after.state, after.batch_id, after.held) == ("waiting", "b2", 5)
    assert decided(newer, outcome("refused"), file(1), NOW, NOTHING) == newer


def test_of_two_logs_of_one_file_the_surer_one_counts():
    known = doi("registered", held=5)
    assert decided(known, outcome("refused", kind="version"), file(), NOW, NOTHING).state == "registered"
    assert decided(doi("refused", kind="x"), outcome("registered", version=5), file(), NOW, NOTHING).held == 5


def test_what_may_pass_by_itself_is_due_once():
    first = decided(doi(), outcome("refused", kind="server"), file(), NOW, Again(time=True))
    assert (first.due, first.refusals) == (NOW + AGAIN_AFTER, 1)
    again = sending(first, first.doi, file(2), NOW + 5 * HOUR)
    second = decided(again, outcome("refused", kind="server"), file(2), NOW + 6 * HOUR, Again(time=True))
    assert (second.due, second.refusals) == (None, 2)


def test_what_was_damaged_on_its_way_is_due_at_once_and_once():
    first = decided(doi(), outcome("refused", kind="notxml"), file(), NOW, Again(damage=True))
    assert first.due == NOW
    again = sending(first, first.doi, file(2), NOW + HOUR)
    assert decided(again, outcome("refused", kind="notxml"), file(2), NOW + HOUR, Again(damage=True)).due is None


def test_a_log_that_is_read_again_leaves_what_is_due():
    refused = outcome("refused", kind="notxml")
    for due in (None, NOW + HOUR):
        known = replace(decided(doi(), refused, file(), NOW, NOTHING), due=due)
        assert decided(known, refused, file(), NOW + 2 * HOUR, NOTHING).due == due


def test_settings_are_remembered_while_they_may_help():
    refused = decided(doi(), outcome("refused", kind="prefix"), file(), NOW, Again(settings="abc"))
    assert refused.settings == "abc"
    assert decided(doi(), outcome(), file(), NOW, Again(settings="abc")).settings is None


def test_a_conflict_ends():
    conflict = doi("registered_with_conflict", conflict_id="7", dois_in_conflict=("10.5555/b",))
    assert (resolved(conflict, NOW).state, resolved(conflict, NOW).conflict_id) == ("registered", None)
    assert resolved(doi("refused"), NOW) == doi("refused")


def test_a_person_knows_better():
    assert marked(doi("uncertain"), registered=True, now=NOW).state == "registered"
    away = marked(doi("uncertain"), registered=False, now=NOW)
    assert (away.state, away.due) == ("refused", NOW)


def test_a_file_that_was_refused_as_it_came_registers_nothing():
    sent = SentFile(version=1, articles=(SentArticle(doi="10.5555/a"), SentArticle(doi="10.5555/b")))
    assert [(one.state, one.text) for one in refused_at_once(sent, "too large").dois] == [("refused", "too large")] * 2


states = st.sampled_from(["registered", "registered_with_conflict", "refused", "unaccounted", "uncertain"])
logs = st.tuples(st.integers(1, 4), states)


@given(st.lists(logs, max_size=12))
def test_logs_in_any_order_end_with_the_newest_file(read: list[tuple[int, str]]):
    one = None
    for step, (number, state) in enumerate(read):
        version = file(number).timestamp if state.startswith("registered") else None
        moment = NOW + timedelta(minutes=step)
        one = decided(one, outcome(state, version=version), file(number), moment, NOTHING)
    if one is not None:
        newest = max(number for number, _ in read)
        registered = [number for number, state in read if state.startswith("registered")]
        assert one.batch_id == f"b{newest}"
        assert one.held == (file(max(registered)).timestamp if registered else None)
        if newest in registered:
            assert one.state.startswith("registered")
