"""Which sources are meant, and where the store and the locks of a configuration are."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import Config, load, select_sources
from harvester.errors import ConfigError
from harvester.pipeline import opened

NAMES = ("river", "lake", "sea")


def configured(folder: Path, *names: str) -> Config:
    tables = (f'[sources.{name}]\nurl = "https://{name}.example.org/oai"\nformats = ["oai_dc"]\n' for name in names)
    (folder / "config.toml").write_text("".join(tables), encoding="utf-8")
    return load(folder / "config.toml")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [((), NAMES), (("sea",), ("sea",)), (("sea", "river", "sea"), ("sea", "river"))],
)
def test_those_named_in_the_order_asked_or_all(tmp_path: Path, asked, expected):
    assert tuple(source.name for source in select_sources(configured(tmp_path, *NAMES), asked)) == expected


def test_every_unknown_name_is_said_with_the_nearest(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        select_sources(configured(tmp_path, *NAMES), ["rivr", "sea", "mountain"])
    first, second = caught.value.problems
    assert first == f"there is no source rivr in {tmp_path / 'config.toml'}; did you mean river?"
    assert second.endswith("mountain in " + str(tmp_path / "config.toml") + "; there are: river, lake, sea")


def test_a_configuration_without_sources_says_how_to_find_one(tmp_path: Path):
    with pytest.raises(ConfigError, match="harvester source probe URL"):
        select_sources(configured(tmp_path), [])


def test_store_and_locks_are_beside_the_configuration(tmp_path: Path, monkeypatch):
    monkeypatch.chdir("/")
    config = configured(tmp_path, *NAMES)
    assert config.locks_dir == tmp_path / ".harvester-locks"
    for _ in range(2):  # made, then found
        with opened(config) as store:
            assert store.status() == ()
    assert (tmp_path / "harvester.sqlite").exists()
