from __future__ import annotations

import pytest

from harvester.system.progress import Progress, report, report_pause, reported, watching


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
