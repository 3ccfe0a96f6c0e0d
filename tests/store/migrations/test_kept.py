"""The store of every release can be migrated, and the next harvest resumes from it."""

import re
from pathlib import Path

import pytest

from harvester import store
from harvester.demo.run import run
from tests.conftest import ROOT
from tests.store import samples
from tests.store.migrations import keep
from tests.store.migrations.test_migrations import read, schema

RELEASES = re.findall(r"^## (\d\S+) - ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
KEPT = sorted(keep.STORES.glob("*.sql.gz"))
COUNTED = ("record", "article", "payload", "run", "batch", "deposit", "deposited")


def counts(path: Path) -> dict[str, object]:
    return {table: read(path, f"SELECT count(*) FROM {table}")[0][0] for table in COUNTED}


@pytest.mark.parametrize("version", RELEASES)
def test_a_release_has_its_store(version: str):
    assert keep.of_release(version) in KEPT, "run: python -m tests.store.migrations.keep"


@pytest.fixture(params=KEPT, ids=[path.name.removesuffix(".sql.gz") for path in KEPT])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / keep.IN_DEMO
    keep.restore(request.param, path)
    return path


def test_migration_keeps_every_row(old: Path):
    before = counts(old)
    assert all(before.values())
    with store.connect(f"sqlite:///{old}") as opened:
        assert opened.check_integrity(deep=True) == []
    assert counts(old) == before


@pytest.mark.slow
def test_the_next_harvest_finds_nothing_new_and_deposits_nothing_twice(old: Path):
    deposited = read(old, "SELECT doi_key, fingerprint FROM deposited ORDER BY doi_key")
    summary = run(old.parent)
    assert {(one.state, one.new, one.deleted) for one in summary.runs} == {("complete", 0, 0)}
    now = read(old, "SELECT doi_key, fingerprint FROM deposited ORDER BY doi_key")
    changed = set(now) ^ set(deposited)
    assert len(changed) == 2 * sum(file.records for file in summary.files)  # only what this program maps differently


def test_its_tables_become_those_of_a_new_store(old: Path, tmp_path: Path):
    """If it fails, a table was changed without a new revision in harvester/store/migrations/versions."""
    with store.connect(f"sqlite:///{old}"), store.connect(samples.url(tmp_path)) as new:
        assert schema(old) == schema(Path(new.where))
