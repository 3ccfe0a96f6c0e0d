"""`harvester metrics`."""

from __future__ import annotations


def test_metrics_on_stdout_and_in_a_file(scheduled, tmp_path):
    scheduled("harvest")
    state = 'harvester_source_last_run_state{format="oai_dc",source="small",state="complete"} 1.0'
    assert state in scheduled("metrics").stdout
    assert scheduled("metrics", tmp_path / "h.prom").exit_code == 0
    assert state in (tmp_path / "h.prom").read_text()
    assert scheduled("metrics", tmp_path / "no" / "h.prom").exit_code == 1
