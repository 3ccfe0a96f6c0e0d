"""A log is used with its own database only, whatever state a crash left both in."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.store import wal


def connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("CREATE TABLE IF NOT EXISTS line (text)")
    return connection


def snapshot(path: Path, folder: Path) -> Path:
    """A copy of the files as a crash at this moment would leave them."""
    folder.mkdir(exist_ok=True)
    for ending in ("", "-wal"):
        with suppress(FileNotFoundError):
            shutil.copy(f"{path}{ending}", folder / f"store{ending}")
    return folder / "store"


def belongs(database: Path, log: Path) -> bool:
    return wal.belongs(database.read_bytes()[: wal.HEAD], log)


STEPS = st.sampled_from(["grow", "change", "delete", "PASSIVE", "RESTART", "TRUNCATE", "read", "end"])


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 2), STEPS), max_size=25))
def test_log_of_the_same_moment_belongs(tmp_path_factory, steps):
    """Several connections write, read and check-point in any order; a crash may come after each step."""
    folder = tmp_path_factory.mktemp("wal")
    path = folder / "store"
    lines = [connected(path) for _ in range(3)]
    try:
        for number, step in steps:
            with suppress(sqlite3.OperationalError):  # locked by the reader
                do(lines[number], step)
            crashed = snapshot(path, folder / "crashed")
            assert belongs(crashed, Path(f"{crashed}-wal"))
    finally:
        for line in lines:
            line.close()


def do(line: sqlite3.Connection, step: str) -> None:
    match step:
        case "grow":
            line.execute("INSERT INTO line VALUES (?)", ("x" * 9000,))
        case "change":
            line.execute("UPDATE line SET text = 'y' WHERE rowid = 1")
        case "delete":
            line.execute("DELETE FROM line WHERE rowid = (SELECT max(rowid) FROM line)")
        case "read":
            line.execute("BEGIN")
            line.execute("SELECT * FROM line").fetchone()
        case "end":
            line.execute("COMMIT")
        case _:
            line.execute(f"PRAGMA wal_checkpoint({step})")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A database as a crash left it, with its log. `earlier` and `later` are copies from before and after."""
    path = tmp_path / "store"
    for name in ("earlier", "", "crashed", "", "later"):
        with closing(connected(path)) as line:
            do(line, "grow")
            if name == "crashed":
                snapshot(path, tmp_path / "crashed")
        if name in ("earlier", "later"):
            shutil.copy(path, tmp_path / name)
    return tmp_path / "crashed" / "store"


@pytest.mark.parametrize("copy", ["earlier", "later"])
def test_log_next_to_a_copy_of_another_time_does_not_belong(store: Path, tmp_path: Path, copy: str):
    log = Path(f"{store}-wal")
    assert belongs(store, log)
    assert not belongs(tmp_path / copy, log)


def test_log_with_pages_of_another_size_does_not_belong(store: Path, tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "other")) as line:
        line.execute("PRAGMA page_size=8192")
        line.execute("CREATE TABLE line (text)")
    assert not belongs(tmp_path / "other", Path(f"{store}-wal"))


@pytest.mark.parametrize("data", [b"", b"x", bytes(40)])
def test_what_is_not_a_log_is_left_to_sqlite(store: Path, tmp_path: Path, data: bytes):
    (tmp_path / "log").write_bytes(data)
    assert belongs(store, tmp_path / "log")
    assert belongs(store, tmp_path / "missing")
