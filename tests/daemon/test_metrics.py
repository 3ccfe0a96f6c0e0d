"""Metrics, read with the parser of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from harvester import pipeline
from harvester.config import Config, load
from harvester.daemon.metrics import exposition
from harvester.model import Window
from harvester.store import Alert
from harvester.store.store import Store
from tests.daemon.conftest import Configured
from tests.store.samples import NOW, article_to_save, bad, page, raw, save_page


@pytest.fixture
def config(configured: Configured) -> Config:
    return configured({"wetlands": "http://127.0.0.1:9/oai", "new": "http://127.0.0.1:9/oai"})


@pytest.fixture
def opened(config: Config) -> Iterator[Store]:
    with pipeline.opened(config) as store:
        yield store


def values(config: Config, store: Store, family: str) -> dict[tuple[str, ...], float]:
    """The samples of a family by the values of their labels, sorted by the names of the labels."""
    text = exposition(config, store, NOW).decode()
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for parsed in text_string_to_metric_families(text)
        for sample in parsed.samples
        if sample.name == f"harvester_{family}"
    }


def harvest(store: Store, state: str = "complete", source: str = "wetlands") -> None:
    run = store.runs.begin(source, "oai_dc", "full", (Window(prefix="oai_dc"),), NOW)
    held_back = replace(article_to_save(2, source=source), row=None)
    saved = page(raw(1), raw(2), articles=[article_to_save(1, source=source), held_back])
    save_page(store, run.id, run.windows[0].id, replace(saved, bad=(bad(None, "no identifier"),)))
    store.runs.finish(run.id, state, NOW + timedelta(minutes=5))  # type: ignore[arg-type]


def test_articles_are_counted_by_source_and_state(config: Config, opened: Store):
    harvest(opened)
    assert values(config, opened, "articles") == {
        ("wetlands", "ready"): 1,
        ("wetlands", "held_back"): 1,
        ("wetlands", "deleted"): 0,
    }


def test_source_that_is_no_longer_configured_is_not_shown(config: Config, opened: Store):
    harvest(opened, source="gone")
    assert values(config, opened, "articles") == {}


def test_format_that_is_no_longer_configured_is_not_shown(config: Config, opened: Store):
    """The alert of docs/operations.md would never end."""
    harvest(opened)
    run = opened.runs.begin("wetlands", "jats", "full", (), NOW)
    opened.runs.finish(run.id, "failed", NOW, "the provider has no metadata prefix jats")
    states = values(config, opened, "source_last_run_state")
    assert {prefix for prefix, _, _ in states} == {"oai_dc"}


def test_last_run_of_each_format_is_shown(config: Config, opened: Store):
    harvest(opened)
    states = values(config, opened, "source_last_run_state")
    assert {state for (_, _, state), value in states.items() if value} == {"complete"}
    assert {state for _, _, state in states} == {"complete", "incomplete", "failed", "waiting", "running"}
    complete = {("oai_dc", "wetlands"): (NOW + timedelta(minutes=5)).timestamp()}
    assert values(config, opened, "source_last_complete_timestamp_seconds") == complete
    assert values(config, opened, "source_last_run_rejected") == {("oai_dc", "wetlands"): 1}


def test_failure_does_not_change_the_last_complete_harvest(config: Config, opened: Store):
    harvest(opened, "failed")
    assert values(config, opened, "source_last_complete_timestamp_seconds") == {}
    harvest(opened)
    before = values(config, opened, "source_last_complete_timestamp_seconds")
    run = opened.runs.begin("wetlands", "oai_dc", "full", (), NOW)
    opened.runs.finish(run.id, "failed", NOW + timedelta(days=1), "down")
    assert values(config, opened, "source_last_complete_timestamp_seconds") == before
    assert values(config, opened, "source_last_run_state")["oai_dc", "wetlands", "failed"] == 1


def test_next_harvest_of_each_source_is_shown(config: Config, opened: Store):
    harvest(opened)
    due = values(config, opened, "source_next_run_timestamp_seconds")
    assert due["new",] <= NOW.timestamp() < due["wetlands",] <= (NOW + timedelta(days=1)).timestamp()


def test_open_alerts_are_counted(config: Config, opened: Store):
    assert values(config, opened, "alerts") == {(): 0}
    opened.alerts.save([Alert("wetlands", NOW, NOW)])
    assert values(config, opened, "alerts") == {(): 1}


def test_version_of_the_program_is_shown(config: Config, opened: Store):
    ((labels, value),) = values(config, opened, "build_info").items()
    assert (len(labels), value) == (1, 1.0)


def test_comparisons_have_metrics_of_their_own(configured: Configured):
    config = configured({"wetlands": "http://127.0.0.1:9/oai"})
    config.path.write_text(config.path.read_text() + 'reconcile = "@weekly"\n')
    config = load(config.path)
    with pipeline.opened(config) as store:
        harvest(store)
        assert values(config, store, "source_last_comparison_timestamp_seconds") == {}
        due = values(config, store, "source_next_comparison_timestamp_seconds")
        assert NOW.timestamp() < due["wetlands",] <= (NOW + timedelta(days=7)).timestamp()
        run = store.runs.begin("wetlands", "oai_dc", "reconcile", (), NOW)
        store.runs.finish(run.id, "incomplete", NOW, "too many are gone; have a look")
        assert values(config, store, "source_last_comparison_timestamp_seconds") == {
            ("oai_dc", "wetlands"): NOW.timestamp()
        }
        assert values(config, store, "source_needs_person") == {("wetlands",): 1}


@pytest.mark.parametrize("needs_person", [False, True])
def test_complete_run_may_need_a_person(config: Config, opened: Store, needs_person: bool):
    run = opened.runs.begin("wetlands", "oai_dc", "full", (), NOW)
    opened.runs.finish(run.id, "complete", NOW, "it has no such set; change `sets`", needs_person=needs_person)
    assert values(config, opened, "source_needs_person") == {("wetlands",): needs_person, ("new",): 0}
