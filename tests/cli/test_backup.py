"""`harvester backup`."""

from __future__ import annotations

from harvester.config import load
from harvester.system import locks


def test_backup_command_writes_a_store(scheduled, tmp_path):
    scheduled("harvest")
    assert scheduled("backup", "copy.sqlite").exit_code == 0
    (tmp_path / "harvester.sqlite").unlink()
    (tmp_path / "copy.sqlite").rename(tmp_path / "harvester.sqlite")
    assert scheduled("show", "oai:small:1").exit_code == 0
    assert scheduled("backup", "harvester.sqlite").exit_code == 1


def test_second_backup_at_the_same_time_is_refused(scheduled, tmp_path):
    """Two that wrote into one temporary file scheduled an empty one in the place of the copy before."""
    scheduled("harvest")
    assert scheduled("backup", "copy.sqlite").exit_code == 0
    before = (tmp_path / "copy.sqlite").read_bytes()
    with locks.hold(load(tmp_path / "config.toml").locks_dir, "backup", what="backup to copy.sqlite"):
        second = scheduled("backup", "copy.sqlite")
    assert (second.exit_code, "backup to copy.sqlite" in second.stderr) == (75, True)
    assert (tmp_path / "copy.sqlite").read_bytes() == before
