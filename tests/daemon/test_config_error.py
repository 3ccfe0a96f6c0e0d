"""A configuration that cannot be read is said to cron once a day, and again when it was changed and is still wrong."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.daemon import config_error

DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / ".harvester-locks").mkdir()
    (tmp_path / "config.toml").write_text("x = [")
    return tmp_path / "config.toml"


def soon() -> datetime:
    """A moment of today behind every change of now."""
    return datetime.now(UTC) + timedelta(milliseconds=50)


def test_once_a_day(path: Path):
    now = soon()
    assert [config_error.told_today(path, moment) for moment in (now, now, now + DAY, now + DAY)] == [
        False,
        True,
        False,
        True,
    ]


def test_again_when_it_was_changed(path: Path):
    before = datetime.now(UTC) - timedelta(milliseconds=50)
    os.utime(path)
    assert not config_error.told_today(path, before)
    assert not config_error.told_today(path, before)  # it is newer than what was told


def test_again_behind_its_end(path: Path):
    now = soon()
    config_error.told_today(path, now)
    config_error.forget(path)
    assert not config_error.told_today(path, now)


def test_a_file_that_is_gone_is_said_once_a_day_too(path: Path):
    path.unlink()
    now = soon()
    assert [config_error.told_today(path, now) for _ in range(2)] == [False, True]


def test_where_nothing_was_ever_harvested_no_folder_is_made(tmp_path: Path):
    assert [config_error.told_today(tmp_path / "config.toml", soon()) for _ in range(2)] == [False, False]
    assert list(tmp_path.iterdir()) == []
