from __future__ import annotations

import time
from pathlib import Path

import pytest

from harvester.system.progress import Progress, report, report_pause, reported, reporting_size, watching


def test_only_the_innermost_watcher_sees_reports():
    outer: list[Progress] = []
    inner: list[Progress] = []
    report("nobody watches")
    with watching(outer.append):
        report("harvesting", 5, 10)
        with watching(inner.append):
            report_pause("retrying in 2 s")
        with watching(None):
            report("nobody watches")
        report("checking")
    assert outer == [Progress("harvesting", 5, 10), Progress("checking")]
    assert inner == [Progress("", pause="retrying in 2 s")]


@pytest.mark.parametrize("items", [[], ["a"], ["a", "b", "c"]])
def test_items_are_reported_as_they_are_taken(items):
    seen: list[Progress] = []
    with watching(seen.append):
        assert list(reported(items, "reading", len(items))) == items
    assert [(step.done, step.total) for step in seen] == [(number, len(items)) for number in range(len(items))]


def test_the_size_of_a_file_that_grows_is_reported(tmp_path: Path):
    path = tmp_path / "copy"
    seen: list[Progress] = []
    with watching(seen.append), reporting_size(path, "copying", 5_000_000):
        path.write_bytes(b"x" * 3_000_000)
        end = time.monotonic() + 10
        while len(seen) < 2 and time.monotonic() < end:
            time.sleep(0.01)
    assert seen[:2] == [Progress("copying", 0, 5), Progress("copying", 3, 5)]
