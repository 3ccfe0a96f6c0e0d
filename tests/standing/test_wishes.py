"""What can be done now of what people asked for, and what the page says about it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvester.config import Config
from harvester.standing import wishes
from harvester.store import Wish
from harvester.system import locks
from tests.standing.conftest import Configured

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KINDS = sorted(wishes.KINDS)


def wish(what: str = "harvest", subject: str = "reeds", number: int = 1, **changes: object) -> Wish:
    made = Wish(id=number, what=what, subject=subject, choices={}, asked=NOW, asked_by="anna")
    return replace(made, **changes)


@pytest.fixture
def config(configured: Configured) -> Config:
    return configured({"reeds": "http://127.0.0.1:9/oai"})


def test_wishes_of_one_source_are_done_one_after_the_other():
    assert wishes.lanes([wish(), wish("full"), wish("compare")]) == ["source reeds"]
    assert len(wishes.lanes([wish(), wish(subject="fens"), wish("stop"), wish("test"), wish("rebuild")])) == 5
    assert wishes.lanes([wish("export", "crossref"), wish("deposit", "doaj"), wish("log", "crossref")]) == ["deposits"]
    assert wishes.lanes([wish("brew")]) == ["unknown"]  # of a newer program


def test_oldest_wish_comes_first():
    first, second = wish(), wish("full", number=2)
    assert wishes.next_wish([first, second], ()) == first
    assert wishes.next_wish([replace(first, taken=NOW, done=NOW), second], ()) == second
    assert wishes.next_wish([], ()) is None


def test_wish_waits_for_the_lock_that_it_needs_and_keeps_its_place():
    first, second = wish("deposit", "crossref"), wish("export", "crossref", 2)
    assert wishes.next_wish([first, second], {"deposit"}) is None
    assert wishes.next_wish([second], {"deposit"}) == second
    assert wishes.next_wish([wish("test")], {"source-reeds"}) is not None  # it only reads
    assert wishes.next_wish([wish()], {"source-fens"}) is not None


taken = st.lists(st.builds(wish, st.sampled_from(KINDS), number=st.integers(1, 99), taken=st.sampled_from([None, NOW])))


@given(taken, st.sets(st.sampled_from(["export", "deposit", "source-reeds"])))
def test_no_wish_is_taken_twice_and_none_without_its_locks(waiting: list[Wish], held: set[str]):
    chosen = wishes.next_wish(waiting, held)
    assert chosen is None or (chosen.taken is None and not held & set(wishes.needed_locks(chosen)))
    assert all(one.taken is not None for one in wishes.left_by_a_crash(waiting))


@pytest.mark.parametrize("what", KINDS)
def test_every_kind_has_a_title(what: str):
    assert "reeds" in wishes.title(wish(what))


def state(config: Config, one: Wish, *held: str) -> wishes.Standing:
    with ExitStack() as stack:
        for name in held:
            stack.enter_context(locks.hold(config.locks_dir, name, what=f"work on {name}"))
        return wishes.standing(config, one, NOW)


def test_daemon_does_it_now_or_after_what_is_under_way(config: Config):
    assert state(config, wish(), "daemon").words == "The daemon does this now."
    later = state(config, wish(), "daemon", "source-reeds")
    assert later.words.startswith("The daemon does this after work on source-reeds (process ")
    assert (later.state, later.command) == ("waiting", None)


def test_cron_does_it_with_its_next_call(config: Config):
    wishes.note_call(config, NOW - timedelta(minutes=15))
    stands = state(config, wish())
    assert (
        "The next call of `harvester harvest --due` does this; the last one was at 2026-11-30 11:45 UTC."
        in stands.words
    )
    assert stands.command == f"harvester --config {config.path} harvest --due"


@pytest.mark.parametrize("called", [None, NOW - timedelta(days=2)])
def test_nobody_does_it_unless_a_person_runs_the_command(config: Config, called: datetime | None):
    if called:
        wishes.note_call(config, called)
    stands = state(config, wish())
    assert stands.words.startswith("No daemon runs")
    assert stands.command


def test_wish_that_was_taken_is_under_way_as_long_as_its_process_lives(config: Config):
    under_way = wish(taken=NOW)
    assert state(config, under_way, "wishes source reeds").state == "under way"
    left = state(config, under_way, "daemon")
    assert (left.state, "Harvest reeds" in left.words) == ("interrupted", True)


def test_stop_is_taken_by_the_process_at_work(config: Config):
    assert "stops after the page" in state(config, wish("stop"), "daemon", "source-reeds").words
    assert state(config, wish("stop"), "daemon").words == "The daemon does this now."


@pytest.mark.parametrize(("succeeded", "expected"), [(True, "done"), (False, "failed")])
def test_wish_that_ended(config: Config, succeeded: bool, expected: str):
    assert state(config, wish(taken=NOW, done=NOW, succeeded=succeeded)).state == expected


def test_announced_wish_is_seen(config: Config):
    assert wishes.announced(config) is None
    wishes.announce(config, NOW)
    assert wishes.announced(config) == NOW
    wishes.announce(config, NOW + timedelta(seconds=1))
    assert wishes.announced(config) != NOW
