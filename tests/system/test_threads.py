from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from harvester.system.logcontext import facts, log_context
from harvester.system.progress import Progress, report, watching
from harvester.system.threads import inherited_context


def test_threads_of_a_pool_inherit_the_facts_of_its_creator():
    """Two runs at the same time, each with its own threads."""
    with (
        log_context(source="reeds", run=7),
        ThreadPoolExecutor(2, "t", inherited_context()) as first,
        log_context(source="fens", run=8),
        ThreadPoolExecutor(2, "t", inherited_context()) as second,
    ):
        assert [pool.submit(facts).result()["run"] for pool in (first, second, first)] == [7, 8, 7]
    with ThreadPoolExecutor(1) as other:
        assert other.submit(facts).result() == {}


def test_threads_of_a_pool_report_to_the_watcher_of_its_creator():
    seen: list[Progress] = []
    with watching(seen.append), ThreadPoolExecutor(1, "t", inherited_context()) as pool:
        pool.submit(report, "harvesting reeds", 5, 10).result()
    assert seen == [Progress("harvesting reeds", 5, 10)]
