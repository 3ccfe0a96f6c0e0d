"""`harvester prune`."""

from __future__ import annotations

from tests.cli.conftest import answer, long_ago


def test_prune_deletes_old_runs_and_versions(scheduled, tmp_path):
    scheduled("harvest")
    scheduled("harvest")
    scheduled("harvest")
    long_ago(tmp_path)
    done = answer(scheduled("prune", "--older-than", "365", "--json"))
    assert done == {"versions": 0, "rejected": 0, "runs": 1, "payloads": 0}
    assert scheduled("harvest").exit_code == 0
