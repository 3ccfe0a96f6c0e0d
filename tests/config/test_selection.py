"""The selection of sources, and the place of store and locks."""

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
    ("names", "expected"),
    [((), NAMES), (("sea",), ("sea",)), (("sea", "river", "sea"), ("sea", "river"))],
)
def test_named_sources_come_in_the_requested_order_else_all(tmp_path: Path, names, expected):
    assert tuple(source.name for source in select_sources(configured(tmp_path, *NAMES), names)) == expected


def test_every_unknown_name_is_reported_with_the_nearest(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        select_sources(configured(tmp_path, *NAMES), ["rivr", "sea", "mountain"])
    first, second = caught.value.problems
    assert first == f"there is no source rivr in {tmp_path / 'config.toml'}; did you mean river?"
    assert second.endswith("mountain in " + str(tmp_path / "config.toml") + "; there are: river, lake, sea")


def test_configuration_without_sources_says_how_to_add_one(tmp_path: Path):
    with pytest.raises(ConfigError, match="harvester source add URL"):
        select_sources(configured(tmp_path), [])


def test_store_and_locks_are_next_to_the_configuration(tmp_path: Path, monkeypatch):
    monkeypatch.chdir("/")
    config = configured(tmp_path, *NAMES)
    assert config.locks_dir == tmp_path / ".harvester-locks"
    (tmp_path / "cron.toml").write_text(f'[store]\nurl = "sqlite:///{tmp_path}/other/../other.sqlite"')
    assert load(tmp_path / "cron.toml").locks_dir == tmp_path / ".other-locks"
    for _ in range(2):  # created, then opened
        with opened(config) as store:
            assert store.status() == ()
    assert (tmp_path / "harvester.sqlite").exists()


@pytest.mark.parametrize(
    "url", ["../harvester.sqlite", "{folder}/harvester.sqlite", "link.sqlite", "folder/harvester.sqlite"]
)
def test_configurations_of_one_store_share_its_locks(tmp_path: Path, url: str):
    """Relative, absolute, and by links: two processes must not harvest one source at once."""
    first = configured(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "link.sqlite").symlink_to(tmp_path / "harvester.sqlite")
    (tmp_path / "other" / "folder").symlink_to(tmp_path)
    (tmp_path / "other" / "config.toml").write_text(f'[store]\nurl = "sqlite:///{url.format(folder=tmp_path)}"')
    assert load(tmp_path / "other" / "config.toml").locks_dir == first.locks_dir
