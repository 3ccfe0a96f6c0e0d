"""Until now the run that brought a record knew its set."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harvester import store
from tests.store.migrations import keep

# The sets of the record's run, those that its header names, and whether it was deleted.
RECORDS = [
    (("a",), ("a",), False, []),
    (("a",), ("a:b",), False, []),
    (("a", "b"), ("b",), False, []),
    (("a", "b"), (), False, ["a", "b"]),
    (("a",), ("ab",), False, ["a"]),
    (("a",), (), True, []),
    ((), (), False, []),
    ((), ("x",), False, []),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of an older release, in which each of the first records came with a run of its own."""
    path = tmp_path / "store.sqlite"
    keep.restore(keep.STORES / "0.1.0.sql.gz", path)
    with closing(sqlite3.connect(path)) as connection, connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM record ORDER BY id LIMIT ?", (len(RECORDS),))]
        run = connection.execute("SELECT * FROM run LIMIT 1").fetchone()
        for record_id, (asked, named, deleted, _) in zip(ids, RECORDS, strict=True):
            run_id = 1000 + record_id
            connection.execute(f"INSERT INTO run VALUES ({', '.join('?' * len(run))})", (run_id, *run[1:]))
            rows = [(run_id, spec) for spec in asked or (None,)]
            connection.executemany("INSERT INTO run_window (run_id, set_spec) VALUES (?, ?)", rows)
            change = "UPDATE record SET run_id = ?, sets = ?, deleted = ? WHERE id = ?"
            connection.execute(change, (run_id, json.dumps(named), deleted, record_id))
    return path


def read(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def test_records_without_a_requested_set_in_their_header_were_listed_in_it(old: Path):
    with store.connect(f"sqlite:///{old}") as opened:
        assert opened.check_integrity() == []
    listed = read(old, f"SELECT listed_in FROM record ORDER BY id LIMIT {len(RECORDS)}")
    assert [sorted(json.loads(str(value))) for (value,) in listed] == [expected for *_, expected in RECORDS]
    assert read(old, "SELECT DISTINCT listed_in FROM record WHERE run_id < 1000") == [("[]",)]


def test_each_source_has_the_sets_that_it_was_last_harvested_by(old: Path):
    (source,) = {name for (name,) in read(old, "SELECT source FROM run WHERE id > 1000")}
    with store.connect(f"sqlite:///{old}") as opened:
        known = opened.sources.get(str(source))
        others = [status.source for status in opened.status() if status.source != source]
        assert known is not None
        assert known.sets == ("a",)
        assert [row.sets for name in others if (row := opened.sources.get(name))] == [()] * len(others)


def test_deposits_are_the_same_and_may_outlive_their_articles(old: Path):
    statement = "SELECT batch_id, position, article_id, doi_key, hex(fingerprint) FROM deposit ORDER BY 1, 2"
    before = read(old, statement)
    with store.connect(f"sqlite:///{old}") as opened:
        opened.sources.forget(next(status.source for status in opened.status()))
        assert opened.check_integrity() == []
    after = read(old, statement)
    assert before
    assert [(*row[:2], *row[3:]) for row in after] == [(*row[:2], *row[3:]) for row in before]
    assert None in {row[2] for row in after}
