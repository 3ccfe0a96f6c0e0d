"""A copy takes the place of the store whole, or nothing is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from harvester import store
from harvester.errors import BusyError, StoreError
from harvester.store.engines import DamagedValue
from harvester.store.restoration import restore
from tests.store.samples import article_to_save, fill, name

WORK = """
import os
from pathlib import Path
from harvester import store
from tests.store.samples import article_to_save, fill
with store.connect("sqlite:///store.sqlite") as opened:
    fill(opened, article_to_save(1))
    opened.backup(Path("copy.sqlite"))
with store.connect("sqlite:///store.sqlite") as opened:
    fill(opened, article_to_save(2))
    os._exit(9)
"""


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """The store of a process that was killed, with its log; `copy.sqlite` is a backup from before."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", WORK], cwd=tmp_path, env=environment, check=False)
    assert (tmp_path / "store.sqlite-wal").stat().st_size > 0
    return tmp_path / "store.sqlite"


def identifiers(path: Path) -> list[str]:
    with store.connect(f"sqlite:///{path}") as opened:
        assert opened.check_integrity(deep=True) == []
        return list(opened.articles.identifiers("wetlands"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_copy_takes_the_place_and_the_store_is_kept_with_its_log(crashed: Path):
    kept = restore(crashed.with_name("copy.sqlite"), crashed)
    assert kept is not None
    assert kept.name.startswith("store.sqlite.replaced-")
    assert not crashed.with_name("store.sqlite-wal").exists()
    assert not crashed.with_name("store.sqlite-shm").exists()
    assert identifiers(crashed) == [name(1)]
    assert identifiers(kept) == [name(1), name(2)]
    assert crashed.with_name("copy.sqlite").exists()


def test_copy_of_a_crashed_store_is_restored_with_its_log(crashed: Path, tmp_path: Path):
    (tmp_path / "new").mkdir()
    assert restore(crashed, tmp_path / "new" / "store.sqlite") is None
    assert identifiers(tmp_path / "new" / "store.sqlite") == [name(1), name(2)]


def test_log_without_a_store_is_kept(crashed: Path, tmp_path: Path):
    crashed.unlink()
    kept = restore(tmp_path / "copy.sqlite", crashed)
    assert kept is not None
    assert kept.with_name(f"{kept.name}-wal").stat().st_size > 0
    assert identifiers(crashed) == [name(1)]


def test_copy_that_was_put_over_the_store_by_hand_can_be_restored_properly(crashed: Path, tmp_path: Path):
    shutil.copy(tmp_path / "copy.sqlite", crashed)
    with pytest.raises(StoreError, match="is a copy"):
        identifiers(crashed)
    restore(tmp_path / "copy.sqlite", crashed)
    assert identifiers(crashed) == [name(1)]


def test_store_in_use_is_left_as_it_is(crashed: Path, tmp_path: Path):
    reader = "import sqlite3, sys; line = sqlite3.connect('store.sqlite'); line.execute('BEGIN');"
    reader += "line.execute('SELECT count(*) FROM run').fetchone(); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", reader], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(BusyError, match="another program"):
            restore(tmp_path / "copy.sqlite", crashed)
        process.communicate(b"")
    assert identifiers(crashed) == [name(1), name(2)]


def truncated(copy: Path) -> None:
    with copy.open("r+b") as file:
        file.truncate(copy.stat().st_size // 2 // 4096 * 4096)


def of_another_program(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE bookmark (url)")


def of_the_future(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def text(copy: Path) -> None:
    copy.write_text("This is not a database." * 100)


def missing(copy: Path) -> None:
    copy.unlink()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (truncated, "is damaged"),
        (text, "is damaged"),
        (of_another_program, "is not a store"),
        (of_the_future, "newer version"),
        (missing, "is not a file"),
    ],
)
def test_copy_that_cannot_be_used_changes_nothing(crashed: Path, tmp_path: Path, change, words: str):
    change(tmp_path / "copy.sqlite")
    before = contents(tmp_path)
    with pytest.raises(StoreError, match=words):
        restore(tmp_path / "copy.sqlite", crashed)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_store_is_not_restored_from_itself(crashed: Path, ending: str):
    with pytest.raises(StoreError, match="belongs to the store itself"):
        restore(crashed.with_name(crashed.name + ending), crashed)


def test_restored_store_keeps_the_mode_of_the_store_before_it(crashed: Path):
    crashed.chmod(0o660)
    restore(crashed.with_name("copy.sqlite"), crashed)
    assert crashed.stat().st_mode & 0o777 == 0o660


def test_value_that_no_program_of_ours_has_written_is_damage(tmp_path: Path):
    with store.connect(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        fill(opened, article_to_save(1))
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as connection, connection:
        connection.execute("UPDATE run SET started = 7")
    with store.connect(f"sqlite:///{tmp_path}/store.sqlite") as opened, pytest.raises(StoreError, match="is damaged"):
        opened.runs.latest()
    with (
        store.open_overview(f"sqlite:///{tmp_path}/store.sqlite") as overview,
        pytest.raises(DamagedValue, match="malformed"),
    ):
        overview.status()
