from pathlib import Path

import pytest

from harvester.config import load
from harvester.datacite.target import DATACITE
from harvester.errors import ConfigError


def test_the_next_step_has_a_command_for_the_files_that_quotes_their_names():
    words = DATACITE.next_step(["exports/a b.datacite.json"])
    assert "harvester deposit --target datacite" in words
    assert "'exports/a b.datacite.json'" in words


def test_a_table_that_is_empty_is_enough_to_export(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("[datacite]\n")
    config = load(path)
    assert DATACITE.is_configured(config)
    assert DATACITE.builder(config).version == DATACITE.builder(config, None).version
    assert DATACITE.validator("")(b"[]") != []


def test_without_its_table_it_is_not_configured(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("")
    config = load(path)
    assert not DATACITE.is_configured(config)
    with pytest.raises(ConfigError, match=r"there is no \[datacite\] table"):
        DATACITE.builder(config)
