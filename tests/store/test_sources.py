"""Sources can be renamed and forgotten, and the ledger knows what was deposited either way."""

from __future__ import annotations

import pytest

from harvester.errors import DoiTaken, StoreError
from harvester.model import Finding, Window
from harvester.store import Alert, BatchMember, PageToSave, SourceContent
from harvester.store.store import Store
from tests.store.conftest import only_sqlite
from tests.store.samples import (
    IDENTITY,
    NOW,
    article,
    article_to_save,
    bad,
    begin,
    fill,
    last_deposit,
    name,
    page,
    raw,
    run_sql,
    save_page,
)

NO_CONTENT = SourceContent(records=0, deposited=0, minted=0)


def deposit(opened: Store) -> None:
    members = [BatchMember(one.id, one.doi or "", one.fingerprint or "") for one in opened.ready.pending("crossref")]
    opened.ledger.plan("crossref", "b1", 20250301120000000, "5.5.0", members, NOW)
    opened.ledger.mark_exported("b1", "b1.xml", "ab" * 32, 1, NOW)


@pytest.fixture
def filled(opened: Store) -> Store:
    """Two sources. Of `wetlands` there is everything that a source can have."""
    fill(opened, article_to_save(1), article_to_save(2), article_to_save(3, article(3, doi=None)))
    run, window = begin(opened, windows=[Window(prefix="oai_dc", set_spec="reeds")])
    save_page(opened, run.id, window.id, page(raw(1, "second"), decision="changed"))
    save_page(opened, run.id, None, PageToSave(bad=(bad(name(9), "half a record"),)))
    opened.runs.finish(run.id, "complete", NOW)
    opened.sources.save_identity("wetlands", IDENTITY, "https://wetlands.example/oai")
    opened.minting.mint("wetlands", name(3), "10.5555/minted.3")
    opened.alerts.save([Alert("wetlands", NOW, NOW)])
    fill(opened, article_to_save(7, source="fens"), source="fens")
    deposit(opened)
    return opened


def rows_of(opened: Store, source: str) -> dict[str, int]:
    """How many rows name the source, by table."""
    named = {
        table: run_sql(opened, f"SELECT count(*) FROM {table} WHERE {column} = ?", source)[0][0]
        for table, column in [
            *((table, "source") for table in ("run", "record", "article", "minted")),
            *((table, "source") for table in ("record_count", "article_count")),
            ("source", "name"),
            ("alert", "subject"),
        ]
    }
    return {table: number for table, number in named.items() if number}


class TestRename:
    def test_everything_has_the_new_name(self, filled: Store):
        before, content = rows_of(filled, "wetlands"), filled.sources.content("wetlands")
        assert before.keys() >= {"run", "record", "article", "minted", "source", "alert"}
        versions = filled.records.earlier_versions("wetlands", name(1), "oai_dc")
        filled.sources.rename("wetlands", "marsh")
        assert (rows_of(filled, "marsh"), filled.sources.content("marsh")) == (before, content)
        assert (rows_of(filled, "wetlands"), filled.sources.content("wetlands")) == ({}, None)
        assert filled.records.earlier_versions("marsh", name(1), "oai_dc") == versions
        assert [one.reason for one in filled.records.unresolved_rejections("marsh", "oai_dc")] == ["half a record"]
        assert filled.minting.minted("marsh", name(3)) == "10.5555/minted.3"
        source = filled.sources.get("marsh")
        assert source is not None
        assert (source.url, source.identity, source.sets) == ("https://wetlands.example/oai", IDENTITY, ("reeds",))
        assert filled.check_integrity(deep=True) == []

    def test_nothing_is_deposited_again(self, filled: Store):
        filled.sources.rename("wetlands", "marsh")
        assert list(filled.ready.pending("crossref")) == []

    def test_a_name_that_was_only_tried_is_taken_over(self, filled: Store):
        failed = filled.runs.begin("marsh", "oai_dc", "full", (), NOW)
        filled.runs.finish(failed.id, "failed", NOW, "no answer")
        filled.sources.rename("wetlands", "marsh")
        assert [run.source for run in filled.runs.latest()] == ["marsh", "fens", "marsh", "marsh"]
        assert filled.check_integrity() == []

    def test_a_name_with_records_is_refused(self, filled: Store):
        with pytest.raises(StoreError, match=r"forget fens`, then this command again"):
            filled.sources.rename("wetlands", "fens")
        assert rows_of(filled, "wetlands")["article"] == 3

    def test_a_forgotten_name_can_be_used_again(self, filled: Store):
        filled.sources.forget("fens")
        filled.sources.rename("wetlands", "fens")
        assert len(filled.articles.find(name(1), "fens")) == 1
        assert filled.check_integrity() == []

    def test_an_unknown_source_is_refused(self, filled: Store):
        with pytest.raises(StoreError, match="no source marsh"):
            filled.sources.rename("marsh", "mire")

    def test_a_record_keeps_the_only_doi_that_was_minted_for_it(self, filled: Store):
        filled.minting.mint("marsh", name(3), "10.5555/minted.other")
        with pytest.raises(StoreError, match="minted for the same records"):
            filled.sources.rename("wetlands", "marsh")


class TestForget:
    def test_nothing_is_left_of_it(self, filled: Store):
        others = rows_of(filled, "fens")
        filled.sources.forget("wetlands")
        assert rows_of(filled, "wetlands") == {}
        assert rows_of(filled, "fens") == others
        assert [status.source for status in filled.status()] == ["fens"]
        assert filled.articles.find(name(1)) == []
        assert filled.check_integrity(deep=True) == []

    def test_its_payloads_are_deleted_and_no_others(self, filled: Store):
        filled.sources.forget("wetlands")
        assert run_sql(filled, "SELECT count(*) FROM payload") == [(1,)]

    def test_what_was_deposited_stays_known(self, filled: Store):
        before = last_deposit(filled, "10.5555/Reeds.1")
        filled.sources.forget("wetlands")
        assert before == last_deposit(filled, "10.5555/Reeds.1")
        fill(
            filled,
            article_to_save(1, source="marsh"),
            article_to_save(2, article(2, "new"), source="marsh"),
            source="marsh",
        )
        assert [one.identifier for one in filled.ready.pending("crossref")] == [name(2)]

    def test_a_batch_that_a_crash_left_planned_has_no_articles_any_more(self, filled: Store):
        member = BatchMember(filled.articles.find(name(1))[0].id, "10.5555/Reeds.1", "ab" * 32)
        filled.ledger.plan("crossref", "b2", 20250301120000001, "5.5.0", [member], NOW)
        filled.sources.forget("wetlands")
        (planned,) = filled.ledger.planned("crossref")
        assert [one.article_id for one in planned.members] == [None]

    def test_a_minted_doi_belongs_to_its_record_in_any_source(self, filled: Store):
        filled.sources.forget("wetlands")
        assert filled.minting.minted("marsh", name(3)) == "10.5555/minted.3"
        assert filled.minting.has_minted("marsh")
        filled.minting.mint("marsh", name(3), "10.5555/minted.3")
        with pytest.raises(DoiTaken):
            filled.minting.mint("marsh", name(4), "10.5555/minted.3")
        with pytest.raises(DoiTaken):
            filled.minting.mint("marsh", name(3), "10.5555/another")

    def test_records_that_were_refused_its_doi_are_mapped_again(self, filled: Store):
        taken = article_to_save(3, article(3, doi=None), source="fens", findings=(Finding("doi-mint-taken", "doi"),))
        fill(filled, taken, source="fens")
        assert filled.articles.identifiers("fens", not_mapped_with="program 1") == []
        filled.sources.forget("wetlands")
        assert filled.articles.identifiers("fens", not_mapped_with="program 1") == [name(3)]

    def test_an_unknown_source_is_refused(self, filled: Store):
        with pytest.raises(StoreError, match="no source marsh"):
            filled.sources.forget("marsh")

    @only_sqlite
    def test_later_transactions_check_foreign_keys(self, filled: Store):
        filled.sources.forget("wetlands")
        with filled._database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_content_counts_records_and_dois(filled: Store):
    assert filled.sources.content("wetlands") == SourceContent(records=3, deposited=2, minted=1)
    assert filled.sources.content("marsh") is None
    filled.runs.begin("marsh", "oai_dc", "full", (), NOW)
    assert filled.sources.content("marsh") == NO_CONTENT
