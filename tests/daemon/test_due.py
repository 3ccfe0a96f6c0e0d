from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from harvester import pipeline
from harvester.config import load
from harvester.daemon.due import last_done, newest_runs, owed_since, planned, reconciling
from harvester.store import Counts, Run
from harvester.system import locks
from tests.daemon.conftest import Configured

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
    ("runs", "done"),
    [
        ([], None),
        ([None], None),
        ([RUN], NOON - HOUR),
        ([RUN, None], None),  # a format was added
        ([RUN, LATER], NOON - HOUR),  # stopped between two formats
        ([LATER, replace(RUN, interrupted=True, state="incomplete")], None),
        ([replace(RUN, state="failed")], NOON - HOUR),  # a failed harvest waits for the next date
        ([replace(RUN, state="incomplete", error="cut short")], NOON - HOUR),
        ([replace(RUN, state="waiting", wait_until=NOON)], None),
        ([replace(RUN, state="running", finished=None)], NOON - 2 * HOUR),
    ],
)
def test_when_a_source_had_its_turn(runs: list[Run | None], done: datetime | None):
    assert last_done(runs) == done


def test_since_when_a_harvest_is_to_be_gone_on_with():
    stopped = replace(RUN, interrupted=True, state="incomplete")
    assert owed_since([LATER, None]) is None
    assert owed_since([LATER, stopped]) == NOON - HOUR
    assert owed_since([replace(stopped, state="waiting", wait_until=NOON)]) == NOON
    assert owed_since([replace(RUN, state="running", finished=None)]) == NOON - 2 * HOUR


def test_a_plan_knows_what_is_due_and_what_is_at_work(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai", "fens": "http://127.0.0.1:9/oai"})
    with pipeline.opened(config) as store:
        reeds, fens = planned(config, store, NOON)
        assert (reeds.due, fens.due) == (NOON, NOON)
        assert reeds.next == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # midnight in Madrid
        run = store.begin_run("reeds", "oai_dc", "full", (), NOON)
        with locks.hold(config.locks_dir, "source-reeds", what="a test"):
            assert planned(config, store, NOON + 48 * HOUR)[0].due is None
        assert planned(config, store, NOON + 48 * HOUR)[0].due == NOON, "it died"
        store.finish_run(run.id, "failed", NOON + HOUR, "no answer")
        assert planned(config, store, NOON + 2 * HOUR)[0].due is None
        assert planned(config, store, NOON + 48 * HOUR)[0].due == reeds.next


def test_nobody_is_asked_who_wants_to_be_left_alone(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    path = config.path
    path.write_text(path.read_text() + 'reconcile = "@daily"\n')
    config = load(path)
    until = NOON + 30 * HOUR
    with pipeline.opened(config) as store:
        run = store.begin_run("reeds", "oai_dc", "full", (), NOON)
        store.finish_run(run.id, "waiting", NOON, "left alone", wait_until=until)
        for moment in (NOON, NOON + 20 * HOUR):  # midnight in Madrid has passed, and makes no difference
            assert [(one.due, one.next) for one in planned(config, store, moment)] == [(None, until)]
        assert [one.due for one in planned(config, store, until)] == [until]
        store.finish_run(run.id, "complete", NOON)
        compared = store.begin_run("reeds", "oai_dc", "reconcile", (), NOON)
        store.finish_run(compared.id, "waiting", NOON, "left alone", wait_until=until)
        for moment in (NOON, NOON + 20 * HOUR):  # it is the same provider
            assert [(one.due, one.next) for one in planned(config, store, moment)] == [(None, until)]
        midnight = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
        assert [one.due for one in planned(config, store, until)] == [midnight]
        assert [(one.due, one.next) for one in reconciling(config, store, NOON)] == [(None, until)]
        assert [one.due for one in reconciling(config, store, until)] == [until]


def test_a_range_someone_asked_for_is_no_turn(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    with pipeline.opened(config) as store:
        store.begin_run("reeds", "oai_dc", "range", (), NOON)
        assert newest_runs(store, config.sources["reeds"]) == [None]


def test_a_comparison_is_due_after_the_first_harvest(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    path = config.path
    path.write_text(path.read_text() + 'reconcile = "@weekly"\n')
    config = load(path)
    week = 7 * 24 * HOUR
    with pipeline.opened(config) as store:
        assert [one.due for one in reconciling(config, store, NOON)] == [None]
        harvest = store.begin_run("reeds", "oai_dc", "full", (), NOON)
        store.finish_run(harvest.id, "complete", NOON)
        assert [one.due for one in reconciling(config, store, NOON)] == [None]
        (plan,) = reconciling(config, store, NOON + week)
        assert plan.due == datetime(2026, 11, 28, 23, 0, tzinfo=UTC)
        compared = store.begin_run("reeds", "oai_dc", "reconcile", (), NOON + week)
        store.finish_run(compared.id, "complete", NOON + week)
        assert [one.due for one in reconciling(config, store, NOON + week)] == [None]
        assert newest_runs(store, config.sources["reeds"])[0] == store.run(harvest.id)
