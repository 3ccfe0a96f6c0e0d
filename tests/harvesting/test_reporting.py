"""What is reported of a run, and written of its end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester import store as stores
from harvester.harvesting.context import Outcome
from harvester.harvesting.reporting import finish
from harvester.model import RawRecord, Window
from harvester.store import Advance, PageToSave, RecordToSave
from tests.store import samples

NOW = samples.NOW
RAW = RawRecord(identifier="a", datestamp="2024-01-01", payload=b"<record/>")


@pytest.mark.parametrize(
    ("state", "stopped", "interrupted"),
    [("incomplete", True, True), ("incomplete", False, False), ("failed", True, False), ("waiting", False, False)],
)
def test_only_a_run_that_we_stopped_is_interrupted(tmp_path: Path, state: Any, stopped: bool, interrupted: bool):
    with stores.connect(samples.url(tmp_path)) as store:
        run = store.runs.begin("river", "oai_dc", "full", [Window(prefix="oai_dc")], NOW)
        wait_until = NOW + timedelta(hours=2) if state == "waiting" else None
        outcome = Outcome(state, "why", wait_until=wait_until)
        report = finish(store, run, outcome, NOW + timedelta(seconds=9), 9.0004, stopped=stopped)
        ended = store.runs.get(run.id)
    assert (ended.interrupted, ended.finished, ended.wait_until) == (
        interrupted,
        NOW + timedelta(seconds=9),
        wait_until,
    )
    assert (report.state, report.error, report.seconds, report.wait_until) == (state, "why", 9.0, wait_until)


def test_records_whose_header_alone_moved_are_reported_as_unchanged(tmp_path: Path):
    with stores.connect(samples.url(tmp_path)) as store:
        run = store.runs.begin("river", "oai_dc", "full", [Window(prefix="oai_dc")], NOW)
        page = PageToSave(records=(RecordToSave(RAW, "moved"), RecordToSave(RAW, "unchanged")))
        store.apply(run.id, [Advance(run.windows[0].id, None, 2)], page)
        report = finish(store, run, Outcome("complete", None), NOW, 0.0, stopped=False)
    assert (report.unchanged, report.new, report.pages) == (2, 0, 1)
