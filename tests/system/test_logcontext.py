from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from harvester.system.logcontext import facts, inherited_log_context, log_context


def test_facts_add_up_and_end_with_their_block():
    with log_context(source="reeds"):
        with log_context(run=7):
            assert facts() == {"source": "reeds", "run": 7}
        assert facts() == {"source": "reeds"}
    assert facts() == {}


def test_threads_of_a_pool_inherit_the_facts_of_its_creator():
    """Two runs at the same time, each with its own threads."""
    with (
        log_context(source="reeds", run=7),
        ThreadPoolExecutor(2, "t", inherited_log_context()) as first,
        log_context(source="fens", run=8),
        ThreadPoolExecutor(2, "t", inherited_log_context()) as second,
    ):
        assert [pool.submit(facts).result()["run"] for pool in (first, second, first)] == [7, 8, 7]
    with ThreadPoolExecutor(1) as other:
        assert other.submit(facts).result() == {}
