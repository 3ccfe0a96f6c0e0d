from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from harvester.answers import System
from harvester.errors import StoreError
from harvester.model import Finding
from harvester.rules.deletions import deleted_after_deposit
from harvester.store import (
    BatchMember,
    DeletedDeposit,
    DepositCounts,
    DepositState,
    MarkPreview,
    Registration,
    Selection,
)
from harvester.store.store import Store
from tests.store.samples import NOW, article, article_to_save, fill, finding, name

SHA = "ab" * 32
LATER = NOW + timedelta(days=30)
ALL = Selection()


def doi(number: int) -> str:
    return f"10.5555/Reeds.{number}"


@pytest.fixture
def filled(opened: Store) -> Store:
    """Three articles that are ready, and a fourth that is held back."""
    fill(opened, *(article_to_save(n) for n in (1, 2, 3)), article_to_save(4, findings=(finding("error"),)))
    return opened


def pending(opened: Store) -> list[int]:
    return [int(one.identifier[-4:]) for one in opened.ready.pending("crossref")]


def export(opened: Store, *numbers: int, batch_id: str = "b1", timestamp: int = 20250301120000000) -> None:
    found = [one for number in numbers for one in opened.articles.find(name(number))]
    members = [BatchMember(one.id, one.doi or "", one.fingerprint or "") for one in found]
    opened.ledger.plan("crossref", batch_id, timestamp, "5.5.0", members, NOW)
    opened.ledger.mark_exported(batch_id, f"/exports/{batch_id}.xml", SHA, 99, NOW)


def mark(opened: Store, selection: Selection = ALL, sources: Sequence[str] = ()) -> int:
    return opened.deposits.mark_elsewhere("crossref", sources, selection, LATER)


def states(opened: Store, number: int) -> tuple[DepositState, ...]:
    found = opened.articles.find(name(number))
    return opened.deposits.states(found).get(found[0].id, ())


def change(opened: Store, number: int, **changes: object) -> None:
    opened.articles.save([article_to_save(number, article(number, "changed"), **changes)])


class TestOwnFiles:
    def test_state_names_the_file_and_a_later_change(self, filled: Store):
        export(filled, 1)
        state = DepositState(target="crossref", file="/exports/b1.xml", batch_id="b1", written=NOW)
        assert (states(filled, 1), states(filled, 2)) == ((state,), ())
        change(filled, 1)
        assert [one.changed_since for one in states(filled, 1)] == [True]

    def test_counts(self, filled: Store):
        export(filled, 1, 2)
        change(filled, 2)
        counts = DepositCounts(source="wetlands", new=1, changed=1, deposited=1)
        assert filled.deposits.counts(["wetlands", "fens"]) == (counts, DepositCounts(source="fens"))

    def test_files_with_their_rows(self, filled: Store):
        export(filled, 2, 1)
        export(filled, 3, batch_id="b2")
        change(filled, 1)
        files = filled.deposits.files("crossref")
        assert [(one.batch_id, one.records, one.changed_since) for one in files] == [("b1", 2, 1), ("b2", 1, 0)]
        assert [one.batch_id for one in filled.deposits.files("crossref", doi(3).upper())] == ["b2"]
        assert [(row.doi, row.changed_since) for row in filled.deposits.rows_of_file("b1")] == [
            (doi(2), False),
            (doi(1), True),
        ]

    def test_every_doi_has_a_row(self, filled: Store):
        export(filled, 1)
        mark(filled, Selection(dois=(doi(2), "10.5555/unknown")))
        rows = {row.doi: (row.record, row.file, row.elsewhere_since) for row in filled.deposits.rows("crossref")}
        assert rows == {
            doi(1): (name(1), "/exports/b1.xml", None),
            doi(2): (name(2), None, LATER),
            doi(3): (name(3), None, None),
            doi(4): (name(4), None, None),
            "10.5555/unknown": (None, None, LATER),
        }


class TestDiscarded:
    def test_deposit_before_it_is_the_last_one_again(self, filled: Store):
        export(filled, 1, 2)
        change(filled, 1)
        export(filled, 1, 3, batch_id="b2")
        assert pending(filled) == []
        filled.ledger.discard("b2")
        assert pending(filled) == [1, 3]
        assert [one.batch_id for one in states(filled, 1)] == ["b1"]
        assert (states(filled, 3), [one.batch_id for one in filled.deposits.files("crossref")]) == ((), ["b1"])

    def test_only_a_written_file_can_be_discarded(self, filled: Store):
        export(filled, 1)
        filled.ledger.discard("b1")
        for name_of_file in ("b1", "b9"):
            with pytest.raises(StoreError, match="no deposit file"):
                filled.ledger.discard(name_of_file)

    def test_next_timestamp_is_later(self, filled: Store):
        export(filled, 1)
        before = filled.ledger.last_timestamp()
        filled.ledger.discard("b1")
        assert filled.ledger.last_timestamp() == before


class TestMarks:
    def test_marked_articles_are_not_exported_until_they_change(self, filled: Store):
        assert mark(filled, Selection(dois=(doi(1), doi(2).upper()))) == 2
        assert pending(filled) == [3]
        assert states(filled, 1) == (DepositState(target="crossref", elsewhere_since=LATER),)
        change(filled, 1)
        assert pending(filled) == [1, 3]
        assert states(filled, 1)[0].changed_since

    def test_marks_are_for_one_target(self, filled: Store):
        mark(filled)
        assert len(list(filled.ready.pending("lines"))) == 3

    def test_marks_can_be_undone(self, filled: Store):
        mark(filled)
        assert filled.deposits.unmark_elsewhere("crossref", (), Selection(dois=(doi(1),))) == 1
        assert pending(filled) == [1]
        assert filled.deposits.unmark_elsewhere("crossref", ["fens"], ALL) == 0
        assert filled.deposits.unmark_elsewhere("crossref", (), ALL) == 3
        assert pending(filled) == [1, 2, 3]

    def test_preview_is_what_happens(self, filled: Store):
        export(filled, 1)
        mark(filled, Selection(dois=(doi(2),)))
        selection = Selection(dois=(*map(doi, (1, 2, 3, 4)), "10.5555/unknown"))
        preview = filled.deposits.preview_marks("crossref", (), selection)
        assert preview == MarkPreview(marked=2, already=1, in_files=1, unknown=1)
        assert mark(filled, selection) == preview.marked + preview.unknown
        again = filled.deposits.preview_marks("crossref", (), selection)
        assert again == MarkPreview(marked=0, already=3, in_files=1, unknown=0)

    def test_mark_of_the_test_system_counts_nowhere_else(self, filled: Store):
        def left(system: System) -> list[int]:
            return [int(one.identifier[-4:]) for one in filled.ready.pending("crossref", system=system)]

        filled.deposits.mark_held("crossref", "test", [doi(1)], LATER)
        assert (left("test"), left("live")) == ([2, 3], [1, 2, 3])
        filled.deposits.mark_held("crossref", "live", [doi(1), doi(2)], LATER)
        filled.deposits.mark_held("crossref", "test", [doi(2)], LATER)
        assert left("live") == [3]
        mark(filled)  # a person means every system
        assert (left("test"), left("live")) == ([], [])

    def test_held_back_article_counts_as_it_is_when_it_is_first_exported(self, filled: Store):
        mark(filled)
        opened = filled
        opened.articles.save([article_to_save(4, article(4, "corrected"))])
        assert pending(opened) == []
        opened.deposits.settle_marks("crossref")
        assert pending(opened) == []
        change(opened, 4)
        assert pending(opened) == [4]

    def test_doi_that_no_article_has_is_marked_for_later(self, filled: Store):
        assert mark(filled, Selection(dois=(doi(5),))) == 1
        fill(filled, article_to_save(5))
        assert pending(filled) == [1, 2, 3]
        assert filled.deposits.unmark_elsewhere("crossref", (), Selection(dois=(doi(5),))) == 1
        assert pending(filled) == [1, 2, 3, 5]

    def test_unknown_doi_is_not_marked_together_with_another_condition(self, filled: Store):
        assert mark(filled, Selection(dois=(doi(5),), years=(2023,))) == 0

    def test_own_deposit_replaces_the_mark(self, filled: Store):
        mark(filled)
        change(filled, 1)
        export(filled, 1)
        assert [one.file for one in states(filled, 1)] == ["/exports/b1.xml"]
        filled.articles.save([article_to_save(1)])  # as it was when it was marked
        assert pending(filled) == [1]

    def test_changed_article_can_be_marked_again(self, filled: Store):
        mark(filled)
        change(filled, 1)
        assert filled.deposits.preview_marks("crossref", (), ALL).marked == 1
        assert mark(filled) == 1
        assert pending(filled) == []


class TestDeleted:
    def deleted(self, opened: Store) -> list[tuple[int, str]]:
        def judge(deposit: DeletedDeposit) -> Finding:
            return deleted_after_deposit(deposit.doi, f"{deposit.moment:%Y-%m-%d}", deposit.file)

        opened.cross_record.replace_deletion_findings(["wetlands", "fens"], ("deposit-deleted",), judge)
        rows = opened.findings.matching(codes=("deposit-deleted",))
        return [(int(row.identifier[-4:]), row.finding.detail["deposited"]) for row in rows]

    def test_deleted_record_of_a_deposit_is_found(self, filled: Store):
        export(filled, 1)
        mark(filled, Selection(dois=(doi(2),)))
        for number in (1, 2, 3):
            filled.articles.save([article_to_save(number, deleted=True, row=None)])
        found = [(1, "on 2025-03-01, in /exports/b1.xml"), (2, "by another program")]
        assert self.deleted(filled) == found
        assert self.deleted(filled) == found
        assert filled.deposits.counts(["wetlands"])[0].deleted == 2
        filled.articles.save([article_to_save(1)])
        assert self.deleted(filled) == found[1:]

    def test_doi_of_another_live_record_is_left_out(self, filled: Store):
        export(filled, 1)
        filled.articles.save([article_to_save(1, deleted=True, row=None)])
        fill(filled, article_to_save(9, article(1), source="fens"), source="fens")
        assert self.deleted(filled) == []


class TestFoundFiles:
    def test_files_come_newest_first_and_page_by_page(self, filled: Store):
        export(filled, 1)
        export(filled, 2, 3, batch_id="b2", timestamp=20250301120000001)
        first, second = filled.deposits.find_files("crossref", "live")
        assert (first.batch_id, first.records, first.size, first.schema_version) == ("b2", 2, 99, "5.5.0")
        assert (second.batch_id, second.state, second.sha256, second.dois) == ("b1", "written", SHA, {})
        assert filled.deposits.find_files("crossref", "live", limit=1) == [first]
        assert filled.deposits.find_files("crossref", "live", before=int(first.timestamp)) == [second]
        assert filled.deposits.find_files("crossref", "live", batch_id="b1") == [second]
        assert filled.deposits.find_files("doaj", "live") == []

    def test_files_by_state_with_their_dois(self, filled: Store):
        export(filled, 1)
        assert filled.deposits.count_files("crossref", "live") == {"written": 1}
        filled.submissions.adopt("crossref", "live", NOW)
        (file,) = filled.submissions.all("crossref", "live")
        sent = Registration(doi=doi(1), target="crossref", system="live", state="waiting", changed=NOW, batch_id="b1")
        filled.submissions.save(replace(file, state="sent"), [sent])
        assert filled.deposits.count_files("crossref", "live") == {"sent": 1}
        assert filled.deposits.count_files("crossref", "test") == {"written": 1}
        (found,) = filled.deposits.find_files("crossref", "live", states=["sent"])
        assert found.dois == {"waiting": 1}
        assert filled.deposits.find_files("crossref", "live", states=["written"]) == []
        change(filled, 1)
        assert filled.deposits.find_files("crossref", "live")[0].changed_since == 1


def test_articles_in_files_are_counted_by_day(filled: Store):
    export(filled, 1, 2)
    export(filled, 3, batch_id="b2", timestamp=20250301120000001)
    assert filled.deposits.articles_by_day("crossref", NOW - timedelta(days=1)) == {NOW.date(): 3}
    assert filled.deposits.articles_by_day("crossref", NOW + timedelta(days=1)) == {}
    assert filled.deposits.articles_by_day("doaj", NOW - timedelta(days=1)) == {}
