"""A glance at a store says what the store says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harvester import store
from harvester.errors import StoreError
from harvester.store import migrations
from harvester.store.store import Store
from tests.store import samples
from tests.store.samples import NEXT, NOW, article_save, begin, fill, name, page, raw, row_of, save_page, tombstone


def standing(opened: Store) -> tuple[tuple[int, int], tuple[int, int, int]]:
    """Live and deleted records; articles by state."""
    (one,) = opened.status()
    (status,) = one.formats
    return (status.live, status.deleted), (one.ready, one.held_back, one.deleted)


def test_counts_follow_every_change(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1), raw(2), raw(3)), token=NEXT)
    opened.save_articles((article_save(1), article_save(2, row=None), article_save(3)))
    before = standing(opened)
    save_page(opened, run.id, window.id, page(tombstone(3), decision="deleted"))
    opened.save_articles((article_save(2), article_save(3, deleted=True)))
    assert (before, standing(opened)) == (((3, 0), (2, 1, 0)), ((2, 1), (2, 0, 1)))
    with opened._write() as connection:
        connection.exec_driver_sql("DELETE FROM article WHERE state = 'deleted'")
        connection.exec_driver_sql(f"DELETE FROM record WHERE identifier = '{name(1)}'")
    assert standing(opened) == ((1, 1), (2, 0, 0))
    assert opened.check_integrity() == []


def test_a_glance_says_what_the_store_says(opened: Store):
    fill(opened, article_save(1))
    failed = opened.begin_run("wetlands", "jats", "incremental", (), NOW)
    opened.finish_run(failed.id, "failed", NOW, "no answer")
    compared = opened.begin_run("wetlands", "jats", "reconcile", (), NOW)
    opened.begin_run("wetlands", "jats", "range", (), NOW)
    begin(opened, "fens")
    with store.glance(samples.url(opened.path.parent)) as seen:
        assert seen.status() == opened.status()
        assert seen.newest_run("wetlands", "jats") == row_of(opened.newest_run("wetlands", "jats"))
        assert seen.last_reconciled("wetlands", "jats") == row_of(compared)
        assert seen.last_reconciled("fens", "oai_dc") is opened.last_reconciled("fens", "oai_dc") is None


def test_a_store_that_is_not_there_is_made(tmp_path: Path):
    with store.glance(samples.url(tmp_path)) as seen:
        assert seen.status() == ()


def test_a_store_that_is_behind_is_migrated(tmp_path: Path):
    path = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL)")
    with store.glance(samples.url(tmp_path)) as seen:
        assert seen.status() == ()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(migrations.HEAD,)]


def test_what_is_no_store_is_said(tmp_path: Path):
    (tmp_path / "store.sqlite").write_bytes(b"a letter to the editor " * 100)
    with pytest.raises(StoreError, match="is not a database"), store.glance(samples.url(tmp_path)):
        pass


def test_damage_is_said(opened: Store):
    fill(opened, article_save(1))
    opened.close()
    with closing(sqlite3.connect(opened.path)) as other:
        (root,) = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'run'").fetchone()
        (size,) = other.execute("PRAGMA page_size").fetchone()
    with opened.path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(StoreError, match="is damaged"), store.glance(samples.url(opened.path.parent)) as seen:
        seen.status()
