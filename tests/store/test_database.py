from __future__ import annotations

import os
import shutil
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
from harvester.store.overview import is_current
from harvester.store.store import Store
from tests.store import samples
from tests.store.conftest import only_sqlite
from tests.store.samples import NEXT, NOW, article_to_save, begin, fill, name, page, raw, save_page


def open_and_close(url: str, timeout: float = 0.1) -> None:
    with store.connect(url, timeout=timeout):
        pass


@contextmanager
def other_program(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def test_folder_and_store_are_created(tmp_path: Path):
    open_and_close(samples.url(tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b" / "store.sqlite").is_file()


@pytest.mark.parametrize("odd", ["a b", "50%20", "журнал", "it's", "a#b"])
def test_folder_names_with_special_characters_work(tmp_path: Path, odd: str):
    with store.connect(samples.url(tmp_path / odd)) as opened:
        opened.backup(tmp_path / odd / "copy")
    assert {path.name for path in (tmp_path / odd).iterdir()} == {"store.sqlite", "copy"}


def test_saved_articles_are_there_after_reopening(url: str):
    with store.connect(url) as opened:
        fill(opened, article_to_save(1))
    with store.connect(url) as opened:
        assert [one.identifier for one in opened.articles.find(name(1))] == [name(1)]


@pytest.mark.slow
def test_several_processes_may_create_the_store_at_once(tmp_path: Path):
    """Each process creates the store, or waits for the one that does."""
    start = tmp_path / "start"
    look = (
        "import sys, time, pathlib; from harvester import store; import harvester.store.store\n"
        f"while not pathlib.Path({str(start)!r}).exists(): time.sleep(0.001)\n"
        f"with store.connect({samples.url(tmp_path / 'new')!r}) as opened: opened.runs.latest()"
    )
    firsts = [subprocess.Popen([sys.executable, "-c", look]) for _ in range(4)]
    time.sleep(1)
    start.touch()
    assert [first.wait() for first in firsts] == [0] * 4


def test_importing_the_store_does_not_import_sqlalchemy():
    look = "import sys, harvester.store; print(sorted({'sqlalchemy', 'alembic', 'zstandard'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_opening_a_current_store_does_not_import_alembic(tmp_path: Path):
    look = (
        "import sys; from harvester import store\n"
        f"for _ in range(2):\n    with store.connect({samples.url(tmp_path)!r}): pass\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# ------------------------------------------------------------------------------------------- transactions


def test_readers_do_not_wait_and_never_see_half_a_page(url: str):
    """While pages of 50 are written, two readers count: every count is a multiple of 50, and no count goes down."""
    counts: dict[int, list[int]] = {1: [], 2: []}
    done = threading.Event()

    def read(reader: int) -> None:
        with store.connect(url) as opened:
            while not done.wait(0.01):
                counts[reader].append(sum(one.live for s in opened.status() for one in s.formats))

    with store.connect(url) as opened:
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


@only_sqlite
@pytest.mark.parametrize(("durable", "level"), [(False, 1), (True, 2)])
def test_only_durable_transactions_wait_for_the_disk(opened: Store, durable: bool, level: int):
    with opened._database.write(durable=durable) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@only_sqlite
def test_every_writing_transaction_takes_the_lock_when_it_begins(opened: Store):
    statements: list[str] = []

    @event.listens_for(opened._database._engine, "checkout")
    def trace(raw_connection, *_):
        raw_connection.set_trace_callback(statements.append)

    fill(opened, article_to_save(1))
    opened.minting.mint("wetlands", name(2), "10.5555/m")
    assert "BEGIN IMMEDIATE" in statements
    writing = [s for s in statements if s.startswith(("BEGIN", "INSERT", "UPDATE", "DELETE"))]
    assert all(
        before == "BEGIN IMMEDIATE" or before.startswith(("INSERT", "UPDATE", "DELETE"))
        for before, now in pairwise(writing)
        if not now.startswith("BEGIN")
    )


def test_chunks_lose_nothing():
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([])) == []


# --------------------------------------------------------------------------------------------------- errors


def test_database_of_another_program_is_refused_and_unchanged(tmp_path: Path):
    path = tmp_path / "store.sqlite"
    with other_program(path) as other:
        other.execute("CREATE TABLE recipes (soup)")
    with pytest.raises(StoreError, match="is a database of another program"):
        open_and_close(samples.url(tmp_path))
    with other_program(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_file_that_is_not_a_database_is_refused_and_unchanged(tmp_path: Path):
    (tmp_path / "store.sqlite").write_text("dear diary\n" * 500)
    with pytest.raises(StoreError, match="is not a database"):
        open_and_close(samples.url(tmp_path))
    assert (tmp_path / "store.sqlite").read_text() == "dear diary\n" * 500


def test_folder_at_the_path_of_the_store_is_refused(tmp_path: Path):
    (tmp_path / "store.sqlite").mkdir()
    with pytest.raises(StoreError, match="give this user write permission"):
        open_and_close(samples.url(tmp_path))


def test_folder_that_cannot_be_created_is_reported(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be made"):
        open_and_close(samples.url(tmp_path / "file" / "below"))


@only_sqlite
def test_write_protected_store_is_reported(opened: Store):
    begin(opened)

    @event.listens_for(opened._database._engine, "checkout")
    def forbid(raw_connection, *_):  # the tests may run as root, who can write to any file
        raw_connection.execute("PRAGMA query_only=ON")

    with pytest.raises(StoreError, match="give this user write permission"):
        begin(opened)
    assert len(opened.runs.latest()) == 1


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "store.sqlite", ""])
def test_url_that_names_no_file_is_refused(address: str):
    with pytest.raises(StoreError, match="sqlite:///path/to/store"):
        open_and_close(address)


def test_store_that_another_program_locks_can_be_read_but_not_written(tmp_path: Path):
    with store.connect(samples.url(tmp_path), timeout=0.05) as opened, other_program(Path(opened.where)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match=r"is locked: another program has been writing to it for 0\.05 s"):
            begin(opened)
        assert opened.runs.latest() == (), "reading still works"
        other.execute("ROLLBACK")
        begin(opened)


def test_store_of_a_newer_program_is_refused_and_unchanged(tmp_path: Path):
    with store.connect(samples.url(tmp_path)) as opened:
        path = Path(opened.where)
    with other_program(path) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"was written by a newer version of this program; upgrade the program"):
        open_and_close(samples.url(tmp_path))
    assert [p.name for p in tmp_path.iterdir() if "before" in p.name] == []


@only_sqlite
def test_full_disk_loses_no_committed_page(opened: Store):
    fill(opened, article_to_save(1))
    run, window = begin(opened)

    @event.listens_for(opened._database._engine, "checkout")
    def shrink(raw_connection, *_):
        raw_connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to the present size

    def fill_the_disk() -> None:
        for start in range(0, 20000, 100):
            many = [raw(n, os.urandom(300).hex()) for n in range(start, start + 100)]
            save_page(opened, run.id, window.id, page(*many), token=NEXT)

    with pytest.raises(StoreError, match="disk is full"):
        fill_the_disk()
    event.remove(opened._database._engine, "checkout", shrink)
    kept = opened.runs.get(run.id).pages * 100
    assert len(opened.articles.identifiers("wetlands", limit=30000)) == max(kept, 1)
    assert opened.check_integrity(deep=True) == []


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[Store]:
    """A store whose end is overwritten, from the middle of a page."""
    with store.connect(samples.url(tmp_path)) as opened:
        fill(opened, *(article_to_save(n) for n in range(300)))
        path = Path(opened.where)
    content = bytearray(path.read_bytes())
    begin = len(content) // 2
    content[begin:] = b"\xff" * (len(content) - begin)
    path.write_bytes(content)
    with store.connect(samples.url(tmp_path)) as opened:
        yield opened


def test_damaged_store_is_reported(damaged: Store):
    with pytest.raises(StoreError, match="put a backup in its place"):
        list(damaged.ready.pending("crossref"))


def test_exception_rolls_the_transaction_back(opened: Store):
    def mistake() -> None:
        with opened._database.write() as connection:
            connection.exec_driver_sql("INSERT INTO mapping (fingerprint) VALUES ('x')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        mistake()
    with opened._database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM mapping").scalar() == 0


# --------------------------------------------------------------------------------------------------- backup


@only_sqlite
def test_backup_can_be_opened_as_a_store(opened: Store, tmp_path: Path):
    fill(opened, article_to_save(1))
    copy = tmp_path / "backups" / "store.sqlite"
    copy.parent.mkdir()
    opened.backup(copy)
    fill(opened, article_to_save(2))
    with store.connect(f"sqlite:///{copy}") as restored:
        assert restored.articles.identifiers("wetlands") == [name(1)]
        assert restored.check_integrity(deep=True) == []
        run = restored.runs.latest()[0]
        assert (run.state, run.finished) == ("complete", NOW)


@only_sqlite
def test_backup_replaces_the_earlier_one_only_when_complete(opened: Store, tmp_path: Path):
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(b"SQLite format 3\0 of yesterday")
    (tmp_path / ".copy.sqlite.part").write_text("left by a crash")
    opened.backup(copy)
    assert b"of yesterday" not in copy.read_bytes()
    assert not (tmp_path / ".copy.sqlite.part").exists()


@only_sqlite
def test_backup_while_others_write_is_consistent(opened: Store, tmp_path: Path):
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
            assert len(restored.articles.identifiers("wetlands")) == restored.runs.get(run.id).pages


@only_sqlite
def test_backup_that_cannot_be_written_is_reported(opened: Store, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"The backup .* cannot be written"):
        opened.backup(tmp_path / "file" / "copy.sqlite")
    with pytest.raises(StoreError, match=r"The backup /proc/copy.sqlite cannot be written"):
        opened.backup(Path("/proc/copy.sqlite"))


@only_sqlite
@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_backup_never_overwrites_the_files_of_the_store(opened: Store, ending: str):
    own = Path(opened.where).with_name(Path(opened.where).name + ending)
    before = own.read_bytes() if own.exists() else None
    with pytest.raises(StoreError, match="belongs to the store itself"):
        opened.backup(own)
    assert (own.read_bytes() if own.exists() else None) == before


@only_sqlite
def test_backup_overwrites_only_a_backup_or_an_empty_file(opened: Store, tmp_path: Path):
    (tmp_path / "config.toml").write_text("[sources]")
    os.mkfifo(tmp_path / "pipe")
    for existing in ("config.toml", "pipe", "."):
        with pytest.raises(StoreError, match="is there and no backup"):
            opened.backup(tmp_path / existing)
    assert (tmp_path / "config.toml").read_text() == "[sources]"
    (tmp_path / "made by mktemp").touch()
    opened.backup(tmp_path / "made by mktemp")


@only_sqlite
def test_backup_does_not_make_the_folder_of_a_disk_that_is_not_mounted(opened: Store, tmp_path: Path):
    with pytest.raises(StoreError, match="its folder does not exist"):
        opened.backup(tmp_path / "disk" / "copy.sqlite")
    assert not (tmp_path / "disk").exists()


def test_failed_backup_leaves_no_file(damaged: Store, tmp_path: Path):
    (tmp_path / "copies").mkdir()
    with pytest.raises(StoreError, match="is damaged"):
        damaged.backup(tmp_path / "copies" / "copy.sqlite")
    assert list((tmp_path / "copies").iterdir()) == []


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """The store of a process that was killed, with its log; a backup made before is next to it."""
    work = """
import os, sys
from pathlib import Path
from harvester import store
from tests.store.samples import article_to_save, fill
with store.connect("sqlite:///store.sqlite") as opened:
    fill(opened, article_to_save(1))
    opened.backup(Path("backup.sqlite"))
    fill(opened, article_to_save(2))
    os._exit(9)
"""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", work], cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 9
    assert (tmp_path / "store.sqlite-wal").stat().st_size > 0
    return tmp_path / "store.sqlite"


def test_log_of_a_killed_process_is_used(crashed: Path):
    with store.connect(f"sqlite:///{crashed}") as opened:
        assert opened.articles.identifiers("wetlands") == [name(1), name(2)]


def test_log_next_to_a_restored_backup_is_never_written_into_it(crashed: Path):
    shutil.copy(crashed.with_name("backup.sqlite"), crashed)
    before = crashed.read_bytes()
    for look in (lambda: open_and_close(f"sqlite:///{crashed}"), lambda: is_current(crashed, 0.1)):
        with pytest.raises(StoreError, match=r"is a copy, .* move .*-wal and .*-shm away, and start again"):
            look()
    assert crashed.read_bytes() == before
    for ending in ("-wal", "-shm"):
        crashed.with_name(crashed.name + ending).rename(crashed.with_name(f"old{ending}"))
    with store.connect(f"sqlite:///{crashed}") as opened:
        assert opened.articles.identifiers("wetlands") == [name(1)]
        assert opened.check_integrity(deep=True) == []


def test_log_without_its_store_is_kept(crashed: Path):
    moved = crashed.rename(crashed.with_name("moved"))
    with pytest.raises(StoreError, match=r"is missing, but its log .* Put the store back"):
        open_and_close(f"sqlite:///{crashed}")
    assert crashed.with_name("store.sqlite-wal").stat().st_size > 0
    moved.rename(crashed)
    with store.connect(f"sqlite:///{crashed}") as opened:
        assert opened.articles.identifiers("wetlands") == [name(1), name(2)]
