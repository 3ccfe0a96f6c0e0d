from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from harvester import pipeline
from harvester.config import Config, load
from harvester.standing.due import (
    export_due,
    harvest_tasks,
    interrupted_since,
    last_attempt,
    newest_runs,
    reconcile_tasks,
    scheduled_tasks,
    source_tasks,
)
from harvester.store import Counts, Run
from harvester.store.store import Store
from harvester.system import locks
from tests.standing.conftest import Configured
from tests.store.samples import article_to_save, fill

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUN = Run(
    id=1,
    source="reeds",
    prefix="oai_dc",
    kind="full",
    state="complete",
    started=NOON - 2 * HOUR,
    finished=NOON - HOUR,
    response_date=None,
    error=None,
    pages=1,
    counts=Counts(),
    windows=(),
)
LATER = replace(RUN, finished=NOON)


@pytest.mark.parametrize(
    ("runs", "attempt"),
    [
        ([], None),
        ([None], None),
        ([RUN], NOON - HOUR),
        ([RUN, None], None),  # a format was added
        ([RUN, LATER], NOON - HOUR),  # stopped between two formats
        ([LATER, replace(RUN, interrupted=True, state="incomplete")], None),
        ([replace(RUN, state="failed")], NOON - HOUR),  # a failed harvest is retried at the next scheduled time
        ([replace(RUN, state="incomplete", error="cut short")], NOON - HOUR),
        ([replace(RUN, state="waiting", wait_until=NOON)], None),
        ([replace(RUN, state="running", finished=None)], NOON - 2 * HOUR),
    ],
)
def test_last_attempt_by_the_newest_run_of_each_format(runs: list[Run | None], attempt: datetime | None):
    assert last_attempt(runs) == attempt


def test_interrupted_harvest_is_due_since_it_ended():
    stopped = replace(RUN, interrupted=True, state="incomplete")
    assert interrupted_since([LATER, None]) is None
    assert interrupted_since([LATER, stopped]) == NOON - HOUR
    assert interrupted_since([replace(stopped, state="waiting", wait_until=NOON)]) == NOON
    assert interrupted_since([replace(RUN, state="running", finished=None)]) == NOON - 2 * HOUR


def test_source_is_due_unless_a_process_is_at_work_on_it(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai", "fens": "http://127.0.0.1:9/oai"})
    with pipeline.opened(config) as store:
        reeds, fens = harvest_tasks(config, store.runs, NOON)
        assert (reeds.due, fens.due) == (NOON, NOON)
        assert reeds.next == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # midnight in Madrid
        run = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
        with locks.hold(config.locks_dir, "source-reeds", what="a test"):
            assert harvest_tasks(config, store.runs, NOON + 48 * HOUR)[0].due is None
        assert harvest_tasks(config, store.runs, NOON + 48 * HOUR)[0].due == NOON, (
            "a run without a process was left by a crash"
        )
        store.runs.finish(run.id, "failed", NOON + HOUR, "no answer")
        assert harvest_tasks(config, store.runs, NOON + 2 * HOUR)[0].due is None
        assert harvest_tasks(config, store.runs, NOON + 48 * HOUR)[0].due == reeds.next


def test_source_is_not_due_while_its_provider_wants_no_requests(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    path = config.path
    path.write_text(path.read_text() + 'reconcile = "@daily"\n')
    config = load(path)
    until = NOON + 30 * HOUR
    with pipeline.opened(config) as store:
        run = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
        store.runs.finish(run.id, "waiting", NOON, "left alone", wait_until=until)
        for moment in (NOON, NOON + 20 * HOUR):  # midnight in Madrid has passed, which makes no difference
            assert [(task.due, task.next) for task in harvest_tasks(config, store.runs, moment)] == [(None, until)]
        assert [task.due for task in harvest_tasks(config, store.runs, until)] == [until]
        store.runs.finish(run.id, "complete", NOON)
        compared = store.runs.begin("reeds", "oai_dc", "reconcile", (), NOON)
        store.runs.finish(compared.id, "waiting", NOON, "left alone", wait_until=until)
        for moment in (NOON, NOON + 20 * HOUR):  # the other job asks the same provider
            assert [(task.due, task.next) for task in harvest_tasks(config, store.runs, moment)] == [(None, until)]
        midnight = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
        assert [task.due for task in harvest_tasks(config, store.runs, until)] == [midnight]
        assert [(task.due, task.next) for task in reconcile_tasks(config, store.runs, NOON)] == [(None, until)]
        assert [task.due for task in reconcile_tasks(config, store.runs, until)] == [until]


def test_range_does_not_count_as_a_harvest(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    with pipeline.opened(config) as store:
        store.runs.begin("reeds", "oai_dc", "range", (), NOON)
        assert newest_runs(store.runs, config.sources["reeds"]) == [None]


def compared(configured: Configured, more: str = 'reconcile = "@weekly"') -> Config:
    """A source that is harvested each day and compared each week."""
    path = configured({"reeds": "http://127.0.0.1:9/oai"}).path
    path.write_text(f"{path.read_text()}{more}\n")
    return load(path)


def test_reconciliation_is_due_after_the_first_harvest(configured: Configured):
    config = compared(configured)
    week = 7 * 24 * HOUR
    with pipeline.opened(config) as store:
        assert [task.due for task in reconcile_tasks(config, store.runs, NOON)] == [None]
        harvest = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
        store.runs.finish(harvest.id, "complete", NOON)
        assert [task.due for task in reconcile_tasks(config, store.runs, NOON)] == [None]
        (task,) = reconcile_tasks(config, store.runs, NOON + week)
        assert task.due == datetime(2026, 11, 28, 23, 0, tzinfo=UTC)
        comparison = store.runs.begin("reeds", "oai_dc", "reconcile", (), NOON + week)
        store.runs.finish(comparison.id, "complete", NOON + week)
        assert [task.due for task in reconcile_tasks(config, store.runs, NOON + week)] == [None]
        assert newest_runs(store.runs, config.sources["reeds"])[0] == store.runs.get(harvest.id)


def test_articles_of_a_source_that_is_not_configured_make_no_export_due(configured: Configured):
    exports = (
        '[exports]\nschedule = "@daily"\n[crossref]\ndepositor_name = "Press"\ndepositor_email = "doi@example.org"'
    )
    exports += '\nregistrant = "Press"'
    sources = {"reeds": "http://127.0.0.1:9/oai"}
    config = configured(sources, more=exports)
    with pipeline.opened(config) as store:
        fill(store, article_to_save(1))
        assert export_due(config, store, NOON) is None
        config = configured({**sources, "wetlands": "http://127.0.0.1:9/oai"}, more=exports)
        assert export_due(config, store, NOON) is not None


SUNDAY = datetime(2026, 11, 28, 23, 0, tzinfo=UTC)  # midnight in Madrid, the first one after `NOON`
DAY, WEEK = 24 * HOUR, 7 * 24 * HOUR


def comparison_due(config: Config, store: Store, moment: datetime) -> datetime | None:
    (task,) = reconcile_tasks(config, store.runs, moment)
    return task.due


def test_harvests_do_not_postpone_the_first_comparison(configured: Configured):
    config = compared(configured)
    with pipeline.opened(config) as store:
        for night in range(40):
            run = store.runs.begin("reeds", "oai_dc", "incremental" if night else "full", (), NOON + night * DAY)
            store.runs.finish(run.id, "complete", NOON + night * DAY)
        assert comparison_due(config, store, NOON + 40 * DAY) == SUNDAY


def test_harvest_that_resumes_every_night_does_not_postpone_the_first_comparison(configured: Configured):
    """One bad window: the run never becomes complete, and every night moves its end."""
    config = compared(configured)
    with pipeline.opened(config) as store:
        run = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
        for night in range(40):
            store.runs.resume(run.id)
            store.runs.finish(run.id, "incomplete", NOON + night * DAY, "one window fails")
        assert comparison_due(config, store, NOON + 40 * DAY) == SUNDAY


def test_comparison_follows_an_interrupted_harvest_of_everything(configured: Configured):
    """It would report as missing what that harvest is about to bring."""
    config, stopped = compared(configured), SUNDAY + 30 * HOUR
    with pipeline.opened(config) as store:
        run = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
        store.runs.finish(run.id, "incomplete", stopped, "stopped", interrupted=True)
        tasks = source_tasks(config, store.runs, "reeds", stopped + HOUR)
        assert [(task.name, task.due) for task in tasks] == [("reeds", stopped), ("reconcile reeds", stopped)]
        store.runs.finish(run.id, "complete", stopped + HOUR)
        assert comparison_due(config, store, stopped + HOUR) == SUNDAY


def test_comparison_of_a_new_format_begins_with_its_own_first_harvest(configured: Configured):
    config = compared(configured)
    config.path.write_text(config.path.read_text().replace('["oai_dc"]', '["oai_dc", "jats"]'))
    config = load(config.path)
    with pipeline.opened(config) as store:
        for kind in ("full", "reconcile"):
            run = store.runs.begin("reeds", "oai_dc", kind, (), NOON)
            store.runs.finish(run.id, "complete", NOON)
        assert comparison_due(config, store, NOON + HOUR) is None
        run = store.runs.begin("reeds", "jats", "full", (), NOON + HOUR)
        store.runs.finish(run.id, "complete", NOON + HOUR)
        assert comparison_due(config, store, NOON + 2 * HOUR) is None
        assert comparison_due(config, store, NOON + WEEK) == SUNDAY


def test_interrupted_comparison_is_due_since_it_ended(configured: Configured):
    config = compared(configured)
    with pipeline.opened(config) as store:
        run = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
        store.runs.finish(run.id, "complete", NOON)
        run = store.runs.begin("reeds", "oai_dc", "reconcile", (), SUNDAY)
        store.runs.finish(run.id, "incomplete", SUNDAY + HOUR, "stopped", interrupted=True)
        assert comparison_due(config, store, SUNDAY + DAY) == SUNDAY + HOUR


def test_every_task_knows_when_it_was_last_done(configured: Configured):
    config = compared(configured, 'reconcile = "@weekly"\n[report]\nschedule = "@daily"')
    with pipeline.opened(config) as store:
        assert [(task.name, task.last) for task in scheduled_tasks(config, store, NOON)] == [
            ("reeds", None),
            ("reconcile reeds", None),
            ("[report]", None),
        ]
        run = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
        store.runs.finish(run.id, "failed", NOON + HOUR, "no answer")
        run = store.runs.begin("reeds", "oai_dc", "reconcile", (), NOON + HOUR)
        config.report_file.touch()
        os.utime(config.report_file, (NOON.timestamp(), NOON.timestamp()))
        last = [task.last for task in scheduled_tasks(config, store, NOON + DAY)]
        assert last == [NOON + HOUR, NOON + HOUR, NOON]
