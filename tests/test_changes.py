from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.changes import (
    OVERLAP,
    ListWatch,
    content_hash,
    covers,
    decide,
    newest,
    next_since,
    parse_utc,
    windows,
)
from harvester.model import Known, Page, RawRecord, Window


def record(identifier: str = "oai:x:1", datestamp: str = "2024-05-01", **changes) -> RawRecord:
    return RawRecord(identifier=identifier, datestamp=datestamp, **{"payload": b"<record/>", **changes})


def known(raw: RawRecord) -> Known:
    return Known(raw.datestamp, raw.deleted, content_hash(raw), raw.sets)


class TestNextSince:
    def test_goes_back_by_the_overlap_in_the_providers_granularity(self):
        assert next_since("2024-05-01T00:01:00Z", "second") == "2024-04-30T23:59:00Z"
        assert next_since("2024-05-01T00:01:00Z", "day") == "2024-04-30"

    def test_asks_for_everything_without_a_response_date(self):
        assert next_since(None, "second") is None
        assert next_since("", "second") is None
        assert next_since("yesterday", "day") is None

    def test_reads_what_providers_write(self):
        assert next_since("2026-11-24T05:40:17.819129+00:00", "second") == "2026-11-24T05:38:17Z"

    @given(
        st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)), st.sampled_from(["day", "second"])
    )
    def test_never_begins_after_the_moment_less_the_overlap(self, moment, granularity):
        began = moment.replace(tzinfo=UTC)
        since = parse_utc(next_since(began.isoformat(), granularity) or "")
        assert since is not None
        assert since <= began - OVERLAP
        assert began - since < OVERLAP + timedelta(days=1)


class TestWindows:
    def test_one_for_the_whole_repository_or_one_for_each_set(self):
        assert windows("oai_dc", ()) == (Window(prefix="oai_dc"),)
        asked = windows("jats", ("a", "b:c"), "2024-01-01")
        assert [(w.set_spec, w.since) for w in asked] == [("a", "2024-01-01"), ("b:c", "2024-01-01")]

    @pytest.mark.parametrize(
        ("earlier", "asked", "seen"),
        [
            ((), (), True),
            ((), ("a",), True),
            (("a",), (), False),
            (("a", "b"), ("b",), True),
            (("a",), ("a", "b"), False),
        ],
    )
    def test_an_earlier_run_counts_only_where_it_saw_all_that_is_asked(self, earlier, asked, seen):
        assert covers(earlier, asked) is seen


class TestDecide:
    def test_each_arrival_has_its_meaning(self):
        first = record()
        held = known(first)
        assert decide(None, first) == "new"
        assert decide(held, first) == "unchanged"
        assert decide(held, record(datestamp="2024-06-01")) == "moved"
        assert decide(held, record(sets=("a",))) == "moved"
        assert decide(held, record(payload=b"<record>2</record>")) == "changed"
        gone = record(datestamp="2024-06-01", deleted=True, payload=None)
        assert decide(held, gone) == "deleted"
        assert decide(None, gone) == "deleted"
        assert decide(known(gone), gone) == "unchanged"
        assert decide(known(gone), first) == "changed"


class TestNewest:
    def test_the_newer_of_two_wins_and_the_live_one_on_a_tie(self):
        live, gone = record(), record(deleted=True, payload=None)
        assert newest((live, gone)) == (live,)
        assert newest((gone, live)) == (live,)
        later = record(datestamp="2025-01-01", deleted=True, payload=None)
        assert newest((later, live)) == (later,)

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["2024-01-01", "2024-01-02"]))))
    def test_every_identifier_stands_once(self, rows):
        kept = newest(tuple(record(name, stamp) for name, stamp in rows))
        assert sorted(raw.identifier for raw in kept) == sorted({name for name, _ in rows})


class TestListWatch:
    def test_the_same_page_again_is_a_circle_and_the_same_token_is_not(self):
        watch = ListWatch()
        first, second = Page(records=(record("a"),)), Page(records=(record("b"),))
        assert [watch.repeats(page) for page in (first, second, first)] == [False, False, True]

    def test_empty_pages_say_nothing(self):
        watch = ListWatch()
        assert [watch.repeats(Page(records=())) for _ in range(3)] == [False] * 3
