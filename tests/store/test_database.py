from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import event

from harvester import store
from harvester.errors import StoreError, StoreLocked
from harvester.store.database import chunks
from harvester.store.store import Store
from tests.store import samples
from tests.store.samples import NEXT, NOW, article_save, begin, fill, name, page, raw, save_page


def open_and_close(url: str, patience: float = 0.1) -> None:
    with store.connect(url, patience=patience):
        pass


@contextmanager
def other_program(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def test_folder_and_store_are_made(tmp_path: Path):
    open_and_close(samples.url(tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b" / "store.sqlite").is_file()


@pytest.mark.parametrize("odd", ["a b", "50%20", "журнал", "it's", "a#b"])
def test_odd_folders(tmp_path: Path, odd: str):
    with store.connect(samples.url(tmp_path / odd)) as opened:
        opened.backup(tmp_path / odd / "copy")
    assert {path.name for path in (tmp_path / odd).iterdir()} == {"store.sqlite", "copy"}


def test_what_was_kept_is_there_the_next_time(tmp_path: Path):
    with store.connect(samples.url(tmp_path)) as opened:
        fill(opened, article_save(1))
    with store.connect(samples.url(tmp_path)) as opened:
        assert [one.identifier for one in opened.article(name(1))] == [name(1)]


def test_many_processes_may_be_the_first(tmp_path: Path):
    """Each of them makes the store, or waits for the one that does."""
    start = tmp_path / "start"
    look = (
        "import sys, time, pathlib; from harvester import store; import harvester.store.store\n"
        f"while not pathlib.Path({str(start)!r}).exists(): time.sleep(0.001)\n"
        f"with store.connect({samples.url(tmp_path / 'new')!r}) as opened: opened.runs()"
    )
    firsts = [subprocess.Popen([sys.executable, "-c", look]) for _ in range(4)]
    time.sleep(1)
    start.touch()
    assert [first.wait() for first in firsts] == [0] * 4


def test_importing_the_store_imports_no_sqlalchemy():
    look = "import sys, harvester.store; print(sorted({'sqlalchemy', 'alembic', 'zstandard'} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_opening_a_store_that_is_up_to_date_imports_no_alembic(tmp_path: Path):
    look = (
        "import sys; from harvester import store\n"
        f"for _ in range(2):\n    with store.connect({samples.url(tmp_path)!r}): pass\n"
        "print('alembic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


# ------------------------------------------------------------------------------------------- transactions


def test_readers_neither_wait_nor_see_half_a_page(tmp_path: Path):
    """Pages of 50 are written while two readers count: every count is a multiple of 50, and they never stop rising."""
    counts: dict[int, list[int]] = {1: [], 2: []}
    done = threading.Event()

    def read(reader: int) -> None:
        with store.connect(samples.url(tmp_path)) as opened:
            while not done.wait(0.01):
                counts[reader].append(sum(one.live for s in opened.status() for one in s.formats))

    with store.connect(samples.url(tmp_path)) as opened:
        run, window = begin(opened)
        readers = [threading.Thread(target=read, args=(number,)) for number in counts]
        for reader in readers:
            reader.start()
        for start in range(0, 2000, 50):
            save_page(opened, run.id, window.id, page(*(raw(n) for n in range(start, start + 50))), token=NEXT)
        done.set()
        for reader in readers:
            reader.join()
    for seen in counts.values():
        assert seen == sorted(seen)
        assert all(count % 50 == 0 for count in seen)


@pytest.mark.parametrize(("durable", "level"), [(False, 1), (True, 2)])
def test_harvests_are_quick_and_the_ledger_is_safe(opened: Store, durable: bool, level: int):
    with opened._write(durable=durable) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_every_write_takes_the_lock_at_once(opened: Store):
    begun: list[str] = []

    @event.listens_for(opened._engine, "checkout")
    def trace(raw_connection, *_):
        raw_connection.set_trace_callback(begun.append)

    fill(opened, article_save(1))
    opened.mint("wetlands", name(2), "10.5555/m")
    assert "BEGIN IMMEDIATE" in begun
    writing = [s for s in begun if s.startswith(("BEGIN", "INSERT", "UPDATE", "DELETE"))]
    assert all(
        before == "BEGIN IMMEDIATE" or before.startswith(("INSERT", "UPDATE", "DELETE"))
        for before, now in pairwise(writing)
        if not now.startswith("BEGIN")
    )


def test_chunks_lose_nothing():
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([])) == []


# --------------------------------------------------------------------------------------------------- faults


def test_another_programs_database_is_left_alone(tmp_path: Path):
    path = tmp_path / "store.sqlite"
    with other_program(path) as other:
        other.execute("CREATE TABLE recipes (soup)")
    with pytest.raises(StoreError, match="is a database of another program"):
        open_and_close(samples.url(tmp_path))
    with other_program(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / "store.sqlite").write_text("dear diary\n" * 500)
    with pytest.raises(StoreError, match="is not a database"):
        open_and_close(samples.url(tmp_path))
    assert (tmp_path / "store.sqlite").read_text() == "dear diary\n" * 500


def test_a_folder_in_the_place_of_the_store(tmp_path: Path):
    (tmp_path / "store.sqlite").mkdir()
    with pytest.raises(StoreError, match="give this user write permission"):
        open_and_close(samples.url(tmp_path))


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be made"):
        open_and_close(samples.url(tmp_path / "file" / "below"))


def test_a_store_that_may_not_be_written(opened: Store):
    begin(opened)

    @event.listens_for(opened._engine, "checkout")
    def forbid(raw_connection, *_):  # root, whom tests may run as, has no file it may not write
        raw_connection.execute("PRAGMA query_only=ON")

    with pytest.raises(StoreError, match="give this user write permission"):
        begin(opened)
    assert len(opened.runs()) == 1


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://host/db", "store.sqlite", ""])
def test_only_a_file_is_a_store(url: str):
    with pytest.raises(StoreError, match="sqlite:///path/to/store"):
        open_and_close(url)


def test_a_store_that_another_program_keeps_locked(tmp_path: Path):
    with store.connect(samples.url(tmp_path), patience=0.05) as opened, other_program(opened.path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match=r"is locked: another program has been writing to it for 0\.05 s"):
            begin(opened)
        assert opened.runs() == (), "reading goes on"
        other.execute("ROLLBACK")
        begin(opened)


def test_a_store_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path):
    with store.connect(samples.url(tmp_path)) as opened:
        path = opened.path
    with other_program(path) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"was written by a newer version of this program; upgrade the program"):
        open_and_close(samples.url(tmp_path))
    assert [p.name for p in tmp_path.iterdir() if "before" in p.name] == []


def test_a_full_disk_loses_nothing_that_was_kept(opened: Store):
    fill(opened, article_save(1))
    run, window = begin(opened)

    @event.listens_for(opened._engine, "checkout")
    def shrink(raw_connection, *_):
        raw_connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to what is there

    def fill_the_disk() -> None:
        for start in range(0, 20000, 100):
            many = [raw(n, os.urandom(300).hex()) for n in range(start, start + 100)]
            save_page(opened, run.id, window.id, page(*many), token=NEXT)

    with pytest.raises(StoreError, match="disk is full"):
        fill_the_disk()
    event.remove(opened._engine, "checkout", shrink)
    kept = opened.run(run.id).pages * 100
    assert len(opened.identifiers("wetlands", limit=30000)) == max(kept, 1)
    assert opened.check_integrity(deep=True) == []


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[Store]:
    """A store whose second half is lost."""
    with store.connect(samples.url(tmp_path)) as opened:
        fill(opened, *(article_save(n) for n in range(300)))
        path = opened.path
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xff" * half
    path.write_bytes(content)
    with store.connect(samples.url(tmp_path)) as opened:
        yield opened


def test_a_damaged_store_says_so(damaged: Store):
    with pytest.raises(StoreError, match="put a backup in its place"):
        list(damaged.pending())


def test_a_mistake_in_a_block_undoes_the_block(opened: Store):
    def mistake() -> None:
        with opened._write() as connection:
            connection.exec_driver_sql("INSERT INTO mapping (fingerprint) VALUES ('x')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        mistake()
    with opened._read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM mapping").scalar() == 0


# --------------------------------------------------------------------------------------------------- backup


def test_a_backup_is_a_store(opened: Store, tmp_path: Path):
    fill(opened, article_save(1))
    copy = tmp_path / "backups" / "monday" / "store.sqlite"
    opened.backup(copy)
    fill(opened, article_save(2))
    with store.connect(f"sqlite:///{copy}") as restored:
        assert restored.identifiers("wetlands") == [name(1)]
        assert restored.check_integrity(deep=True) == []
        run = restored.runs()[0]
        assert (run.state, run.finished) == ("complete", NOW)


def test_a_backup_replaces_the_one_before_only_when_whole(opened: Store, tmp_path: Path):
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(b"SQLite format 3\0 of yesterday")
    (tmp_path / ".copy.sqlite.part").write_text("left by a crash")
    opened.backup(copy)
    assert b"of yesterday" not in copy.read_bytes()
    assert not (tmp_path / ".copy.sqlite.part").exists()


def test_a_backup_while_others_write(opened: Store, tmp_path: Path):
    run, window = begin(opened)

    def harvest() -> None:
        for number in range(100):
            save_page(opened, run.id, window.id, page(raw(number)), token=NEXT)

    writer = threading.Thread(target=harvest)
    writer.start()
    copies = [tmp_path / f"copy{n}" for n in range(3)]
    for copy in copies:
        opened.backup(copy)
    writer.join()
    for copy in copies:
        with store.connect(f"sqlite:///{copy}") as restored:
            assert restored.check_integrity(deep=True) == []
            assert len(restored.identifiers("wetlands")) == restored.run(run.id).pages


def test_a_backup_that_cannot_be_written(opened: Store, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"The backup .* cannot be written"):
        opened.backup(tmp_path / "file" / "copy.sqlite")
    with pytest.raises(StoreError, match=r"The backup /proc/copy.sqlite cannot be written"):
        opened.backup(Path("/proc/copy.sqlite"))


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_a_backup_spares_the_files_of_the_store(opened: Store, ending: str):
    own = opened.path.with_name(opened.path.name + ending)
    before = own.read_bytes() if own.exists() else None
    with pytest.raises(StoreError, match="belongs to the store itself"):
        opened.backup(own)
    assert (own.read_bytes() if own.exists() else None) == before


def test_a_backup_replaces_nothing_but_a_backup(opened: Store, tmp_path: Path):
    (tmp_path / "config.toml").write_text("[sources]")
    os.mkfifo(tmp_path / "pipe")
    for there in ("config.toml", "pipe", "."):
        with pytest.raises(StoreError, match="is there and no backup"):
            opened.backup(tmp_path / there)
    assert (tmp_path / "config.toml").read_text() == "[sources]"
    (tmp_path / "made by mktemp").touch()
    opened.backup(tmp_path / "made by mktemp")


def test_a_backup_that_fails_leaves_nothing_behind(damaged: Store, tmp_path: Path):
    with pytest.raises(StoreError, match="is damaged"):
        damaged.backup(tmp_path / "copies" / "copy.sqlite")
    assert list((tmp_path / "copies").iterdir()) == []
