from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester.config import Config, load
from harvester.crossref.target import CROSSREF
from harvester.deposits.deposit_files import DepositFiles
from harvester.errors import BundleError, ConfigError
from harvester.model import Article
from harvester.store import PlannedBatch
from tests.crossref.deposit.test_fixtures import fixture
from tests.deposits.lines.target import LINES
from tests.store.samples import NOW
from tests.workbench import Workbench

PLANNED = PlannedBatch(
    id="10.12345-20260102030405678", timestamp=20260102030405678, schema_version="1", planned=NOW, members=()
)
ARTICLES: list[Article] = [fixture("structured"), fixture("translation")]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Workbench(tmp_path).configure("https://example.org/oai", ["oai_dc"], prefixes=["10.12345"])


@pytest.fixture
def lines(config: Config) -> DepositFiles:
    return DepositFiles(config, LINES)


def test_a_file_has_its_manifest_next_to_it(lines: DepositFiles, config: Config):
    data = lines.build(PLANNED, ARTICLES)
    lines.put(PLANNED, ARTICLES, data)
    path = config.exports_dir / "10.12345-20260102030405678.txt"
    assert lines.path(PLANNED) == path
    assert path.read_bytes() == data
    manifest = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert (manifest["batch_id"], manifest["file"], manifest["schema_version"]) == (PLANNED.id, path.name, "1")
    assert [one["doi"] for one in manifest["records"]] == [article.doi for article in ARTICLES]


def test_what_is_not_valid_is_said(lines: DepositFiles):
    assert lines.problems(PLANNED, lines.build(PLANNED, ARTICLES)) == []
    assert lines.problems(PLANNED, b"cut short") == ["the last line has no end"]


def test_a_crash_leaves_a_file_or_a_manifest_that_goes(lines: DepositFiles):
    assert lines.left_by_crash(PLANNED) is None
    data = lines.build(PLANNED, ARTICLES)
    lines.put(PLANNED, ARTICLES, data)
    assert lines.left_by_crash(PLANNED) == data
    manifest = lines.path(PLANNED).with_suffix(".json")
    lines.path(PLANNED).write_bytes(b"another file of this name")
    assert lines.left_by_crash(PLANNED) is None
    assert manifest.exists()
    lines.path(PLANNED).unlink()
    assert lines.left_by_crash(PLANNED) is None
    assert not manifest.exists()


def test_an_unfinished_batch_keeps_its_version(config: Config):
    files = DepositFiles(config, CROSSREF, "5.5.0")
    planned = replace(PLANNED, schema_version="5.4.0")
    data = files.build(planned, ARTICLES)
    assert b'version="5.4.0"' in data
    assert files.problems(planned, data) == []
    assert files.problems(replace(planned, schema_version="5.5.0"), data) != []


def test_what_is_missing_is_said_before_anything_is_built(config: Config, tmp_path: Path, monkeypatch):
    (bare := tmp_path / "bare.toml").write_text("")
    with pytest.raises(ConfigError, match=r"no \[crossref\] table"):
        DepositFiles(load(bare), CROSSREF)
    monkeypatch.setattr("harvester.crossref.bundles.pins.folders", lambda: [tmp_path / "none"])
    with pytest.raises(BundleError, match="harvester schemas install"):
        DepositFiles(config, CROSSREF)
