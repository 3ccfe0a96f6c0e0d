from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester import store
from harvester.errors import StoreError
from harvester.model import BadRecord, Decision, RawRecord, StoredRecord
from harvester.store import PageToSave, RecordToSave, UnresolvedRejection
from harvester.store.records import UNRESOLVED_REJECTIONS
from harvester.store.store import Store
from tests.store import samples
from tests.store.samples import bad, begin, name, page, raw, save_page, tombstone


@pytest.fixture
def save(opened: Store) -> Callable[..., None]:
    """Keeps records with their decisions, each call as one page of one run."""
    run, window = begin(opened)

    def keep(*decided: tuple[RawRecord, str], bad: tuple[BadRecord, ...] = ()) -> None:
        records = tuple(RecordToSave(one, decision) for one, decision in decided)  # type: ignore[arg-type]
        save_page(opened, run.id, window.id, PageToSave(records=records, bad=bad))

    return keep


def digest(one: RawRecord) -> str:
    assert one.payload is not None
    return hashlib.sha256(one.payload).hexdigest()


def rows(opened: Store, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(opened.path) as raw_connection:
        found = raw_connection.execute(statement).fetchall()
    raw_connection.close()
    return found


def test_a_record_comes_out_as_it_went_in(opened: Store, save):
    given = raw(1, sets=("a", 'b "quoted"', "ö:ы"), repairs=("illegal character",), original=b"\xff the page \x00")
    save((given, "new"))
    assert opened.raw("wetlands", name(1)) == [("oai_dc", given)]


def test_known_is_what_decides_about_an_arrival(opened: Store, save):
    save((raw(1), "new"), (tombstone(2), "deleted"))
    known = opened.stored_records("wetlands", "oai_dc", [name(1), name(2), name(3)])
    assert known == {
        name(1): StoredRecord("2024-01-02T03:04:05Z", False, digest(raw(1)), ("reeds:ART",), run_id=1),
        name(2): StoredRecord("2024-06-01T00:00:00Z", True, None, run_id=1),
    }
    assert opened.stored_records("wetlands", "jats", [name(1)]) == {}
    assert opened.stored_records("wetlands", "oai_dc", []) == {}


def test_datestamps_tell_the_time_where_they_differ_in_it(opened: Store, save):
    def keep(first: int, *times: str) -> None:
        stamps = enumerate(times, first)
        save(*((raw(number, datestamp=f"2024-05-0{number}{time}"), "new") for number, time in stamps))

    assert not opened.has_time_of_day("wetlands", "oai_dc")
    keep(1, "T00:00:00Z", "T00:00:00Z", "T23:00:00Z")  # midnight, and in summer
    assert not opened.has_time_of_day("wetlands", "oai_dc")
    keep(4, "T10:20:30Z")
    assert opened.has_time_of_day("wetlands", "oai_dc")
    assert not opened.has_time_of_day("wetlands", "jats")


def test_many_identifiers_at_once(opened: Store, save):
    save(*((raw(n), "new") for n in range(1500)))
    names = [name(n) for n in range(1500)]
    assert opened.stored_records("wetlands", "oai_dc", names).keys() == set(names)
    assert len(opened.payloads("wetlands", ["oai_dc"], names)) == 1500


def test_what_a_record_said_before_is_never_lost(opened: Store, save):
    history = [raw(1, "first"), raw(1, "second"), tombstone(1), raw(1, "third", datestamp="2025-01-01T00:00:00Z")]
    for one, decision in zip(history, ["new", "changed", "deleted", "changed"], strict=True):
        save((one, decision))
    assert opened.raw("wetlands", name(1)) == [("oai_dc", history[-1])]
    assert opened.versions("wetlands", name(1), "oai_dc") == history[:-1]


def test_unchanged_and_moved_records_make_no_version(opened: Store, save):
    save((raw(1), "new"), (raw(2), "new"))
    moved = raw(2, datestamp="2025-02-02T00:00:00Z", sets=("other",))
    save((raw(1), "unchanged"), (moved, "moved"))
    assert opened.raw("wetlands", name(2)) == [("oai_dc", moved)]
    assert opened.versions("wetlands", name(1), "oai_dc") == []
    assert opened.versions("wetlands", name(2), "oai_dc") == []


def test_a_page_fetched_again_after_a_crash_changes_nothing(opened: Store, save):
    for decision in ("new", "unchanged"):
        save((raw(1), decision))
    assert rows(opened, "SELECT count(*) FROM record") == [(1,)]
    assert rows(opened, "SELECT count(*) FROM payload") == [(1,)]


def test_a_page_is_kept_once_for_all_its_records(opened: Store, save):
    page_bytes = b"<OAI-PMH>" + b"x" * 5000
    save(*((raw(n, payload=b"<metadata/>", repairs=("r",), original=page_bytes), "new") for n in range(50)))
    stored = rows(opened, "SELECT codec, size FROM payload ORDER BY size")
    assert stored == [("none", 11), ("zstd", 5009)]
    assert opened.raw("wetlands", name(7))[0][1].original == page_bytes


def test_only_live_payloads_are_mapped(opened: Store, save):
    save((raw(1), "new"), (raw(2, original=b"page", repairs=("r",)), "new"), (tombstone(3), "deleted"))
    found = opened.payloads("wetlands", ["oai_dc", "jats"], [name(n) for n in range(5)])
    assert found == {(name(1), "oai_dc"): raw(1), (name(2), "oai_dc"): raw(2, repairs=("r",))}


def test_formats_stand_side_by_side(opened: Store):
    for prefix, text in (("jats", "long"), ("oai_dc", "short")):
        run = opened.begin_run("wetlands", prefix, "full", [samples.WINDOW], samples.NOW)
        save_page(opened, run.id, run.windows[0].id, page(raw(1, text)))
    assert opened.raw("wetlands", name(1)) == [("jats", raw(1, "long")), ("oai_dc", raw(1, "short"))]
    assert set(opened.payloads("wetlands", ["oai_dc"], [name(1)])) == {(name(1), "oai_dc")}


def test_rejected_records_keep_their_bytes_and_the_reason(opened: Store):
    run, window = begin(opened)
    given = (bad(name(1), "no metadata", b"<record>\xfe</record>"), bad(None, "no header"))
    save_page(opened, run.id, window.id, PageToSave(bad=given))
    kept = opened.rejected_records(run.id)
    assert [(one.identifier, one.reason, one.payload) for one in kept] == [
        (one.identifier, one.reason, one.payload) for one in given
    ]
    assert opened.rejected_records(run.id + 1) == []


SOURCES = count()
NUMBERS = st.integers(1, 4)
WAYS = ("new", "changed", "deleted", "unchanged", "moved")


@given(st.lists(st.tuples(st.frozensets(NUMBERS), st.dictionaries(NUMBERS, st.sampled_from(WAYS)), st.booleans())))
def test_awaited_is_what_was_rejected_and_has_not_come_since(
    for_all: Store, runs: list[tuple[frozenset[int], dict[int, Decision], bool]]
):
    """Of each run: what it rejects, what comes with it, and whether it settles what comes as it is held."""
    source = f"source {next(SOURCES)}"
    waiting: dict[int, str] = {}
    held: set[int] = set()
    for number, (lost, come, settles) in enumerate(runs):
        run, _ = begin(for_all, source)
        begin(for_all, "another source")
        brings = {one: how for one, how in come.items() if how in ("new", "changed", "deleted")}
        arriving = {one: how for one, how in come.items() if one in held | brings.keys()}
        records = tuple(RecordToSave(raw(one, str(number)), how) for one, how in arriving.items())
        rejected = [bad(name(one), f"reason {number}") for one in sorted(lost)]
        save_page(for_all, run.id, None, PageToSave(records=records, bad=(*rejected, bad(None, "nameless"))))
        for one in sorted(lost):
            waiting.pop(one, None)
            waiting[one] = f"reason {number}"
        if settles:
            for_all.apply(run.id, resolved=[name(one) for one in come])
        for one in come:
            if one in brings or (settles and one in held):
                waiting.pop(one, None)
        held |= brings.keys()
        assert for_all.unresolved_rejections(source, "oai_dc") == [
            UnresolvedRejection(name(one), why) for one, why in waiting.items()
        ]
        assert for_all.unresolved_rejections(source, "jats") == []


def test_what_was_rejected_behind_a_certain_point_can_be_left_out(opened: Store):
    assert opened.last_rejection_id() == 0
    last = []
    for number in (1, 2, 1):
        run, _ = begin(opened)
        save_page(opened, run.id, None, PageToSave(bad=(bad(name(number), "HTTP 500"),)))
        last.append(opened.last_rejection_id())
    assert [
        [one.identifier for one in opened.unresolved_rejections("wetlands", "oai_dc", point)] for point in (0, *last)
    ] == [
        [],
        [],
        [name(2)],
        [name(2), name(1)],
    ]


def test_what_is_awaited_is_found_without_reading_records_or_runs(opened: Store):
    statement = str(UNRESOLVED_REJECTIONS.compile(dialect=opened._engine.dialect))
    with opened._read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("reeds", "oai_dc") * 2).all()
    scans = [row.detail for row in plan if row.detail.startswith("SCAN")]
    assert scans == ["SCAN rejected", "SCAN last_rejected"]


@pytest.fixture(scope="module")
def for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for every example of a property; making one takes longer than all else."""
    with store.connect(samples.url(tmp_path_factory.mktemp("bytes"))) as opened:
        yield opened


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_any_bytes_come_back(for_all: Store, contents: list[bytes]):
    run, window = begin(for_all)
    records = [raw(n, payload=content) for n, content in enumerate(contents)]
    save_page(for_all, run.id, window.id, page(*records))
    found = for_all.payloads("wetlands", ["oai_dc"], [one.identifier for one in records])
    assert [found[one.identifier, "oai_dc"].payload for one in records] == contents


@pytest.mark.parametrize("damage", ["data = x'00'", "data = zeroblob(90), codec = 'none'"])
def test_damaged_bytes_are_never_handed_out(opened: Store, save, damage):
    save((raw(1), "new"))
    rows(opened, f"UPDATE payload SET {damage}")
    with pytest.raises(StoreError, match="not what was received"):
        opened.payloads("wetlands", ["oai_dc"], [name(1)])


def test_a_store_of_text_is_smaller_than_the_text(opened: Store, save, tmp_path: Path):
    save(*((raw(n, "reeds and rushes " * 300), "new") for n in range(200)))
    opened.backup(tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_size < 200 * 17 * 300 / 4


def test_a_record_that_is_asked_for_in_vain_again_and_again_is_kept_once(opened: Store, save):
    for payload in (b"<record/>", b"<record/>", b"<record> </record>", b"<record/>"):
        save(bad=(bad(name(1), "no header", payload), bad(name(2), "no header", b"")))
    assert rows(opened, "SELECT count(*) FROM rejected") == [(8,)]
    assert rows(opened, "SELECT count(*) FROM payload") == [(3,)]
    said = [one.payload for one in opened.rejected_records(1) if one.identifier == name(1)]
    assert said == [b"<record/>", b"<record/>", b"<record> </record>", b"<record/>"]
