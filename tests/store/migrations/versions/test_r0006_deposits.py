"""A store from before shows in its views what it deposited."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from harvester import store
from tests.store.migrations import keep


def test_earlier_deposits_are_in_the_views(tmp_path: Path):
    path = tmp_path / "store.sqlite"
    keep.restore(keep.STORES / "0.1.0.sql.gz", path)
    with store.connect(f"sqlite:///{path}") as opened:
        files = opened.deposits.files("crossref")
        assert (
            opened.deposits.preview_marks("crossref", (), store.Selection()).in_files
            == sum(one.records for one in files)
            > 0
        )
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT doi, file, written, is_last, title FROM v_deposits").fetchall()
        deposited = connection.execute("SELECT count(*) FROM v_articles WHERE deposited IS NOT NULL").fetchone()
    assert len(rows) == sum(one.records for one in files)
    assert all(None not in row for row in rows)
    assert deposited == (len({row[0] for row in rows}),)
