from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvester.datestamps import parse_utc
from harvester.harvesting import changes
from harvester.harvesting.changes import (
    OVERLAP,
    concerns_article,
    content_hash,
    contested,
    covers,
    decide,
    listed_in,
    newest,
    next_since,
    page_listed_in,
    with_earlier_lists,
)
from harvester.model import Page, RawRecord, StoredRecord
from harvester.store import RecordToSave


def record(identifier: str = "oai:x:1", datestamp: str = "2024-05-01", **changes) -> RawRecord:
    return RawRecord(identifier=identifier, datestamp=datestamp, **{"payload": b"<record/>", **changes})


def known(raw: RawRecord) -> StoredRecord:
    return StoredRecord(raw.datestamp, raw.deleted, content_hash(raw), raw.sets, raw.repairs)


class TestNextSince:
    LATER = datetime(2100, 1, 1, tzinfo=UTC)

    def test_goes_back_by_the_overlap_in_the_providers_granularity(self):
        assert next_since("2024-05-01T00:01:00Z", self.LATER, "second") == "2024-04-30T23:59:00Z"
        assert next_since("2024-05-01T00:01:00Z", self.LATER, "day") == "2024-04-30"

    def test_asks_for_everything_without_a_response_date(self):
        assert next_since(None, self.LATER, "second") is None
        assert next_since("", self.LATER, "second") is None
        assert next_since("yesterday", self.LATER, "day") is None

    @pytest.mark.parametrize(
        "never", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59.999-05:00", "9999-12-31"]
    )
    def test_asks_for_everything_where_the_response_date_is_no_moment(self, never):
        assert parse_utc(never) is None
        assert next_since(never, self.LATER, "second") is None

    def test_writes_every_year_with_four_digits(self):
        assert next_since("0800-12-25T00:01:00Z", self.LATER, "day") == "0800-12-24"

    def test_reads_what_providers_write(self):
        assert next_since("2026-11-24T05:40:17.819129+00:00", self.LATER, "second") == "2026-11-24T05:38:17Z"

    def test_does_not_follow_a_clock_that_is_ahead(self):
        """Local time that calls itself UTC: what changes in the hours between would never be asked for."""
        started = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)
        assert next_since("2024-05-01T12:00:05Z", started, "second") == "2024-05-01T09:58:00Z"
        assert next_since("2024-05-01T08:00:05Z", started, "second") == "2024-05-01T07:58:05Z"

    @given(
        st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)), st.sampled_from(["day", "second"])
    )
    def test_never_begins_after_the_moment_less_the_overlap(self, moment, granularity):
        began = moment.replace(tzinfo=UTC)
        since = parse_utc(next_since(began.isoformat(), began + timedelta(days=1), granularity) or "")
        assert since is not None
        assert since <= began - OVERLAP
        assert began - since < OVERLAP + timedelta(days=1)


class TestCovers:
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

    def test_a_tombstone_with_a_new_datestamp_has_moved(self):
        """What comes live with a datestamp between the two is then known to be the older."""
        gone = record(deleted=True, payload=None)
        assert decide(known(gone), gone) == "unchanged"
        assert decide(known(gone), record(datestamp="2024-06-01", deleted=True, payload=None)) == "moved"

    def test_what_came_on_a_damaged_page_and_now_comes_whole_is_changed(self):
        held = known(record(repairs=("controls",)))
        assert decide(held, record(repairs=("controls",))) == "unchanged"
        assert decide(held, record()) == "changed"
        assert decide(known(record()), record(repairs=("controls",))) == "unchanged"  # the same bytes came whole

    def test_what_another_list_gave_has_moved(self):
        held = known(record())
        assert decide(held, record(listed_in=("a",))) == "moved"
        assert decide(replace(held, listed_in=("a",)), record(listed_in=("a",))) == "unchanged"


class TestListedIn:
    @pytest.mark.parametrize(
        ("named", "asked", "listed"),
        [
            (("a",), "a", ()),
            (("a:b",), "a", ()),
            (("b",), "a", ("a",)),
            (("a",), "a:b", ("a:b",)),
            ((), "a", ("a",)),
            ((), None, ()),
        ],
    )
    def test_a_set_is_noted_that_the_header_does_not_name(self, named, asked, listed):
        assert listed_in(record(sets=named), asked) == record(sets=named, listed_in=listed)

    def test_a_page_without_such_a_record_is_the_same_object(self):
        page = Page(records=(record(sets=("a",)), record(sets=("a:b",))))
        assert page_listed_in(page, "a") is page
        assert [raw.listed_in for raw in page_listed_in(page, "b").records] == [("b",), ("b",)]

    def test_lists_of_other_sets_add_up(self):
        held = replace(known(record()), listed_in=("b",))
        assert with_earlier_lists(record(listed_in=("a",)), held).listed_in == ("a", "b")
        assert with_earlier_lists(record(), held).listed_in == ("b",)

    @pytest.mark.parametrize("held", [None, known(record()), StoredRecord("2024", True, None, listed_in=("b",))])
    def test_what_was_never_listed_or_was_deleted_says_nothing(self, held):
        assert with_earlier_lists(record(listed_in=("a",)), held).listed_in == ("a",)

    @pytest.mark.parametrize(
        ("changes", "concerns"),
        [({"datestamp": "2025"}, False), ({"sets": ("b",)}, True), ({"listed_in": ("b",)}, True)],
    )
    def test_other_sets_concern_the_article(self, changes, concerns):
        moved = RecordToSave(record(**changes), "moved")
        assert concerns_article(moved, known(record())) is concerns


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

    def test_live_and_deleted_at_one_moment_is_for_the_provider_to_decide(self):
        live, gone = record(), record(deleted=True, payload=None)
        assert contested((live, gone)) == {"oai:x:1"}
        assert contested((live, record(datestamp="2025-01-01", deleted=True, payload=None))) == frozenset()
        assert contested((live, record("oai:x:2"))) == frozenset()


class TestContradicts:
    def test_only_a_newer_datestamp_settles_whether_a_record_is_deleted(self):
        live, gone = record(), record(deleted=True, payload=None)
        newer = record(datestamp="2025-01-01", deleted=True, payload=None)
        assert changes.contradicts(known(live), gone)
        assert changes.contradicts(known(newer), live)
        assert not changes.contradicts(known(live), newer)
        assert not changes.contradicts(known(live), live)
        assert not changes.contradicts(None, gone)


class TestOutdated:
    def test_an_older_version_of_the_same_kind(self):
        held = known(record(datestamp="2024-05-01"))
        assert changes.outdated(held, record(datestamp="2024-04-30", payload=b"<older/>"))
        assert not changes.outdated(held, record(datestamp="2024-05-01", payload=b"<other/>"))
        assert not changes.outdated(held, record(datestamp="2024-04-30", deleted=True, payload=None))
