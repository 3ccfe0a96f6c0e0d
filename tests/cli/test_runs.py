"""`harvester runs`."""

from __future__ import annotations

from tests.cli.conftest import SCHEDULED, answer
from tests.providers import small_journal
from tests.providers.truth import rewritten


def test_runs_are_listed(harvested):
    harvested("harvest")
    newest, oldest = answer(harvested("runs", "--json"))["runs"]
    assert (newest["kind"], oldest["kind"], oldest["new"]) == ("incremental", "full", 4)
    assert len(harvested("runs", "--limit", "1").stdout.splitlines()) == 2


def test_runs_of_an_unknown_source(scheduled):
    scheduled("harvest")
    assert "did you mean small?" in scheduled("runs", "smal").stderr
    assert scheduled("runs", "small").stdout.count("small") == 1


def test_runs_shows_one_run(scheduled):
    scheduled("harvest")
    output = scheduled("runs", "1").stdout
    assert output.startswith("run 1: small, oai_dc, full, complete\n")
    assert "new 4" in output
    assert answer(scheduled("runs", "1", "--json"))["run"]["state"] == "complete"
    missing = scheduled("runs", "7")
    assert (missing.exit_code, missing.stderr) == (1, "There is no run 7; harvester runs lists those there are.\n")
    assert scheduled("runs", "9" * 5000).exit_code == 1


def test_rejected_record_is_shown_with_its_run(call, tmp_path):
    with small_journal.serving(rewritten(0, small_journal.without_identifier)) as server:
        (tmp_path / "config.toml").write_text(SCHEDULED.format(url=server.url))
        assert "1 record rejected; harvester runs 1 says which and why." in call("harvest").stderr
        assert "rejected  a record without an identifier: " in call("runs", "1").stdout
        assert "harvester runs 1" in call("status").stdout
