"""A configuration that cannot be read is reported once a day, and again after every change of the file."""

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
    """A moment after every change of the file that is made now."""
    return datetime.now(UTC) + timedelta(milliseconds=50)


def test_error_is_reported_once_a_day(path: Path):
    now = soon()
    assert [config_error.already_reported(path, moment) for moment in (now, now, now + DAY, now + DAY)] == [
        False,
        True,
        False,
        True,
    ]


def test_error_is_reported_again_when_the_file_has_changed(path: Path):
    before = datetime.now(UTC) - timedelta(milliseconds=50)
    os.utime(path)
    assert not config_error.already_reported(path, before)
    assert not config_error.already_reported(path, before)  # the file is newer than the report


def test_error_is_reported_again_after_it_was_fixed(path: Path):
    now = soon()
    config_error.already_reported(path, now)
    config_error.clear(path)
    assert not config_error.already_reported(path, now)


def test_missing_file_is_reported_once_a_day_too(path: Path):
    path.unlink()
    now = soon()
    assert [config_error.already_reported(path, now) for _ in range(2)] == [False, True]


def test_no_folder_is_created_before_the_first_harvest(tmp_path: Path):
    assert [config_error.already_reported(tmp_path / "config.toml", soon()) for _ in range(2)] == [False, False]
    assert list(tmp_path.iterdir()) == []
