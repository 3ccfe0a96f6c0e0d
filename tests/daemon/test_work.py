"""Every attempt is in the run table, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import Config, load
from harvester.daemon import due_run, work
from harvester.daemon.due import REPORT, harvest_tasks, reconcile_tasks
from harvester.daemon.incidents import CRASHED
from harvester.reports import WrittenReport
from harvester.store.store import Store
from harvester.system import locks
from tests.daemon.conftest import Configured
from tests.providers import small_journal
from tests.providers.server import Server


def now() -> datetime:
    return datetime.now(UTC)


def never() -> bool:
    return False


@pytest.fixture
def small() -> Iterator[Server]:
    with small_journal.serving() as server:
        yield server


@pytest.fixture
def config(configured: Configured, small: Server) -> Config:
    return configured({"reeds": small.url})


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with pipeline.opened(config) as opened:
        yield opened


def states(store: Store) -> list[tuple[str, str, str | None]]:
    return [(run.kind, run.state, run.error) for run in reversed(store.runs())]


def test_unreachable_provider_is_recorded_as_a_failed_run(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    with pipeline.opened(config) as store:
        for _ in range(2):
            work.harvest(config, store, "reeds", now=now, stop=never)
        ((kind, state, error),) = states(store)
        assert (kind, state) == ("full", "failed")
        assert error is not None
        assert harvest_tasks(config, store, now())[0].due is None


def test_missing_secret_is_recorded_as_a_failed_run(configured: Configured, small: Server):
    config = configured({"reeds": small.url})
    with pipeline.opened(config) as store:
        work.harvest(config, store, "reeds", now=now, stop=never)
    path: Path = config.path
    path.write_text(path.read_text() + 'username = "me"\npassword_env = "NOT_SET_ANYWHERE"\n')
    config = load(path)
    with pipeline.opened(config) as store:
        work.harvest(config, store, "reeds", now=now, stop=never)
        assert [(kind, state) for kind, state, _ in states(store)] == [
            ("full", "complete"),
            ("incremental", "failed"),
        ]
        assert "NOT_SET_ANYWHERE" in str(states(store)[1][2])


def test_bug_is_recorded_as_a_failed_run(config: Config, store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Store, "apply", lambda *_, **__: 1 / 0)
    work.harvest(config, store, "reeds", now=now, stop=never)
    ((_, state, error),) = states(store)
    assert state == "failed"
    assert "ZeroDivisionError" in str(error)


def test_source_locked_by_another_process_is_skipped(config: Config, store: Store):
    with locks.hold(config.locks_dir, "source-reeds", what="a test"):
        run = store.begin_run("reeds", "oai_dc", "full", (), now())
        assert work.harvest(config, store, "reeds", now=now, stop=never) == []
        assert work.mark_crashed_runs(config, store, now()) == 0
        assert store.run(run.id).state == "running"
    assert work.mark_crashed_runs(config, store, now()) == 1
    assert states(store) == [("full", "incomplete", CRASHED)]


def test_reconciliation_is_recorded_as_one(config: Config, small: Server):
    config.path.write_text(config.path.read_text() + 'reconcile = "@yearly"\n')
    config = load(config.path)
    with pipeline.opened(config) as store:
        work.harvest(config, store, "reeds", now=now, stop=never)
        work.reconcile(config, store, "reeds", now=now, stop=never)
        assert [kind for kind, _, _ in states(store)] == ["full", "reconcile"]
        assert [one.due for one in reconcile_tasks(config, store, now())] == [None]


def test_due_export_is_done(configured: Configured, small: Server):
    crossref = (
        '[crossref]\ndepositor_name = "X"\ndepositor_email = "x@example.org"\nregistrant = "X"\n'
        '[exports]\nschedule = "@yearly"\n'
        '[journals."2049-3630"]\ntitle = "Journal of Small Things"\nissn_electronic = "2049-3630"\n'
    )
    config = configured({"reeds": small.url}, more=crossref)
    first = due_run.run_due(config, now=now, stop=never)
    assert [run.state for run in first.runs] == ["complete"]
    assert first.export is not None
    assert not isinstance(first.export, str), first.export
    assert sum(file.records for file in first.export.files) == 3
    second = due_run.run_due(config, now=now, stop=never)
    assert (second.runs, second.export) == ((), None)


def test_due_report_is_written(configured: Configured, small: Server):
    config = configured({"reeds": small.url}, more='[report]\nfile = "report.html"\nschedule = "@daily"\n')
    file = config.path.with_name("report.html")
    first = due_run.run_due(config, now=now, stop=never)
    assert first.report == WrittenReport(file=str(file))
    assert "oai:small:4" in file.read_text()
    assert due_run.run_due(config, now=now, stop=never).report is None
    os.utime(file, (0, 0))  # written in 1970
    assert due_run.run_due(config, now=now, stop=never).report is not None
    assert file.stat().st_mtime > 0


def test_report_that_cannot_be_written_is_an_incident(configured: Configured, small: Server):
    config = configured({"reeds": small.url}, more='[report]\nfile = "no/report.html"\nschedule = "@daily"\n')
    first = due_run.run_due(config, now=now, stop=never)
    (incident,) = first.notification.incidents
    assert (incident.subject, incident.what) == (REPORT, "the report fails")
    assert str(config.path.parent / "no") in incident.why
    assert due_run.run_due(config, now=now, stop=never).notification.incidents == ()
    (config.path.parent / "no").mkdir()
    assert [alert.subject for alert in due_run.run_due(config, now=now, stop=never).notification.recovered] == [REPORT]


def test_stopped_work_is_no_incident(configured: Configured, small: Server):
    config = configured({"reeds": small.url})
    with pipeline.opened(config) as store:
        work.harvest(config, store, "reeds", now=now, stop=never)
        assert work.write_report(config, store, now=now, stop=lambda: True) is None
        assert not config.report_file.exists()
