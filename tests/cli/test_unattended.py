"""The commands of a harvester that runs unattended: those for cron, and those that people look at."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from harvester import pipeline
from harvester.config import load
from harvester.system import locks
from tests.cli.conftest import answer
from tests.providers import small_journal
from tests.providers.server import Server, reply
from tests.providers.truth import rewritten

SCHEDULED = small_journal.CONFIG.replace(
    "allow_private = true", 'allow_private = true\nretries = 0\nschedule = "@yearly"'
)


@pytest.fixture
def switch():
    """Whether the provider is down; tests change it."""
    return {"down": False}


@pytest.fixture
def scheduled(call, tmp_path, switch):
    """`call` in a folder whose source has a schedule."""

    def answering(request):
        return reply("<html>maintenance</html>") if switch["down"] else small_journal.answer(request)

    with Server(answering) as server:
        (tmp_path / "config.toml").write_text('timezone = "Europe/Madrid"\n' + SCHEDULED.format(url=server.url))
        yield call


def long_ago(tmp_path, days: int = 800) -> None:
    """Changes the store as if everything in it had happened that long ago."""
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        for table, columns in {"run": ("started", "finished"), "alert": ("since", "told")}.items():
            for column in columns:
                change = f"strftime('%Y-%m-%dT%H:%M:%fZ', {column}, '-{days} days')"
                connection.execute(f"UPDATE {table} SET {column} = {change}")


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


def test_status_and_schedule_show_until_when_a_source_waits(scheduled, tmp_path):
    scheduled("harvest")
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        connection.execute("UPDATE run SET state = 'waiting', wait_until = '2200-01-01T00:00:00.000Z'")
    output = scheduled("status").stdout
    assert output.startswith("small needs a person\n")  # the wait is longer than a day
    assert "  next   2200-01-01 01:00 Europe/Madrid\n  waits  until 2200-01-01 01:00 Europe/Madrid, as" in output
    (one,) = answer(scheduled("status", "--json"))["sources"]
    assert one["waiting_until"] == one["next_run"] == "2200-01-01T00:00:00Z"
    assert "  waits     until 2200-01-01 01:00 Europe/Madrid\n" in scheduled("runs", "1").stdout
    assert "2200-01-01 01:00" in scheduled("schedule").stdout


def test_due_harvest_is_done_once(scheduled):
    (run,) = answer(scheduled("harvest", "--due", "--json"))["runs"]
    assert (run["state"], run["new"]) == ("complete", 4)
    again = scheduled("harvest", "--due")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "Nothing is due" in again.stderr


def test_due_accepts_no_names(scheduled):
    assert scheduled("harvest", "small", "--due").exit_code == 2


def test_quiet_due_harvest_prints_nothing(scheduled):
    for _ in range(2):
        done = scheduled("-q", "harvest", "--due")
        assert (done.exit_code, done.output) == (0, "")


def test_continuing_failure_is_reported_once_a_day_and_its_recovery_once(scheduled, tmp_path, switch):
    switch["down"] = True
    first = scheduled("-q", "harvest", "--due")
    assert (first.exit_code, first.stdout) == (1, "")
    lines = first.stderr.splitlines()
    assert len(lines) == 5, lines
    assert lines[0] == "small: the harvest fails"
    assert [line.split()[0] for line in lines[1:]] == ["since", "why", "to", "see"]
    assert scheduled("-q", "harvest", "--due").output == ""
    long_ago(tmp_path)
    second = scheduled("-q", "harvest", "--due").stderr.splitlines()
    assert len(second) == 5
    assert int(lines[1].split()[1][:4]) - int(second[1].split()[1][:4]) in (2, 3)  # it has continued since then
    switch["down"] = False
    long_ago(tmp_path)
    assert scheduled("-q", "harvest", "--due").stderr.startswith("small: works again")
    long_ago(tmp_path)
    assert scheduled("-q", "harvest", "--due").output == ""


def test_unreadable_configuration_is_reported_once_a_day_too(scheduled, tmp_path):
    scheduled("harvest", "--due")
    config = tmp_path / "config.toml"
    good = config.read_text()
    config.write_text(good.replace("retries", "retrys"))
    first = scheduled("-q", "harvest", "--due")
    assert (first.exit_code, first.stdout) == (2, "")
    assert "did you mean retries?" in first.stderr
    again = scheduled("-q", "harvest", "--due")
    assert (again.exit_code, again.output) == (2, "")
    assert "did you mean retries?" in scheduled("harvest", "--due").stderr  # a person is looking
    assert "did you mean retries?" in scheduled("-q", "harvest").stderr
    config.write_text(good)
    assert scheduled("-q", "harvest", "--due").output == ""
    assert not (tmp_path / ".harvester-locks" / "config-in-trouble").exists()


def test_status_is_a_traffic_light(scheduled, tmp_path, switch):
    assert scheduled("status").stdout.startswith("small is not complete yet\n  last   never complete\n  next   now\n")
    scheduled("harvest")
    assert scheduled("status").stdout.startswith("small works\n  last   complete ")
    switch["down"] = True
    scheduled("harvest")
    output = scheduled("status").stdout
    assert output.startswith("small needs a person\n  last   complete ")
    assert "  why    oai_dc: " in output
    (one,) = answer(scheduled("status", "--json"))["sources"]
    assert (one["light"], one["due_since"]) == ("bad", None)
    assert one["trouble"]["what"] == "the harvest fails"
    assert one["formats"][0]["last_run"] == answer(scheduled("runs", "--json"))["runs"][0]


def test_status_has_the_url_of_a_source_that_never_answered(scheduled, tmp_path, switch):
    switch["down"] = True
    scheduled("harvest")
    url = load(tmp_path / "config.toml").sources["small"].url
    assert answer(scheduled("status", "--json"))["sources"][0]["url"] == url
    assert answer(scheduled("report", "--json"))["sources"][0]["url"] == url


def test_commands_without_sources_say_how_to_begin(call, tmp_path):
    (tmp_path / "config.toml").touch()
    for command in ("status", "schedule", "harvest --due", "source list"):
        done = call(*command.split())
        assert (done.exit_code, "harvester source probe URL" in done.stderr) == (0, True), command
    assert call("runs").stderr == "There is no run yet.\n"
    assert call("-q", "status").output == ""


def test_runs_of_an_unknown_source(scheduled):
    scheduled("harvest")
    assert "did you mean small?" in scheduled("runs", "smal").stderr
    assert scheduled("runs", "small").stdout.count("small") == 1


def test_status_reports_a_source_that_nobody_harvests(scheduled, tmp_path):
    """Neither daemon nor cron can report that they do not run."""
    scheduled("harvest")
    long_ago(tmp_path)
    output = scheduled("status").stdout
    assert output.startswith("small needs a person\n")
    assert "  next   now, due since 20" in output
    assert "  to do  see whether `harvester daemon` is running" in output
    assert "harvester daemon" in scheduled("status").stderr
    with locks.hold(load(tmp_path / "config.toml").locks_dir, "daemon", what="the daemon"):
        assert scheduled("status").stderr == ""


def test_status_shows_who_is_at_work(scheduled, tmp_path):
    config = load(tmp_path / "config.toml")
    with pipeline.opened(config) as store:
        store.begin_run("small", "oai_dc", "full", (), datetime.now(UTC))
        with locks.hold(config.locks_dir, "source-small", what="a test"):
            output = scheduled("status").stdout
            assert output.startswith("small is not complete yet\n  last   never complete\n  now    at work since 20")
            assert ", 0 pages of oai_dc so far\n" in output
            assert answer(scheduled("status", "--json"))["sources"][0]["at_work_since"] is not None
    output = scheduled("status").stdout
    assert "at work" not in output
    assert "  next   now, due since 20" in output
    assert "  why    oai_dc: the program ended in the middle of this run; " in output
    long_ago(tmp_path)
    output = scheduled("status").stdout
    assert output.startswith("small needs a person\n")
    assert "  next   now, due since " in output


def test_status_does_not_import_sqlalchemy(scheduled, tmp_path):
    """Its import takes as long as the whole command may take (python -m bench status)."""
    scheduled("harvest")
    code = (
        "import sys\nfrom harvester.cli import main\ntry: main(['status'])\nexcept SystemExit as end: print(end.code)\n"
        "print(sorted({'sqlalchemy', 'alembic', 'lxml', 'requests', 'apscheduler'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["0", "[]"]


def test_runs_shows_one_run(scheduled):
    scheduled("harvest")
    output = scheduled("runs", "1").stdout
    assert output.startswith("run 1: small, oai_dc, full, complete\n")
    assert "new 4" in output
    assert answer(scheduled("runs", "1", "--json"))["run"]["state"] == "complete"
    missing = scheduled("runs", "7")
    assert (missing.exit_code, missing.stderr) == (1, "There is no run 7; harvester runs lists those there are.\n")


def test_rejected_record_is_shown_with_its_run(call, tmp_path):
    with small_journal.serving(rewritten(0, small_journal.without_identifier)) as server:
        (tmp_path / "config.toml").write_text(SCHEDULED.format(url=server.url))
        assert "1 record rejected; harvester runs 1 says which and why." in call("harvest").stderr
        assert "rejected  a record without an identifier: " in call("runs", "1").stdout
        assert "harvester runs 1" in call("status").stdout


def test_list_shorter_than_announced_has_a_remedy(call, tmp_path):
    def announced(request, truth):
        return reply(truth.bytes_of(request).replace(b'completeListSize="4"', b'completeListSize="40"'))

    with small_journal.serving(announced) as server:
        (tmp_path / "config.toml").write_text(SCHEDULED.format(url=server.url))
        assert call("harvest").exit_code == 0
    output = call("status").stdout
    assert output.startswith("small works, but look at it\n")
    assert "; this is taken as all it has\n  to do  `harvester harvest small --full` asks again; " in output


def test_metrics_on_stdout_and_in_a_file(scheduled, tmp_path):
    scheduled("harvest")
    state = 'harvester_source_last_run_state{format="oai_dc",source="small",state="complete"} 1.0'
    assert state in scheduled("metrics").stdout
    assert scheduled("metrics", tmp_path / "h.prom").exit_code == 0
    assert state in (tmp_path / "h.prom").read_text()
    assert scheduled("metrics", tmp_path / "no" / "h.prom").exit_code == 1


def test_health_without_a_daemon_fails(scheduled, tmp_path):
    assert scheduled("health").exit_code == 2
    with (tmp_path / "config.toml").open("a") as config:
        config.write('\n[daemon]\nlisten = "127.0.0.1:9"\n')
    none = scheduled("health")
    assert none.exit_code == 1
    assert "No daemon answers at 127.0.0.1:9" in none.stderr


def test_backup_command_writes_a_store(scheduled, tmp_path):
    scheduled("harvest")
    assert scheduled("backup", "copy.sqlite").exit_code == 0
    (tmp_path / "harvester.sqlite").unlink()
    (tmp_path / "copy.sqlite").rename(tmp_path / "harvester.sqlite")
    assert scheduled("show", "oai:small:1").exit_code == 0
    assert scheduled("backup", "harvester.sqlite").exit_code == 1


def test_second_backup_at_the_same_time_is_refused(scheduled, tmp_path):
    """Two that wrote into one temporary file scheduled an empty one in the place of the copy before."""
    scheduled("harvest")
    assert scheduled("backup", "copy.sqlite").exit_code == 0
    before = (tmp_path / "copy.sqlite").read_bytes()
    with locks.hold(load(tmp_path / "config.toml").locks_dir, "backup", what="backup to copy.sqlite"):
        second = scheduled("backup", "copy.sqlite")
    assert (second.exit_code, "backup to copy.sqlite" in second.stderr) == (75, True)
    assert (tmp_path / "copy.sqlite").read_bytes() == before


def test_doctor_finds_damage(scheduled, tmp_path):
    scheduled("harvest")
    assert scheduled("doctor", "--deep").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        connection.execute("UPDATE payload SET data = zeroblob(length(data)) WHERE id = 1")
    assert scheduled("doctor").exit_code == 0
    found = scheduled("doctor", "--deep")
    assert (found.exit_code, "not what was received" in found.stdout) == (1, True)


def test_prune_deletes_old_runs_and_versions(scheduled, tmp_path):
    scheduled("harvest")
    scheduled("harvest")
    scheduled("harvest")
    long_ago(tmp_path)
    done = answer(scheduled("prune", "--older-than", "365", "--json"))
    assert done == {"versions": 0, "rejected": 0, "runs": 1, "payloads": 0}
    assert scheduled("harvest").exit_code == 0


def test_failure_is_shown_until_a_harvest_succeeds(scheduled, switch):
    """A successful range does not count as a harvest of the whole list."""
    scheduled("harvest")
    switch["down"] = True
    scheduled("harvest")
    switch["down"] = False
    scheduled("harvest", "--from", "2024-01-01")
    assert scheduled("status").stdout.startswith("small needs a person\n")
    scheduled("harvest")
    assert scheduled("status").stdout.startswith("small works\n")


def test_range_does_not_count_as_a_complete_harvest(scheduled):
    scheduled("harvest", "--from", "2024-01-01")
    (one,) = answer(scheduled("status", "--json"))["sources"]
    assert one["formats"][0]["last_complete"] is None


def test_log_lines_as_json(scheduled, switch):
    switch["down"] = True
    lines = scheduled("harvest", "--due", "--log-format", "json").stderr.splitlines()
    logged = [json.loads(line) for line in lines if line.startswith("{")]
    assert [(line["level"], line["source"], line["run"]) for line in logged] == [("warning", "small", 1)]


BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def logged(call, tmp_path):
    """The log lines, in this format, of a harvest whose second page needs a retry."""

    def harvest(kind: str) -> list[str]:
        refused: list[object] = []

        def answering(request):
            if "resumptionToken" in request.query and not refused:
                refused.append(request)
                return BUSY
            return small_journal.answer(request)

        with Server(answering) as server:
            (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=server.url))
            output = call("harvest", "-v", "--log-format", kind).stderr.splitlines()
        assert refused
        return [line for line in output if line.startswith(("{", "20"))]

    return harvest


def test_every_json_log_line_has_source_and_run(logged):
    """Lines of the fetching threads included."""
    lines = [json.loads(line) for line in logged("json")]
    assert {(line["source"], line["run"]) for line in lines} == {("small", 1)}
    assert [line["logger"] for line in lines] == ["harvester.harvesting.runs", "harvester.oai.client"]
    assert lines[0]["message"] == "oai_dc: begins a full harvest"
    assert "HTTP 503" in lines[1]["message"]


def test_every_text_log_line_has_source_and_run(logged):
    assert all(" INFO source=small run=1 " in line for line in logged("text"))
