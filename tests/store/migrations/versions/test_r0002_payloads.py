"""Rows that referred to a payload by its hash refer to the same bytes by its id."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harvester import store
from tests.store.migrations import keep
from tests.store.migrations.test_migrations import read

# A record of a repaired page with two earlier versions, and a rejected record.
FILLED = """
UPDATE record SET original = (SELECT hash FROM payload WHERE id = 3) WHERE id = 1;
INSERT INTO record_version
     SELECT 7, id, '2001-01-01', '[]', 0, (SELECT hash FROM payload WHERE id = 5), '["utf-8"]',
            (SELECT hash FROM payload WHERE id = 3), run_id, run_id
       FROM record WHERE id = 1;
INSERT INTO record_version
     SELECT 9, id, '2002-02-02', '[]', 1, NULL, '[]', NULL, run_id, run_id
       FROM record WHERE id = 1;
INSERT INTO rejected SELECT 4, run_id, 'oai:x:1', 'no header', (SELECT hash FROM payload WHERE id = 6)
                       FROM record WHERE id = 1;
"""
HASHES = """
SELECT {0}.id, hex(p.hash), hex(o.hash)
  FROM {0} LEFT JOIN payload p ON p.{1} LEFT JOIN payload o ON o.{2} ORDER BY 1
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    keep.restore(keep.STORES / "0001.sql.gz", path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FILLED)
    return path


def test_every_record_keeps_its_bytes(old: Path):
    tables = ("record", "record_version")
    before = [read(old, HASHES.format(table, f"hash = {table}.hash", f"hash = {table}.original")) for table in tables]
    with store.connect(f"sqlite:///{old}") as opened:
        assert opened.check_integrity(deep=True) == []
        after = [
            read(old, HASHES.format(table, f"id = {table}.payload_id", f"id = {table}.original_id")) for table in tables
        ]
    assert after == before
    assert [len(rows) for rows in before] == [82, 2]


def test_versions_and_rejected_records_are_read_as_before(old: Path):
    [(source, identifier, prefix, run_id)] = read(
        old, "SELECT source, identifier, prefix, run_id FROM record WHERE id = 1"
    )
    with store.connect(f"sqlite:///{old}") as opened:
        now = dict(opened.records.raw(str(source), str(identifier)))[str(prefix)]
        earlier, tombstone = opened.records.earlier_versions(str(source), str(identifier), str(prefix))
        [rejected] = opened.records.rejected(int(str(run_id)))
    assert now.original == earlier.original is not None
    assert earlier.repairs == ("utf-8",)
    assert earlier.payload not in (None, now.payload)
    assert tombstone.payload is tombstone.original is None
    assert (rejected.identifier, rejected.payload[:7]) == ("oai:x:1", b"<record")


def test_triggers_still_count_after_the_migration(old: Path):
    counted = "SELECT source, prefix, deleted, number FROM record_count ORDER BY 1, 2, 3"
    before = read(old, counted)
    with store.connect(f"sqlite:///{old}"):
        pass
    assert read(old, counted) == before
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("DELETE FROM record_version")
        connection.execute("DELETE FROM record WHERE id = 1")
        connection.commit()
    assert sum(int(str(row[3])) for row in read(old, counted)) == sum(int(str(row[3])) for row in before) - 1


def test_index_created_by_a_user_survives_the_migration(old: Path):
    own = "CREATE INDEX by_set ON record (sets) WHERE sets <> ':none'"
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(own)
        connection.commit()
    with store.connect(f"sqlite:///{old}"):
        pass
    assert read(old, "SELECT sql FROM sqlite_master WHERE name = 'by_set'") == [(own,)]
