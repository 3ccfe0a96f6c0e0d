"""`harvester schedule`."""

from __future__ import annotations

from tests.cli.conftest import answer


def test_schedule_is_printed_in_words(scheduled):
    output = scheduled("schedule").stdout
    assert "at 00:00 on January 1" in output
    assert "Europe/Madrid" in output
    (one,) = answer(scheduled("schedule", "--json", "--next", "2"))["schedule"]
    assert one["source"] == "small"
    assert one["due_since"] is not None
    assert [moment[4:] for moment in one["next"]] == ["-12-31T23:00:00Z"] * 2


def test_source_without_a_schedule_is_named(scheduled, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace('schedule = "@yearly"', ""))
    assert "small has no schedule" in scheduled("schedule").stdout


def test_scheduled_export_and_report_are_listed(scheduled, tmp_path):
    with (tmp_path / "config.toml").open("a") as config:
        config.write('[exports]\nschedule = "@weekly"\n[report]\nschedule = "@daily"\n')
    plan = answer(scheduled("schedule", "--json"))["schedule"]
    assert [one["source"] for one in plan] == ["small", "[exports]", "[report]"]
    done = answer(scheduled("harvest", "--due", "--json"))
    assert done["report"] == {"file": str(tmp_path / "report.html"), "error": None}
    (tmp_path / "report.html").unlink()
    assert f"{tmp_path / 'report.html'} is written.\n" in scheduled("harvest", "--due").stderr
    (tmp_path / "report.html").unlink()
    assert scheduled("-q", "harvest", "--due").output == ""
    assert [one["due_since"] for one in answer(scheduled("schedule", "--json"))["schedule"]] == [None] * 3
