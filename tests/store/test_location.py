"""The file of the store, what a backup may overwrite, and the errors when SQLite cannot use the file."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from harvester.errors import StoreError, StoreLocked
from harvester.store.location import check_backup, path_of, store_error


def test_path_in_the_url_is_not_decoded():
    assert path_of("sqlite:////var/lib/my%20store.sqlite") == Path("/var/lib/my%20store.sqlite")
    assert path_of("sqlite:///store.sqlite") == Path("store.sqlite")


@pytest.mark.parametrize(
    "url", ["", "store.sqlite", "sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql:///x"]
)
def test_url_without_a_file_is_no_store(url):
    with pytest.raises(StoreError, match="sqlite:///"):
        path_of(url)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table a (b)")
    connection.close()
    return path


def test_backup_may_replace_an_older_one_or_an_empty_file(store: Path, tmp_path: Path):
    (tmp_path / "empty").touch()
    (tmp_path / "old").write_bytes(store.read_bytes())
    for name in ("new.sqlite", "empty", "old"):
        check_backup(tmp_path / name, store)  # raises nothing
    assert (tmp_path / "old").read_bytes() == store.read_bytes()
    assert not (tmp_path / "new.sqlite").exists()


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_backup_does_not_replace_a_file_of_the_store(store: Path, ending: str):
    with pytest.raises(StoreError, match="belongs to the store"):
        check_backup(store.with_name(store.name + ending), store)


def test_backup_does_not_replace_the_store_through_a_link(store: Path, tmp_path: Path):
    (tmp_path / "link").symlink_to(store)
    with pytest.raises(StoreError, match="belongs to the store"):
        check_backup(tmp_path / "link", store)


def test_backup_replaces_nothing_else(store: Path, tmp_path: Path):
    (tmp_path / "letter.txt").write_text("SQLite format 2")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("letter.txt", "folder", "pipe"):
        with pytest.raises(StoreError, match="no backup"):
            check_backup(tmp_path / name, store)


ERRORS = [
    ("database is locked", StoreLocked, "2.5 s"),
    ("file is not a database", StoreError, "backup"),
    ("database disk image is malformed", StoreError, "backup"),
    ("attempt to write a readonly database", StoreError, "/var/lib"),
    ("unable to open database file", StoreError, "/var/lib"),
    ("database or disk is full", StoreError, "make room"),
    ("disk I/O error", StoreError, "check the disk"),
    ("no such table: run", StoreError, "no such table: run"),
]


@pytest.mark.parametrize(("reported", "kind", "words"), ERRORS)
def test_error_of_sqlite_becomes_a_message_with_a_remedy(reported, kind, words):
    error = store_error(reported, Path("/var/lib/store.sqlite"), 2.5)
    assert type(error) is kind
    assert "/var/lib/store.sqlite" in str(error)
    assert words in str(error)
