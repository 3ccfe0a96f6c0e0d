"""A page that runs for days knows the sources of today."""

import os
from pathlib import Path

import pytest

from harvester.errors import ConfigError
from harvester.web.current_config import CurrentConfig
from tests.web.conftest import CONFIG


def write(path: Path, text: str, second: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (second, second))  # some file systems have seconds only


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "config.toml", CONFIG, 1)
    return tmp_path / "config.toml"


def test_changed_file_is_loaded(path: Path):
    current = CurrentConfig(path)
    first = current()
    assert current() is first
    write(path, CONFIG.replace("wetlands]", "rivers]"), 2)
    assert list(current().sources) == ["rivers"]


def test_file_that_cannot_be_used_changes_nothing(path: Path, caplog: pytest.LogCaptureFixture):
    current = CurrentConfig(path)
    write(path, "nonsense", 2)
    assert list(current().sources) == ["wetlands"]
    assert list(current().sources) == ["wetlands"]
    assert caplog.text.count("the configuration stays as it was") == 1
    path.unlink()
    assert list(current().sources) == ["wetlands"]
    write(path, CONFIG.replace("wetlands]", "rivers]"), 3)
    assert list(current().sources) == ["rivers"]


def test_change_of_what_is_read_at_start_is_logged(path: Path, caplog: pytest.LogCaptureFixture):
    current = CurrentConfig(path)
    write(path, f"{CONFIG}\n[web]\nread_only = true\n", 2)
    assert current().web.read_only
    assert "when the server is started again" in caplog.text


def test_missing_file_is_an_error_at_start(tmp_path: Path):
    with pytest.raises(ConfigError):
        CurrentConfig(tmp_path / "config.toml")
