"""Everything that was deposited before there were targets was deposited with Crossref."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harvester import store
from tests.store.migrations import keep
from tests.store.migrations.test_migrations import read
from tests.store.samples import changed_deposits

# One batch stayed planned because of a crash, and one was abandoned.
FILLED = """
INSERT INTO batch VALUES ('10.5555-p', 20990101000000001, '5.4.0', 'planned', '2026-01-01T00:00:00.000Z',
                          NULL, NULL, NULL, NULL),
                         ('10.5555-a', 20990101000000002, '5.4.0', 'abandoned', '2026-01-01T00:00:00.000Z',
                          NULL, NULL, NULL, NULL);
INSERT INTO deposit SELECT '10.5555-p', 0, article_id, doi_key, fingerprint, '{"references":7}' FROM deposit LIMIT 1;
"""
BATCHES = (
    "SELECT id, timestamp, schema_version, state, planned, written, path, hex(sha256), size FROM batch ORDER BY id"
)
DEPOSITS = "SELECT batch_id, position, article_id, doi_key, hex(fingerprint), {} FROM deposit ORDER BY 1, 2"
LAST = "SELECT doi_key, hex(fingerprint), batch_id, timestamp FROM deposited ORDER BY doi_key"


@pytest.fixture(params=["0001", "0.1.0"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    keep.restore(keep.STORES / f"{request.param}.sql.gz", path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FILLED)
    return path


def test_every_batch_and_every_last_deposit_becomes_one_for_crossref(old: Path):
    before = read(old, BATCHES), read(old, DEPOSITS.format("richness")), read(old, LAST)
    assert all(before)
    with store.connect(f"sqlite:///{old}") as opened:
        assert opened.check_integrity(deep=True) == []
    assert (read(old, BATCHES), read(old, DEPOSITS.format("counts_by_kind")), read(old, LAST)) == before
    for table in ("batch", "deposited"):
        assert read(old, f"SELECT DISTINCT target FROM {table}") == [("crossref",)]


def test_next_export_continues_after_the_migration(old: Path):
    with store.connect(f"sqlite:///{old}") as opened:
        (planned,) = opened.ledger.planned("crossref")
        assert planned.members[0].counts_by_kind == {"references": 7}
        assert opened.ledger.planned("lines") == ()
        assert opened.ledger.last_timestamp() == 20990101000000002
        everything = len(list(opened.ready.pending("lines")))
        assert 0 == len(list(opened.ready.pending("crossref"))) < everything
        assert changed_deposits(opened) == []


def test_index_created_by_a_user_survives_the_migration(old: Path):
    own = "CREATE INDEX by_day ON batch (written)"
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(own)
        connection.commit()
    with store.connect(f"sqlite:///{old}"):
        pass
    assert read(old, "SELECT sql FROM sqlite_master WHERE name = 'by_day'") == [(own,)]
