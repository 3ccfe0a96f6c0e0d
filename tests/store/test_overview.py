"""The overview, which reads SQLite directly, agrees with the store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harvester import store
from harvester.errors import StoreError
from harvester.model import Finding, Window
from harvester.store import Overview, RunRow, migrations
from harvester.store.store import Store
from tests.store import samples
from tests.store.conftest import only_sqlite
from tests.store.samples import NEXT, NOW, article_to_save, begin, fill, name, page, raw, row_of, save_page, tombstone


def counts(opened: Store) -> tuple[tuple[int, int], tuple[int, int, int]]:
    """Live and deleted records; articles by state."""
    (one,) = opened.status()
    (status,) = one.formats
    return (status.live, status.deleted), (one.ready, one.held_back, one.deleted)


def test_counts_follow_every_change(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1), raw(2), raw(3)), token=NEXT)
    opened.articles.save((article_to_save(1), article_to_save(2, row=None), article_to_save(3)))
    before = counts(opened)
    save_page(opened, run.id, window.id, page(tombstone(3), decision="deleted"))
    opened.articles.save((article_to_save(2), article_to_save(3, deleted=True)))
    assert (before, counts(opened)) == (((3, 0), (2, 1, 0)), ((2, 1), (2, 0, 1)))
    with opened._database.write() as connection:
        connection.exec_driver_sql("DELETE FROM article WHERE state = 'deleted'")
        connection.exec_driver_sql(f"DELETE FROM record WHERE identifier = '{name(1)}'")
    assert counts(opened) == ((1, 1), (2, 0, 0))
    assert opened.check_integrity() == []


def _runs(overview: Overview) -> list[RunRow | None]:
    asked = (overview.newest_run, overview.oldest_run, overview.last_reconciliation)
    return [ask(*key) for ask in asked for key in (("wetlands", "jats"), ("fens", "oai_dc"), ("moors", "oai_dc"))]


def test_overview_agrees_with_the_store(opened: Store, url: str):
    fill(opened, article_to_save(1))
    failed = opened.runs.begin("wetlands", "jats", "incremental", (), NOW)
    opened.runs.finish(failed.id, "failed", NOW, "no answer")
    compared = opened.runs.begin("wetlands", "jats", "reconcile", (), NOW)
    opened.runs.begin("wetlands", "jats", "range", (), NOW)
    begin(opened, "fens")
    with store.open_overview(url) as overview:
        one_by_one = _runs(overview)
        overview.look_up_runs()
        assert _runs(overview) == one_by_one
        assert any(one_by_one)
        assert overview.status() == opened.status()
        assert overview.newest_run("wetlands", "jats") == row_of(opened.runs.newest_run("wetlands", "jats"))
        assert overview.oldest_run("wetlands", "jats") == row_of(opened.runs.oldest_run("wetlands", "jats"))
        assert overview.last_reconciliation("wetlands", "jats") == row_of(compared)
        assert (
            overview.last_reconciliation("fens", "oai_dc") is opened.runs.last_reconciliation("fens", "oai_dc") is None
        )
        compared_of = {
            (one.source, row.prefix): row.last_comparison for one in overview.status() for row in one.formats
        }
        assert compared_of["wetlands", "jats"] == row_of(compared)
        assert compared_of["fens", "oai_dc"] is None


def test_overview_compares_the_identifiers_of_two_sources(opened: Store):
    fill(opened, *(article_to_save(number) for number in range(4)))
    fill(opened, *(article_to_save(number, source="fens") for number in range(1, 12)), source="fens")
    begin(opened, "marsh")
    with opened.overview() as overview:
        assert overview.shared_identifiers("wetlands", "fens") == 0.75
        assert overview.shared_identifiers("fens", "wetlands") == 3 / 11
        assert overview.shared_identifiers("marsh", "fens") == overview.shared_identifiers("fens", "marsh") == 0
        assert [overview.has_records(name) for name in ("wetlands", "marsh", "mire")] == [True, False, False]


def test_overview_counts_the_articles_with_a_finding(opened: Store):
    twice, other = Finding("doi-missing", "doi"), Finding("url-missing")
    fill(opened, article_to_save(1, findings=(twice, twice)), article_to_save(2, findings=(other,)), article_to_save(3))
    fill(opened, article_to_save(3, source="fens", findings=(twice,)), source="fens")
    with opened.overview() as overview:
        assert overview.finding_counts(["doi-missing", "url-missing", "doi-invalid"]) == {
            ("fens", "doi-missing"): 1,
            ("wetlands", "doi-missing"): 1,
            ("wetlands", "url-missing"): 1,
        }


def test_overview_knows_the_sets_of_the_last_complete_harvest(opened: Store):
    with opened.overview() as overview:
        assert overview.last_complete_sets("wetlands", "oai_dc") is None
    run, window = begin(opened, windows=[Window(prefix="oai_dc", set_spec="a")])
    save_page(opened, run.id, window.id, page())
    opened.runs.finish(run.id, "complete", NOW)
    begin(opened, windows=[Window(prefix="oai_dc", set_spec="b")])
    with opened.overview() as overview:
        assert overview.last_complete_sets("wetlands", "oai_dc") == {"a"}
        overview.look_up_runs()
        assert overview.last_complete_sets("wetlands", "oai_dc") == {"a"}
        assert overview.last_complete_sets("fens", "oai_dc") is None
    fill(opened, article_to_save(1))
    with opened.overview() as overview:
        assert overview.last_complete_sets("wetlands", "oai_dc") == set()
        overview.look_up_runs()
        assert overview.last_complete_sets("wetlands", "oai_dc") == set()
        assert overview.source_names() == {"wetlands"}


def test_missing_store_is_created(tmp_path: Path):
    with store.open_overview(samples.url(tmp_path)) as overview:
        assert overview.status() == ()


def test_older_store_is_migrated(tmp_path: Path):
    path = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL)")
    with store.open_overview(samples.url(tmp_path)) as overview:
        assert overview.status() == ()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(migrations.HEAD,)]


def test_file_that_is_not_a_store_is_reported(tmp_path: Path):
    (tmp_path / "store.sqlite").write_bytes(b"a letter to the editor " * 100)
    with pytest.raises(StoreError, match="is not a database"), store.open_overview(samples.url(tmp_path)):
        pass


@only_sqlite
def test_damage_is_reported(opened: Store):
    fill(opened, article_to_save(1))
    opened.close()
    with closing(sqlite3.connect(Path(opened.where))) as other:
        (root,) = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'run'").fetchone()
        (size,) = other.execute("PRAGMA page_size").fetchone()
    with Path(opened.where).open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with (
        pytest.raises(StoreError, match="is damaged"),
        store.open_overview(samples.url(Path(opened.where).parent)) as overview,
    ):
        overview.status()
