from pathlib import Path

import pytest

from harvester.config import load
from harvester.doaj.target import DOAJ
from harvester.errors import ConfigError


def test_the_next_step_has_a_command_for_the_files_that_quotes_their_names():
    words = DOAJ.next_step(["exports/a b.doaj.json"])
    assert "harvester deposit --target doaj" in words
    assert "'exports/a b.doaj.json'" in words


def test_a_table_that_is_empty_is_enough_to_export(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("[doaj]\n")
    config = load(path)
    assert DOAJ.is_configured(config)
    assert DOAJ.builder(config).version == DOAJ.builder(config, None).version
    assert DOAJ.validator("")(b"[]") != []


def test_without_its_table_it_is_not_configured(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("")
    config = load(path)
    assert not DOAJ.is_configured(config)
    with pytest.raises(ConfigError, match=r"there is no \[doaj\] table"):
        DOAJ.builder(config)
