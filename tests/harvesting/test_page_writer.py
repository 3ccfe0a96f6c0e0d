"""Which version of a record counts, and what is written of a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester import store as stores
from harvester.harvesting.page_writer import PageWriter
from harvester.model import BadRecord, Page, RawRecord, Window
from harvester.store import Close, Counts, Run, Store
from tests.harvesting.simulation import NoArticles
from tests.store import samples


def raw(datestamp: str = "2024-05-02", *, deleted: bool = False, text: str = "x", identifier: str = "a") -> RawRecord:
    payload = None if deleted else f"<record>{text}</record>".encode()
    return RawRecord(identifier=identifier, datestamp=datestamp, deleted=deleted, payload=payload)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    with stores.connect(samples.url(tmp_path)) as store:
        yield store


def begin(store: Store) -> tuple[PageWriter, Run]:
    """A run, and who writes its pages."""
    run = store.runs.begin("river", "oai_dc", "full", [Window(prefix="oai_dc")], samples.NOW)
    return PageWriter(store, NoArticles(), run), run  # type: ignore[arg-type]


def save(writer: PageWriter, *records: RawRecord, answer: RawRecord | None = None) -> list[str]:
    """Saves a page; returns the identifiers that were disputed, for which the provider gives this answer."""
    arrival = writer.look(Page(records=records))
    disputed = [one.identifier for one in arrival.disputed]
    writer.save(arrival, dict.fromkeys(disputed, answer))
    return disputed


def held(store: Store) -> RawRecord:
    ((_, record),) = store.records.raw("river", "a")
    return record


def test_what_came_and_the_ledger_change_together(opened: Store):
    writer, run = begin(opened)
    arrival = writer.look(Page(records=(raw(),), bad=(BadRecord(identifier="b", reason="torn", payload=b"<"),)))
    writer.save(arrival, {}, [Close(run.windows[0].id, 2)])
    now = opened.runs.get(run.id)
    assert (now.counts, now.windows[0].state) == (Counts(new=1, rejected=1), "done")


def test_a_window_of_another_run_is_refused_and_nothing_is_written(opened: Store):
    writer, run = begin(opened)
    _, other = begin(opened)
    with pytest.raises(LookupError):
        writer.save(writer.look(Page(records=(raw(),))), {}, [Close(other.windows[0].id, 2)])
    assert opened.runs.get(run.id).counts == Counts()


def test_an_older_version_on_a_later_page_of_the_run_is_left_out(opened: Store):
    writer, _ = begin(opened)
    save(writer, raw("2024-05-02", text="newer"))
    save(writer, raw("2024-05-01", text="older"))
    assert held(opened).payload == b"<record>newer</record>"


def test_an_older_version_in_a_later_run_counts_as_the_provider_set_it_back(opened: Store):
    save(begin(opened)[0], raw("2024-05-02", text="first"))
    save(begin(opened)[0], raw("2024-05-01", text="restored"))
    assert held(opened).payload == b"<record>restored</record>"


def test_what_comes_twice_unchanged_in_one_run_is_counted_once(opened: Store):
    writer, run = begin(opened)
    save(writer, raw())
    save(writer, raw())
    assert opened.runs.get(run.id).counts == Counts(new=1)
    later, again = begin(opened)
    save(later, raw())
    save(later, raw())
    assert opened.runs.get(again.id).counts == Counts(unchanged=1)


def test_a_bad_record_is_rejected_once_in_a_run(opened: Store):
    writer, run = begin(opened)
    bad = BadRecord(identifier="b", reason="torn", payload=b"<")
    for _ in range(2):
        writer.save(writer.look(Page(records=(), bad=(bad, BadRecord(identifier=None, reason="x", payload=b"")))), {})
    assert [one.identifier for one in opened.records.rejected(run.id)] == ["b", None, None]


class TestDisputes:
    TOMBSTONE = raw(deleted=True)

    def test_a_page_that_gives_a_record_live_and_deleted_is_disputed(self, opened: Store):
        writer, _ = begin(opened)
        assert save(writer, raw(), self.TOMBSTONE, answer=self.TOMBSTONE) == ["a"]
        assert held(opened).deleted

    def test_a_tombstone_that_is_not_newer_than_the_live_record_is_disputed(self, opened: Store):
        save(begin(opened)[0], raw())
        assert save(begin(opened)[0], self.TOMBSTONE, answer=raw()) == ["a"]
        assert not held(opened).deleted

    def test_a_newer_tombstone_is_not(self, opened: Store):
        save(begin(opened)[0], raw())
        assert save(begin(opened)[0], raw("2024-05-03", deleted=True)) == []
        assert held(opened).deleted

    def test_without_an_answer_what_lives_stays_alive(self, opened: Store):
        save(begin(opened)[0], raw())
        assert save(begin(opened)[0], self.TOMBSTONE, answer=None) == ["a"]
        assert not held(opened).deleted

    def test_without_an_answer_a_record_that_lives_again_is_live(self, opened: Store):
        save(begin(opened)[0], self.TOMBSTONE)
        assert save(begin(opened)[0], raw("2024-05-01"), answer=None) == ["a"]
        assert not held(opened).deleted

    def test_without_an_answer_the_newer_of_one_run_stays(self, opened: Store):
        writer, _ = begin(opened)
        save(writer, raw("2024-05-03", deleted=True))
        assert save(writer, raw("2024-05-01"), answer=None) == ["a"]
        assert held(opened).deleted


class TestMissing:
    def test_what_is_stored_as_listed_or_rejected_in_this_run_is_not_missing(self, opened: Store):
        save(begin(opened)[0], raw())
        writer, _ = begin(opened)
        writer.save(writer.look(Page(records=(), bad=(BadRecord(identifier="b", reason="", payload=b""),))), {})
        listed = [raw(), raw(identifier="b"), raw(identifier="c"), raw(identifier="c")]
        assert [one.identifier for one in writer.missing(listed)] == ["c"]
        assert [one.identifier for one in writer.missing([raw("2024-05-03")])] == ["a"]

    def test_what_was_delivered_is_remembered_for_this_run(self, opened: Store):
        writer, _ = begin(opened)
        save(writer, raw())
        assert (writer.was_delivered("a"), writer.was_delivered("b")) == (True, False)
        assert not begin(opened)[0].was_delivered("a")
