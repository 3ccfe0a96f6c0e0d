"""Every attempt is in the run table, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import Config, load
from harvester.daemon import work
from harvester.errors import HarvesterError
from harvester.standing.due import harvest_tasks, reconcile_tasks
from harvester.standing.incidents import CRASHED
from harvester.store.store import Store
from harvester.system import locks
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.providers import small_journal
from tests.providers.server import Server


def now() -> datetime:
    return datetime.now(UTC)


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
    return [(run.kind, run.state, run.error) for run in reversed(store.runs.latest())]


def test_unreachable_provider_is_recorded_as_a_failed_run(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    with pipeline.opened(config) as store:
        for _ in range(2):
            work.harvest(config, store, "reeds", now=now, stop=never_stop)
        ((kind, state, error),) = states(store)
        assert (kind, state) == ("full", "failed")
        assert error is not None
        assert harvest_tasks(config, store.runs, now())[0].due is None


def test_missing_secret_is_recorded_as_a_failed_run(configured: Configured, small: Server):
    config = configured({"reeds": small.url})
    with pipeline.opened(config) as store:
        work.harvest(config, store, "reeds", now=now, stop=never_stop)
    path: Path = config.path
    path.write_text(path.read_text() + 'username = "me"\npassword_env = "NOT_SET_ANYWHERE"\n')
    config = load(path)
    with pipeline.opened(config) as store:
        work.harvest(config, store, "reeds", now=now, stop=never_stop)
        assert [(kind, state) for kind, state, _ in states(store)] == [
            ("full", "complete"),
            ("incremental", "failed"),
        ]
        assert "NOT_SET_ANYWHERE" in str(states(store)[1][2])


def test_bug_is_recorded_as_a_failed_run(config: Config, store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Store, "apply", lambda *_, **__: 1 / 0)
    work.harvest(config, store, "reeds", now=now, stop=never_stop)
    ((_, state, error),) = states(store)
    assert state == "failed"
    assert "ZeroDivisionError" in str(error)


def test_source_locked_by_another_process_is_skipped(config: Config, store: Store):
    with locks.hold(config.locks_dir, "source-reeds", what="a test"):
        run = store.runs.begin("reeds", "oai_dc", "full", (), now())
        assert work.harvest(config, store, "reeds", now=now, stop=never_stop) == []
        assert work.mark_crashed_runs(config, store, now()) == 0
        assert store.runs.get(run.id).state == "running"
    assert work.mark_crashed_runs(config, store, now()) == 1
    assert states(store) == [("full", "incomplete", CRASHED)]


def test_failed_attempt_does_not_end_the_run_of_another_process(
    config: Config, store: Store, monkeypatch: pytest.MonkeyPatch
):
    """It begins after the failure and before the record of it."""
    run = store.runs.begin("reeds", "oai_dc", "full", (), now())

    def fail(*_: object, **__: object) -> None:
        raise HarvesterError("a secret is missing")

    monkeypatch.setattr(pipeline, "harvest", fail)
    with locks.hold(config.locks_dir, "source-reeds", what="the other process"):
        work.harvest(config, store, "reeds", now=now, stop=never_stop)
    assert store.runs.get(run.id).state == "running"
    work.harvest(config, store, "reeds", now=now, stop=never_stop)
    assert store.runs.get(run.id).state == "failed"


def test_reconciliation_is_recorded_as_one(config: Config, small: Server):
    config.path.write_text(config.path.read_text() + 'reconcile = "@yearly"\n')
    config = load(config.path)
    with pipeline.opened(config) as store:
        work.harvest(config, store, "reeds", now=now, stop=never_stop)
        work.reconcile(config, store, "reeds", now=now, stop=never_stop)
        assert [kind for kind, _, _ in states(store)] == ["full", "reconcile"]
        assert [one.due for one in reconcile_tasks(config, store.runs, now())] == [None]


def test_stopped_work_is_no_incident(configured: Configured, small: Server):
    config = configured({"reeds": small.url})
    with pipeline.opened(config) as store:
        work.harvest(config, store, "reeds", now=now, stop=never_stop)
        assert work.write_report(config, store, now=now, stop=lambda: True) is None
        assert not config.report_file.exists()
