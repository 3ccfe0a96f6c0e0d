"""`harvester store`, and the commands on a store in PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harvester.config import load
from harvester.system import locks
from tests.cli.conftest import Call
from tests.postgresql import Server as Database
from tests.providers import small_journal
from tests.providers.server import Server

SQLITE = "sqlite:///harvester.sqlite"


@pytest.fixture
def url(postgresql: Database) -> str:
    return postgresql.new_database()


def use(folder: Path, provider: Server, url: str) -> None:
    """Writes a config.toml whose store is there."""
    text = small_journal.CONFIG.format(url=provider.url)
    (folder / "config.toml").write_text(f'{text}\n[store]\nurl = "{url}"\n')


def test_store_moves_to_postgresql_and_back(harvested: Call, small: Server, url: str, tmp_path: Path):
    before = json.loads(harvested("status", "--json").stdout)
    copied = harvested("store", "copy", SQLITE, url)
    assert (copied.exit_code, "Copied and compared: " in copied.stderr) == (0, True)
    assert f'set [store] url = "{url}"' in copied.stderr
    use(tmp_path, small, url)
    now = json.loads(harvested("status", "--json").stdout)
    assert now["sources"] == before["sources"]
    assert harvested("harvest").exit_code == 0
    assert harvested("doctor", "--deep").exit_code == 0
    back = harvested("--json", "store", "copy", url, "sqlite:///back.sqlite")
    rows = json.loads(back.stdout)["rows"]
    assert (rows["source"], rows["record"] > 0, rows["run"]) == (1, True, len(now["sources"]) + 1)
    assert (tmp_path / "back.sqlite").is_file()


def test_store_in_use_is_not_copied(harvested: Call, url: str, tmp_path: Path):
    with locks.hold(load(tmp_path / "config.toml").locks, "source-small", what="a harvest"):
        refused = harvested("store", "copy", SQLITE, url)
    assert (refused.exit_code, "a harvest" in refused.stderr) == (75, True)


def test_store_that_has_something_is_not_overwritten(harvested: Call, url: str):
    assert harvested("store", "copy", SQLITE, url).exit_code == 0
    again = harvested("store", "copy", SQLITE, url)
    assert (again.exit_code, "is not empty" in again.stderr) == (1, True)


def test_everything_works_on_a_new_store_in_postgresql(call: Call, small: Server, url: str, tmp_path: Path):
    use(tmp_path, small, url)
    for words in ("harvest", "status", "check", "report", "runs", "deposits", "schedule", "metrics", "remap", "doctor"):
        done = call(words)
        assert done.exit_code in (0, 1), (words, done.stderr)
        assert "Traceback" not in done.stderr
    assert call("show", "oai:small:1").exit_code == 0
    restored = call("restore", "config.toml")
    assert (restored.exit_code, "pg_restore --clean" in restored.stderr) == (1, True)


def test_lock_names_its_holder_on_every_machine(call: Call, small: Server, url: str, tmp_path: Path):
    use(tmp_path, small, url)
    assert call("harvest").exit_code == 0
    place = load(tmp_path / "config.toml").locks
    with locks.hold(place, "source-small", what="harvest of small"):
        refused = call("harvest")
        assert (refused.exit_code, "harvest of small (process" in refused.stderr) == (75, True)


def test_address_may_come_from_a_variable_or_a_file(call: Call, small: Server, url: str, tmp_path: Path, monkeypatch):
    text = small_journal.CONFIG.format(url=small.url)
    (tmp_path / "config.toml").write_text(f'{text}\n[store]\nurl_env = "STORE_ADDRESS"\n')
    missing = call("harvest")
    assert (missing.exit_code, "STORE_ADDRESS is not set" in missing.stderr) == (2, True)
    monkeypatch.setenv("STORE_ADDRESS", url)
    assert call("harvest").exit_code == 0
    (tmp_path / "address").write_text(url)
    (tmp_path / "config.toml").write_text(f'{text}\n[store]\nurl_file = "address"\n')
    assert '"live"' in call("status", "--json").stdout
    (tmp_path / "config.toml").write_text(f'{text}\n[store]\nurl_file = "address"\nurl_env = "STORE_ADDRESS"\n')
    both = call("config", "check")
    assert (both.exit_code, "keep one of them" in both.stderr) == (2, True)
