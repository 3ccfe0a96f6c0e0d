from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from harvester import pipeline
from harvester.config import Config, load
from harvester.standing.overall import one_source
from harvester.standing.source import Problem, SourceStanding, light
from harvester.store import Counts, FormatStatus, RunKind, RunRow, RunState
from harvester.store.store import Store
from harvester.system import locks
from tests.standing.conftest import Configured
from tests.standing.test_due import HOUR, NOON
from tests.standing.test_incidents import INCIDENT


def last_run(state, **changes):
    values = {"error": None, "interrupted": False, "counts": Counts(), **changes}
    return FormatStatus(prefix="oai_dc", last_run=replace(row_of_run(), state=state, **values))


def row_of_run():
    return RunRow(
        id=1,
        source="small",
        prefix="oai_dc",
        kind="full",
        state="complete",
        started=datetime(2025, 1, 1, tzinfo=UTC),
        finished=None,
        response_date=None,
        error=None,
        pages=1,
        counts=Counts(),
    )


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ([last_run("complete")], "good"),
        ([last_run("complete", error="the list is short; tell them")], "look"),
        ([last_run("complete", counts=Counts(rejected=1))], "look"),
        ([last_run("incomplete")], "look"),
        ([last_run("failed")], "look"),
        ([last_run("incomplete", interrupted=True)], "wait"),
        ([last_run("running")], "wait"),
        ([last_run("waiting")], "wait"),
        ([FormatStatus(prefix="oai_dc")], "wait"),
        ([last_run("complete"), last_run("failed"), last_run("running")], "wait"),
        ([last_run("complete"), last_run("failed")], "look"),
    ],
)
def test_light_is_that_of_the_worst_format(formats, expected):
    rows = [(status, [status.last_run] if status.last_run else []) for status in formats]
    assert light(rows, []) == expected
    assert INCIDENT
    assert light(rows, [INCIDENT]) == "bad"


@pytest.fixture
def config(configured: Configured) -> Config:
    return configured({"reeds": "http://127.0.0.1:9/oai"})


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with pipeline.opened(config) as opened:
        yield opened


def add(store: Store, kind: RunKind, state: RunState, error: str | None = None, moment: datetime = NOON) -> None:
    run = store.runs.begin("reeds", "oai_dc", kind, (), moment)
    store.runs.finish(run.id, state, moment, error)


def standing(config: Config, store: Store, moment: datetime = NOON) -> SourceStanding:
    with store.overview() as overview:
        return one_source(config, overview, "reeds", moment)


def test_source_that_was_never_harvested_is_due(config: Config, store: Store):
    found = standing(config, store)
    assert (found.light, found.is_due, found.last_complete, found.problems) == ("wait", True, None, [])
    assert (found.harvested_words(), found.next_words()) == ("never complete", "now")
    assert (found.work_words(), found.wait_words(), found.compared_words()) == (None, None, None)


def test_complete_source_says_when_it_was_and_comes(config: Config, store: Store):
    add(store, "full", "complete")
    found = standing(config, store, NOON + HOUR)
    assert (found.light, found.is_due, found.last_complete) == ("look", False, NOON)
    assert [problem.why for problem in found.problems] == ["it has no live article"]
    assert found.harvested_words() == "complete 2026-11-24 13:00 Europe/Madrid"
    assert found.next_words() == "2026-11-25 00:00 Europe/Madrid"


def test_failure_is_a_problem_with_what_to_do_and_where_to_look(config: Config, store: Store):
    add(store, "full", "failed", "nothing answers; check the address")
    found = standing(config, store)
    assert found.light == "bad"
    assert found.problems == [Problem(why="oai_dc: nothing answers", todo="check the address", see="harvester runs 1")]


def test_doubt_about_a_complete_harvest_says_what_to_do(config: Config, store: Store):
    add(store, "full", "complete", "odd; look")
    found = standing(config, store)
    assert found.light == "look"
    assert found.problems[0] == Problem(why="oai_dc: odd", todo="look")


def test_harvest_that_nobody_does_needs_a_person_unless_somebody_is_at_work(config: Config, store: Store):
    add(store, "full", "complete", moment=NOON - timedelta(days=9))
    late = standing(config, store)
    assert (late.light, late.incidents[0].what) == ("bad", "the harvest is overdue")
    with locks.hold(config.locks_dir, "source-reeds", what="a test"):
        working = standing(config, store)
    assert (working.light, working.incidents) == ("look", ())
    assert (working.work_words() or "").startswith("at work since ")


def test_comparison_is_described_with_how_it_ended(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    config.path.write_text(config.path.read_text() + 'reconcile = "@weekly"\n')
    config = load(config.path)
    with pipeline.opened(config) as store:
        add(store, "full", "complete")
        assert standing(config, store).compared_words() == "never compared"
        add(store, "reconcile", "complete")
        found = standing(config, store)
    assert found.compared_words() == "comparison 2026-11-24 13:00 Europe/Madrid, complete"
    assert (found.next_comparison_words() or "").startswith("comparison 2026-11-")


def test_source_that_waits_says_until_when(config: Config, store: Store):
    run = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
    store.runs.finish(run.id, "waiting", NOON, "busy", wait_until=NOON + HOUR)
    found = standing(config, store)
    assert found.light == "wait"
    assert found.wait_words() == "until 2026-11-24 14:00 Europe/Madrid, as its provider asks"
