"""SIGTERM while articles are rebuilt: every command ends within seconds, and the next one resumes there."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from harvester import pipeline, store
from harvester.config import load
from harvester.demo.lists import Record
from harvester.model import RawRecord, Window
from harvester.store import PageToSave, RecordToSave
from tests.demo.many import many
from tests.providers import small_journal
from tests.store.samples import save_page
from tests.workbench import NOW

pytestmark = pytest.mark.slow

RECORDS = 1500
SOON = 20.0  # seconds, on a machine under load; of the work, it is asserted that some of it is left


def raw(record: Record) -> RawRecord:
    payload = b"<record><metadata>%s</metadata></record>" % record.metadata["oai_dc"]
    return RawRecord(identifier=record.identifier, datestamp="2024-01-01T00:00:00Z", payload=payload)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store has records without articles, as after an upgrade."""
    folder: Path = tmp_path_factory.mktemp("full")
    (folder / "config.toml").write_text(small_journal.CONFIG.format(url="http://127.0.0.1:9/oai"))
    with pipeline.opened(load(folder / "config.toml")) as opened:
        run = opened.runs.begin("small", "oai_dc", "full", (Window(prefix="oai_dc"),), NOW)
        records = tuple(RecordToSave(raw(record), "new") for record in many(RECORDS))
        save_page(opened, run.id, run.windows[0].id, PageToSave(records=records))
        opened.runs.finish(run.id, "complete", NOW)
    return folder


@pytest.fixture
def folder(full: Path, tmp_path: Path) -> Path:
    with store.connect(f"sqlite:///{full / 'harvester.sqlite'}") as opened:
        opened.backup(tmp_path / "harvester.sqlite")
    (tmp_path / "config.toml").write_text((full / "config.toml").read_text())
    return tmp_path


def count_articles(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "harvester.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM article").fetchone()[0])


@pytest.mark.parametrize(("command", "code"), [("remap", 143), ("check", 143), ("harvest", 143)])
def test_sigterm_ends_a_rebuild_soon_and_loses_nothing(folder: Path, command: str, code: int):
    process = subprocess.Popen(
        [sys.executable, "-m", "harvester", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    while not count_articles(folder):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    signalled = time.monotonic()
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, time.monotonic() - signalled < SOON) == (code, True), output
    assert 0 < count_articles(folder) < RECORDS
    before = count_articles(folder)
    with pipeline.opened(load(folder / "config.toml")) as opened:
        left = pipeline.rebuild(load(folder / "config.toml"), opened, today=NOW.date().isoformat())
        assert left == RECORDS - before
        assert opened.check_integrity() == []
    assert count_articles(folder) == RECORDS
