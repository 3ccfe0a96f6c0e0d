"""`harvester restore`."""

from __future__ import annotations

import pytest

from harvester.config import load
from harvester.system import locks
from tests.cli.conftest import answer


@pytest.fixture
def backed_up(scheduled):
    """`call`, with a store and its backup `copy.sqlite`."""
    scheduled("harvest")
    assert scheduled("backup", "copy.sqlite").exit_code == 0
    return scheduled


def test_restored_store_is_used(backed_up, tmp_path):
    backed_up("source", "forget", "small")
    done = backed_up("restore", "copy.sqlite")
    assert done.exit_code == 0
    assert "is kept as" in done.stderr
    assert backed_up("show", "oai:small:1").exit_code == 0
    assert len(list(tmp_path.glob("harvester.sqlite.replaced-*"))) == 1


def test_restore_where_no_store_is(backed_up, tmp_path):
    (tmp_path / "harvester.sqlite").unlink()
    document = answer(backed_up("restore", "copy.sqlite", "--json"))
    assert document == {"store": str(tmp_path / "harvester.sqlite"), "kept": None}
    assert backed_up("show", "oai:small:1").exit_code == 0


@pytest.mark.parametrize("lock", ["daemon", "export", "backup", "source-small", "source-removed"])
def test_nothing_is_restored_while_something_is_at_work(backed_up, tmp_path, lock):
    before = (tmp_path / "harvester.sqlite").read_bytes()
    with locks.hold(load(tmp_path / "config.toml").locks_dir, lock, what="some work"):
        done = backed_up("restore", "copy.sqlite")
    assert (done.exit_code, "some work" in done.stderr) == (75, True)
    assert (tmp_path / "harvester.sqlite").read_bytes() == before
    assert list(tmp_path.glob("*.replaced-*")) == []
