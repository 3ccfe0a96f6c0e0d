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


def test_prune_before_the_calendar_names_the_largest_number(scheduled):
    refused = scheduled("prune", "--older-than", "740000")
    assert refused.exit_code == 2
    assert "1<=x<=100000" in refused.stderr
    assert scheduled("prune", "--older-than", "100000").exit_code == 0
