"""What people asked for: taken once, ended once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harvester.store import Wish
from harvester.store.store import Store
from tests.store.samples import NOW

LATER = NOW + timedelta(minutes=1)


def ask(store: Store, what: str = "harvest", subject: str = "wetlands", **options: object) -> Wish:
    values = {"choices": {}, "by": "anna", "now": NOW} | options
    choices = values.pop("choices")
    return store.wishes.ask(what, subject, choices, **values)  # type: ignore[arg-type]


def test_wish_is_kept_as_asked(opened: Store):
    wish = ask(opened, choices={"full": "yes"}, upload=b"<log/>")
    assert opened.wishes.get(wish.id) == wish
    assert (wish.what, wish.subject, wish.choices, wish.asked_by) == ("harvest", "wetlands", {"full": "yes"}, "anna")
    assert (wish.asked, wish.taken, wish.done, wish.outcome) == (NOW, None, None, "")
    assert opened.wishes.upload(wish.id) == b"<log/>"


def test_wish_that_does_not_exist(opened: Store):
    with pytest.raises(LookupError):
        opened.wishes.get(7)


def test_second_click_is_the_same_wish(opened: Store):
    first = ask(opened)
    assert ask(opened, by="ben").id == first.id
    others = [ask(opened, "compare"), ask(opened, subject="rivers"), ask(opened, choices={"full": "yes"})]
    others.append(ask(opened, upload=b"1"))
    others.append(ask(opened, upload=b"2"))
    assert len({first.id, *(one.id for one in others)}) == 6
    opened.wishes.take(first.id, NOW)
    assert ask(opened).id != first.id  # the first one is under way


def test_wish_is_taken_once(opened: Store):
    wish = ask(opened)
    assert opened.wishes.take(wish.id, NOW)
    assert not opened.wishes.take(wish.id, LATER)
    assert opened.wishes.get(wish.id).taken == NOW
    opened.wishes.release(wish.id)
    assert opened.wishes.take(wish.id, LATER)


def test_wish_ends_once(opened: Store):
    wish = ask(opened, upload=b"<log/>")
    opened.wishes.take(wish.id, NOW)
    opened.wishes.end(wish.id, LATER, "12 records came.", succeeded=True)
    opened.wishes.end(wish.id, LATER, "Nothing came.", succeeded=False)
    opened.wishes.release(wish.id)
    ended = opened.wishes.get(wish.id)
    assert (ended.taken, ended.done, ended.outcome, ended.succeeded) == (NOW, LATER, "12 records came.", True)
    assert not opened.wishes.take(wish.id, LATER)
    assert opened.wishes.upload(wish.id) is None


def test_open_wishes_come_oldest_first(opened: Store):
    wishes = [ask(opened, subject=name) for name in ("wetlands", "rivers", "lakes")]
    opened.wishes.end(wishes[1].id, NOW, "", succeeded=True)
    assert [one.subject for one in opened.wishes.open()] == ["wetlands", "lakes"]
    assert [one.subject for one in opened.wishes.newest()] == ["lakes", "rivers", "wetlands"]
    assert [one.subject for one in opened.wishes.newest(before=wishes[2].id, limit=1)] == ["rivers"]


def test_only_a_wish_that_waits_is_asked(opened: Store):
    wish = ask(opened, "stop")
    assert opened.wishes.is_asked("stop", "wetlands", since=NOW)
    assert not opened.wishes.is_asked("stop", "wetlands", since=LATER)
    assert not opened.wishes.is_asked("stop", "rivers", since=NOW)
    assert not opened.wishes.is_asked("harvest", "wetlands", since=NOW)
    opened.wishes.take(wish.id, NOW)
    assert not opened.wishes.is_asked("stop", "wetlands", since=NOW)
