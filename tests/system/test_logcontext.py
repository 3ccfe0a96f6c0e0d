from __future__ import annotations

from harvester.system.logcontext import facts, log_context


def test_facts_add_up_and_end_with_their_block():
    with log_context(source="reeds"):
        with log_context(run=7):
            assert facts() == {"source": "reeds", "run": 7}
        assert facts() == {"source": "reeds"}
    assert facts() == {}
