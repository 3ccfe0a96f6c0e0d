from __future__ import annotations

import hashlib
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
from harvester.store.records import TIMES_OF_DAY, UNRESOLVED_REJECTIONS
from harvester.store.store import Store
from tests.store import samples
from tests.store.conftest import only_sqlite
from tests.store.samples import bad, begin, name, page, raw, run_sql, save_page, tombstone


@pytest.fixture
def save(opened: Store) -> Callable[..., None]:
    """Saves records with their decisions, each call as one page of one run."""
    run, window = begin(opened)

    def save_records(*decided: tuple[RawRecord, str], bad: tuple[BadRecord, ...] = ()) -> None:
        records = tuple(RecordToSave(record, decision) for record, decision in decided)  # type: ignore[arg-type]
        save_page(opened, run.id, window.id, PageToSave(records=records, bad=bad))

    return save_records


def digest(record: RawRecord) -> str:
    assert record.payload is not None
    return hashlib.sha256(record.payload).hexdigest()


def test_record_is_read_back_unchanged(opened: Store, save):
    record = raw(1, sets=("a", 'b "quoted"', "ö:ы"), repairs=("illegal character",), original=b"\xff the page \x00")
    save((record, "new"))
    assert opened.records.raw("wetlands", name(1)) == [("oai_dc", record)]


def test_record_has_the_sets_whose_lists_gave_it(opened: Store, save):
    save((raw(1, listed_in=("a", "b")), "new"), (raw(2), "new"))
    save((raw(2, listed_in=("c",)), "moved"), (raw(1, "second", listed_in=("b",)), "changed"))
    stored = opened.records.stored("wetlands", "oai_dc", [name(1), name(2)])
    assert [stored[name(number)].listed_in for number in (1, 2)] == [("b",), ("c",)]
    live = opened.records.live("wetlands", ["oai_dc"], [name(1), name(2)])
    assert [live[name(number), "oai_dc"].listed_in for number in (1, 2)] == [("b",), ("c",)]
    (earlier,) = opened.records.earlier_versions("wetlands", name(1), "oai_dc")
    assert earlier.listed_in == ()


@pytest.mark.parametrize(
    ("records", "sets", "named"),
    [
        ([raw(1, sets=("a",)), raw(2, sets=("b",))], ["a"], True),
        ([raw(1, sets=("a:part",)), raw(2, sets=("b",))], ["a", "b"], True),
        ([raw(1, sets=("a",)), raw(2, sets=())], ["a"], False),
        ([raw(1, sets=("a",)), raw(2, sets=("b",), listed_in=("a",))], ["a"], False),
        ([raw(1, sets=("a",)), raw(2, sets=("b",))], ["a", "c"], False),
        ([raw(1, sets=("a",)), tombstone(2)], ["a"], True),
        ([], ["a"], False),
    ],
)
def test_headers_name_the_sets_if_all_do_and_no_list_knew_better(opened: Store, save, records, sets, named):
    save(*((record, "deleted" if record.deleted else "new") for record in records))
    assert opened.records.headers_name_sets("wetlands", "oai_dc", sets) is named
    assert opened.records.headers_name_sets("fens", "oai_dc", sets) is False


def test_stored_records_have_what_decides_about_an_arrival(opened: Store, save):
    save((raw(1), "new"), (tombstone(2), "deleted"))
    stored = opened.records.stored("wetlands", "oai_dc", [name(1), name(2), name(3)])
    assert stored == {
        name(1): StoredRecord("2024-01-02T03:04:05Z", False, digest(raw(1)), ("reeds:ART",), run_id=1),
        name(2): StoredRecord("2024-06-01T00:00:00Z", True, None, run_id=1),
    }
    assert opened.records.stored("wetlands", "jats", [name(1)]) == {}
    assert opened.records.stored("wetlands", "oai_dc", []) == {}


def test_datestamps_have_a_time_of_day_if_more_than_two_times_occur(opened: Store, save):
    def save_with_times(first: int, *times: str) -> None:
        stamps = enumerate(times, first)
        save(*((raw(number, datestamp=f"2024-05-0{number}{time}"), "new") for number, time in stamps))

    assert not opened.records.has_time_of_day("wetlands", "oai_dc")
    save_with_times(1, "T00:00:00Z", "T00:00:00Z", "T23:00:00Z")  # midnight in local time, in winter and in summer
    assert not opened.records.has_time_of_day("wetlands", "oai_dc")
    save_with_times(4, "T10:20:30Z")
    assert opened.records.has_time_of_day("wetlands", "oai_dc")
    assert not opened.records.has_time_of_day("wetlands", "jats")


@only_sqlite
def test_times_of_day_are_read_from_the_records_of_the_source_alone(opened: Store):
    """Also where the planner expects half of all records, and so to find the newest ones soon by their ids."""
    arriving = tuple(RecordToSave(raw(n), "new") for n in range(1500))
    for source in ("wetlands", "fens"):
        run, window = begin(opened, source)
        save_page(opened, run.id, window.id, PageToSave(records=arriving))
    asked = TIMES_OF_DAY.params(source="marsh", prefix="oai_dc")
    statement = asked.compile(opened._database._engine, compile_kwargs={"literal_binds": True})
    with opened._database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    assert any("SEARCH record USING" in row.detail and "(source=?" in row.detail for row in plan), plan


def test_more_identifiers_than_fit_into_one_statement(opened: Store, save):
    save(*((raw(n), "new") for n in range(1500)))
    names = [name(n) for n in range(1500)]
    assert opened.records.stored("wetlands", "oai_dc", names).keys() == set(names)
    assert len(opened.records.live("wetlands", ["oai_dc"], names)) == 1500


def test_earlier_versions_of_a_record_are_kept(opened: Store, save):
    history = [raw(1, "first"), raw(1, "second"), tombstone(1), raw(1, "third", datestamp="2025-01-01T00:00:00Z")]
    for record, decision in zip(history, ["new", "changed", "deleted", "changed"], strict=True):
        save((record, decision))
    assert opened.records.raw("wetlands", name(1)) == [("oai_dc", history[-1])]
    assert opened.records.earlier_versions("wetlands", name(1), "oai_dc") == history[:-1]


def test_unchanged_and_moved_records_add_no_version(opened: Store, save):
    save((raw(1), "new"), (raw(2), "new"))
    moved = raw(2, datestamp="2025-02-02T00:00:00Z", sets=("other",))
    save((raw(1), "unchanged"), (moved, "moved"))
    assert opened.records.raw("wetlands", name(2)) == [("oai_dc", moved)]
    assert opened.records.earlier_versions("wetlands", name(1), "oai_dc") == []
    assert opened.records.earlier_versions("wetlands", name(2), "oai_dc") == []


def test_a_page_fetched_again_after_a_crash_changes_nothing(opened: Store, save):
    for decision in ("new", "unchanged"):
        save((raw(1), decision))
    assert run_sql(opened, "SELECT count(*) FROM record") == [(1,)]
    assert run_sql(opened, "SELECT count(*) FROM payload") == [(1,)]


def test_repaired_page_is_stored_once_for_all_its_records(opened: Store, save):
    page_bytes = b"<OAI-PMH>" + b"x" * 5000
    save(*((raw(n, payload=b"<metadata/>", repairs=("r",), original=page_bytes), "new") for n in range(50)))
    stored = run_sql(opened, "SELECT codec, size FROM payload ORDER BY size")
    assert stored == [("none", 11), ("zstd", 5009)]
    assert opened.records.raw("wetlands", name(7))[0][1].original == page_bytes


def test_live_records_come_without_tombstones_and_originals(opened: Store, save):
    save((raw(1), "new"), (raw(2, original=b"page", repairs=("r",)), "new"), (tombstone(3), "deleted"))
    found = opened.records.live("wetlands", ["oai_dc", "jats"], [name(n) for n in range(5)])
    assert found == {(name(1), "oai_dc"): raw(1), (name(2), "oai_dc"): raw(2, repairs=("r",))}


def test_formats_of_a_record_are_kept_apart(opened: Store):
    for prefix, text in (("jats", "long"), ("oai_dc", "short")):
        run = opened.runs.begin("wetlands", prefix, "full", [samples.WINDOW], samples.NOW)
        save_page(opened, run.id, run.windows[0].id, page(raw(1, text)))
    assert opened.records.raw("wetlands", name(1)) == [("jats", raw(1, "long")), ("oai_dc", raw(1, "short"))]
    assert set(opened.records.live("wetlands", ["oai_dc"], [name(1)])) == {(name(1), "oai_dc")}


def test_rejected_records_keep_their_bytes_and_the_reason(opened: Store):
    run, window = begin(opened)
    rejected = (bad(name(1), "no metadata", b"<record>\xfe</record>"), bad(None, "no header"))
    save_page(opened, run.id, window.id, PageToSave(bad=rejected))
    kept = opened.records.rejected(run.id)
    assert [(one.identifier, one.reason, one.payload) for one in kept] == [
        (one.identifier, one.reason, one.payload) for one in rejected
    ]
    assert opened.records.rejected(run.id + 1) == []


SOURCES = count()
NUMBERS = st.integers(1, 4)
DECISIONS = ("new", "changed", "deleted", "unchanged", "moved")


@given(st.lists(st.tuples(st.frozensets(NUMBERS), st.dictionaries(NUMBERS, st.sampled_from(DECISIONS)), st.booleans())))
def test_rejection_is_unresolved_until_the_record_arrives(
    for_all: Store, runs: list[tuple[frozenset[int], dict[int, Decision], bool]]
):
    """For each run: what it rejects, what arrives, and whether it confirms the stored versions of what arrives."""
    source = f"source {next(SOURCES)}"
    unresolved: dict[int, str] = {}
    stored: set[int] = set()
    for number, (rejected, decisions, confirms) in enumerate(runs):
        run, _ = begin(for_all, source)
        begin(for_all, "another source")
        brings = {n for n, decision in decisions.items() if decision in ("new", "changed", "deleted")}
        records = tuple(
            RecordToSave(raw(n, str(number)), decision) for n, decision in decisions.items() if n in stored | brings
        )
        bads = [bad(name(n), f"reason {number}") for n in sorted(rejected)]
        save_page(for_all, run.id, None, PageToSave(records=records, bad=(*bads, bad(None, "no identifier"))))
        for n in sorted(rejected):
            unresolved.pop(n, None)
            unresolved[n] = f"reason {number}"
        if confirms:
            for_all.apply(run.id, resolved=[name(n) for n in decisions])
        for n in decisions:
            if n in brings or (confirms and n in stored):
                unresolved.pop(n, None)
        stored |= brings
        assert for_all.records.unresolved_rejections(source, "oai_dc") == [
            UnresolvedRejection(name(n), reason) for n, reason in unresolved.items()
        ]
        assert for_all.records.unresolved_rejections(source, "jats") == []


def test_a_record_that_was_stored_and_then_rejected_in_one_run_is_unresolved(opened: Store):
    run, _ = begin(opened)
    save_page(opened, run.id, None, PageToSave(records=(RecordToSave(raw(1), "new"),)))
    save_page(opened, run.id, None, PageToSave(bad=(bad(name(1), "its page may have been cut"),)))
    unresolved = [UnresolvedRejection(name(1), "its page may have been cut")]
    assert opened.records.unresolved_rejections("wetlands", "oai_dc") == unresolved
    later, _ = begin(opened)
    opened.apply(later.id, resolved=[name(1)])
    assert opened.records.unresolved_rejections("wetlands", "oai_dc") == []


def test_rejections_after_a_certain_id_can_be_left_out(opened: Store):
    assert opened.records.last_rejection_id() == 0
    ids = [0]
    for number in (1, 2, 1):
        run, _ = begin(opened)
        save_page(opened, run.id, None, PageToSave(bad=(bad(name(number), "HTTP 500"),)))
        ids.append(opened.records.last_rejection_id())
    unresolved = [opened.records.unresolved_rejections("wetlands", "oai_dc", last) for last in ids]
    assert [[one.identifier for one in rejections] for rejections in unresolved] == [
        [],
        [],
        [name(2)],
        [name(2), name(1)],
    ]


@only_sqlite
def test_unresolved_rejections_are_found_without_scanning_records_or_runs(opened: Store):
    statement = str(UNRESOLVED_REJECTIONS.compile(dialect=opened._database._engine.dialect))
    with opened._database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("reeds", "oai_dc") * 2).all()
    scans = [row.detail for row in plan if row.detail.startswith("SCAN")]
    assert scans == ["SCAN rejected"]


@pytest.fixture(scope="module")
def for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all examples of a property, because creating one takes longer than everything else."""
    with store.connect(samples.url(tmp_path_factory.mktemp("bytes"))) as opened:
        yield opened


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_any_bytes_are_read_back_unchanged(for_all: Store, contents: list[bytes]):
    run, window = begin(for_all)
    records = [raw(n, payload=content) for n, content in enumerate(contents)]
    save_page(for_all, run.id, window.id, page(*records))
    found = for_all.records.live("wetlands", ["oai_dc"], [one.identifier for one in records])
    assert [found[one.identifier, "oai_dc"].payload for one in records] == contents


@pytest.mark.parametrize(("data", "codec"), [(b"\0", "zstd"), (bytes(90), "none")])
def test_damaged_payload_is_never_returned(opened: Store, save, data, codec):
    save((raw(1), "new"))
    run_sql(opened, "UPDATE payload SET data = ?, codec = ?", data, codec)
    with pytest.raises(StoreError, match="not what was received"):
        opened.records.live("wetlands", ["oai_dc"], [name(1)])


def test_stored_text_is_compressed(opened: Store, save, tmp_path: Path):
    save(*((raw(n, "reeds and rushes " * 300), "new") for n in range(200)))
    opened.backup(tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_size < 200 * 17 * 300 / 3


def test_bytes_of_a_record_rejected_repeatedly_are_stored_once(opened: Store, save):
    for payload in (b"<record/>", b"<record/>", b"<record> </record>", b"<record/>"):
        save(bad=(bad(name(1), "no header", payload), bad(name(2), "no header", b"")))
    assert run_sql(opened, "SELECT count(*) FROM rejected") == [(8,)]
    assert run_sql(opened, "SELECT count(*) FROM payload") == [(3,)]
    payloads = [one.payload for one in opened.records.rejected(1) if one.identifier == name(1)]
    assert payloads == [b"<record/>", b"<record/>", b"<record> </record>", b"<record/>"]
