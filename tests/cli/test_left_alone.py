"""The commands of a harvester that is left alone: by cron, and what people look at."""

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
    """What the provider answers with; it is down when it is."""
    return {"down": False}


@pytest.fixture
def left(call, tmp_path, switch):
    """`call` in a folder whose source has a schedule."""

    def answering(request):
        return reply("<html>maintenance</html>") if switch["down"] else small_journal.answer(request)

    with Server(answering) as server:
        (tmp_path / "config.toml").write_text('timezone = "Europe/Madrid"\n' + SCHEDULED.format(url=server.url))
        yield call


def long_ago(tmp_path, days: int = 800) -> None:
    """As if all that is in the store happened that long ago."""
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        for table, columns in {"run": ("started", "finished"), "alert": ("since", "told")}.items():
            for column in columns:
                change = f"strftime('%Y-%m-%dT%H:%M:%fZ', {column}, '-{days} days')"
                connection.execute(f"UPDATE {table} SET {column} = {change}")


def test_the_schedule_in_words(left):
    said = left("schedule").stdout
    assert "at 00:00 on January 1" in said
    assert "Europe/Madrid" in said
    (one,) = answer(left("schedule", "--json", "--next", "2"))["schedule"]
    assert one["source"] == "small"
    assert one["due_since"] is not None
    assert [moment[4:] for moment in one["next"]] == ["-12-31T23:00:00Z"] * 2


def test_a_source_without_schedule_is_named(left, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace('schedule = "@yearly"', ""))
    assert "small has no schedule" in left("schedule").stdout


def test_what_is_written_by_schedule_is_on_the_plan(left, tmp_path):
    with (tmp_path / "config.toml").open("a") as config:
        config.write('[exports]\nschedule = "@weekly"\n[report]\nschedule = "@daily"\n')
    plan = answer(left("schedule", "--json"))["schedule"]
    assert [one["source"] for one in plan] == ["small", "[exports]", "[report]"]
    done = answer(left("harvest", "--due", "--json"))
    assert done["report"] == {"file": str(tmp_path / "report.html"), "error": None}
    (tmp_path / "report.html").unlink()
    assert f"{tmp_path / 'report.html'} is written.\n" in left("harvest", "--due").stderr
    (tmp_path / "report.html").unlink()
    assert left("-q", "harvest", "--due").output == ""
    assert [one["due_since"] for one in answer(left("schedule", "--json"))["schedule"]] == [None] * 3


def test_a_source_that_waits_says_until_when(left, tmp_path):
    left("harvest")
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        connection.execute("UPDATE run SET state = 'waiting', wait_until = '2200-01-01T00:00:00.000Z'")
    said = left("status").stdout
    assert said.startswith("small needs a person\n")  # it is more than a day
    assert "  next   2200-01-01 01:00 Europe/Madrid\n  waits  until 2200-01-01 01:00 Europe/Madrid, as" in said
    (one,) = answer(left("status", "--json"))["sources"]
    assert one["waiting_until"] == one["next_run"] == "2200-01-01T00:00:00Z"
    assert "  waits     until 2200-01-01 01:00 Europe/Madrid\n" in left("runs", "1").stdout
    assert "2200-01-01 01:00" in left("schedule").stdout


def test_due_once(left):
    (run,) = answer(left("harvest", "--due", "--json"))["runs"]
    assert (run["state"], run["new"]) == ("complete", 4)
    again = left("harvest", "--due")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "Nothing is due" in again.stderr


def test_due_takes_no_names(left):
    assert left("harvest", "small", "--due").exit_code == 2


def test_quiet_means_quiet(left):
    for _ in range(2):
        done = left("-q", "harvest", "--due")
        assert (done.exit_code, done.output) == (0, "")


def test_a_standing_failure_is_said_once_a_day_and_its_end_once(left, tmp_path, switch):
    switch["down"] = True
    first = left("-q", "harvest", "--due")
    assert (first.exit_code, first.stdout) == (1, "")
    lines = first.stderr.splitlines()
    assert len(lines) == 5, lines
    assert lines[0] == "small: the harvest fails"
    assert [line.split()[0] for line in lines[1:]] == ["since", "why", "to", "see"]
    assert left("-q", "harvest", "--due").output == ""
    long_ago(tmp_path)
    second = left("-q", "harvest", "--due").stderr.splitlines()
    assert len(second) == 5
    assert int(lines[1].split()[1][:4]) - int(second[1].split()[1][:4]) in (2, 3)  # it stands since then
    switch["down"] = False
    long_ago(tmp_path)
    assert left("-q", "harvest", "--due").stderr.startswith("small: works again")
    long_ago(tmp_path)
    assert left("-q", "harvest", "--due").output == ""


def test_a_configuration_that_cannot_be_read_is_said_once_a_day_too(left, tmp_path):
    left("harvest", "--due")
    config = tmp_path / "config.toml"
    good = config.read_text()
    config.write_text(good.replace("retries", "retrys"))
    first = left("-q", "harvest", "--due")
    assert (first.exit_code, first.stdout) == (2, "")
    assert "did you mean retries?" in first.stderr
    again = left("-q", "harvest", "--due")
    assert (again.exit_code, again.output) == (2, "")
    assert "did you mean retries?" in left("harvest", "--due").stderr  # somebody is looking
    assert "did you mean retries?" in left("-q", "harvest").stderr
    config.write_text(good)
    assert left("-q", "harvest", "--due").output == ""
    assert not (tmp_path / ".harvester-locks" / "config-in-trouble").exists()


def test_status_is_a_traffic_light(left, tmp_path, switch):
    assert left("status").stdout.startswith("small is not complete yet\n  last   never complete\n  next   now\n")
    left("harvest")
    assert left("status").stdout.startswith("small works\n  last   complete ")
    switch["down"] = True
    left("harvest")
    said = left("status").stdout
    assert said.startswith("small needs a person\n  last   complete ")
    assert "  why    oai_dc: " in said
    (one,) = answer(left("status", "--json"))["sources"]
    assert (one["light"], one["due_since"]) == ("bad", None)
    assert one["trouble"]["what"] == "the harvest fails"
    assert one["formats"][0]["last_run"] == answer(left("runs", "--json"))["runs"][0]


def test_a_source_that_never_answered_has_its_address(left, tmp_path, switch):
    switch["down"] = True
    left("harvest")
    url = load(tmp_path / "config.toml").sources["small"].url
    assert answer(left("status", "--json"))["sources"][0]["url"] == url
    assert answer(left("report", "--json"))["sources"][0]["url"] == url


def test_a_newcomer_is_told_where_to_begin(call, tmp_path):
    (tmp_path / "config.toml").touch()
    for command in ("status", "schedule", "harvest --due", "source list"):
        done = call(*command.split())
        assert (done.exit_code, "harvester source probe URL" in done.stderr) == (0, True), command
    assert call("runs").stderr == "There is no run yet.\n"
    assert call("-q", "status").output == ""


def test_runs_of_a_name_nobody_knows(left):
    left("harvest")
    assert "did you mean small?" in left("runs", "smal").stderr
    assert left("runs", "small").stdout.count("small") == 1


def test_status_says_when_nobody_comes(left, tmp_path):
    """Neither daemon nor cron can tell that they are gone."""
    left("harvest")
    long_ago(tmp_path)
    said = left("status").stdout
    assert said.startswith("small needs a person\n")
    assert "  next   now, due since 20" in said
    assert "  to do  see whether `harvester daemon` is running" in said
    assert "harvester daemon" in left("status").stderr
    with locks.hold(load(tmp_path / "config.toml").locks_dir, "daemon", what="the daemon"):
        assert left("status").stderr == ""


def test_status_says_who_is_at_work(left, tmp_path):
    config = load(tmp_path / "config.toml")
    with pipeline.opened(config) as store:
        store.begin_run("small", "oai_dc", "full", (), datetime.now(UTC))
        with locks.hold(config.locks_dir, "source-small", what="a test"):
            said = left("status").stdout
            assert said.startswith("small is not complete yet\n  last   never complete\n  now    at work since 20")
            assert ", 0 pages of oai_dc so far\n" in said
            assert answer(left("status", "--json"))["sources"][0]["at_work_since"] is not None
    said = left("status").stdout
    assert "at work" not in said
    assert "  next   now, due since 20" in said
    assert "  why    oai_dc: the program ended in the middle of this run; " in said
    long_ago(tmp_path)
    said = left("status").stdout
    assert said.startswith("small needs a person\n")
    assert "  next   now, due since " in said


def test_status_needs_no_sqlalchemy(left, tmp_path):
    """It takes as long to import as the whole answer may take: python -m bench status."""
    left("harvest")
    code = (
        "import sys\nfrom harvester.cli import main\ntry: main(['status'])\nexcept SystemExit as end: print(end.code)\n"
        "print(sorted({'sqlalchemy', 'alembic', 'lxml', 'requests', 'apscheduler'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["0", "[]"]


def test_one_run(left):
    left("harvest")
    said = left("runs", "1").stdout
    assert said.startswith("run 1: small, oai_dc, full, complete\n")
    assert "new 4" in said
    assert answer(left("runs", "1", "--json"))["run"]["state"] == "complete"
    missing = left("runs", "7")
    assert (missing.exit_code, missing.stderr) == (1, "There is no run 7; harvester runs lists those there are.\n")


def test_a_rejected_record_is_shown_with_its_run(call, tmp_path):
    with small_journal.serving(rewritten(0, small_journal.without_identifier)) as server:
        (tmp_path / "config.toml").write_text(SCHEDULED.format(url=server.url))
        assert "1 record rejected; harvester runs 1 says which and why." in call("harvest").stderr
        assert "rejected  a record without an identifier: " in call("runs", "1").stdout
        assert "harvester runs 1" in call("status").stdout


def test_a_list_that_is_shorter_than_announced_has_a_next_step(call, tmp_path):
    def announced(request, truth):
        return reply(truth.bytes_of(request).replace(b'completeListSize="4"', b'completeListSize="40"'))

    with small_journal.serving(announced) as server:
        (tmp_path / "config.toml").write_text(SCHEDULED.format(url=server.url))
        assert call("harvest").exit_code == 0
    said = call("status").stdout
    assert said.startswith("small works, but look at it\n")
    assert "; this is taken as all it has\n  to do  `harvester harvest small --full` asks again; " in said


def test_metrics_on_stdout_and_in_a_file(left, tmp_path):
    left("harvest")
    state = 'harvester_source_last_run_state{format="oai_dc",source="small",state="complete"} 1.0'
    assert state in left("metrics").stdout
    assert left("metrics", tmp_path / "h.prom").exit_code == 0
    assert state in (tmp_path / "h.prom").read_text()
    assert left("metrics", tmp_path / "no" / "h.prom").exit_code == 1


def test_health_needs_a_daemon(left, tmp_path):
    assert left("health").exit_code == 2
    with (tmp_path / "config.toml").open("a") as config:
        config.write('\n[daemon]\nlisten = "127.0.0.1:9"\n')
    none = left("health")
    assert none.exit_code == 1
    assert "No daemon answers at 127.0.0.1:9" in none.stderr


def test_a_backup_is_a_store(left, tmp_path):
    left("harvest")
    assert left("backup", "copy.sqlite").exit_code == 0
    (tmp_path / "harvester.sqlite").unlink()
    (tmp_path / "copy.sqlite").rename(tmp_path / "harvester.sqlite")
    assert left("show", "oai:small:1").exit_code == 0
    assert left("backup", "harvester.sqlite").exit_code == 1


def test_one_backup_at_a_time(left, tmp_path):
    """Two that wrote into one temporary file left an empty one in the place of the copy before."""
    left("harvest")
    assert left("backup", "copy.sqlite").exit_code == 0
    before = (tmp_path / "copy.sqlite").read_bytes()
    with locks.hold(load(tmp_path / "config.toml").locks_dir, "backup", what="backup to copy.sqlite"):
        second = left("backup", "copy.sqlite")
    assert (second.exit_code, "backup to copy.sqlite" in second.stderr) == (75, True)
    assert (tmp_path / "copy.sqlite").read_bytes() == before


def test_doctor_finds_damage(left, tmp_path):
    left("harvest")
    assert left("doctor", "--deep").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        connection.execute("UPDATE payload SET data = zeroblob(length(data)) WHERE id = 1")
    assert left("doctor").exit_code == 0
    found = left("doctor", "--deep")
    assert (found.exit_code, "not what was received" in found.stdout) == (1, True)


def test_prune(left, tmp_path):
    left("harvest")
    left("harvest")
    left("harvest")
    long_ago(tmp_path)
    done = answer(left("prune", "--older-than", "365", "--json"))
    assert done == {"versions": 0, "rejected": 0, "runs": 1, "payloads": 0}
    assert left("harvest").exit_code == 0


def test_a_failure_shows_until_a_harvest_succeeds(left, switch):
    """A range that went well since is not the harvest of the whole list."""
    left("harvest")
    switch["down"] = True
    left("harvest")
    switch["down"] = False
    left("harvest", "--from", "2024-01-01")
    assert left("status").stdout.startswith("small needs a person\n")
    left("harvest")
    assert left("status").stdout.startswith("small works\n")


def test_a_range_is_no_complete_harvest(left):
    left("harvest", "--from", "2024-01-01")
    (one,) = answer(left("status", "--json"))["sources"]
    assert one["formats"][0]["last_complete"] is None


def test_log_lines_as_json(left, switch):
    switch["down"] = True
    lines = left("harvest", "--due", "--log-format", "json").stderr.splitlines()
    logged = [json.loads(line) for line in lines if line.startswith("{")]
    assert [(line["level"], line["source"], line["run"]) for line in logged] == [("warning", "small", 1)]


BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def logged(call, tmp_path):
    """The lines of a harvest whose second page comes at the second try, in this format."""

    def harvest(kind: str) -> list[str]:
        refused: list[object] = []

        def answering(request):
            if "resumptionToken" in request.query and not refused:
                refused.append(request)
                return BUSY
            return small_journal.answer(request)

        with Server(answering) as server:
            (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=server.url))
            said = call("harvest", "-v", "--log-format", kind).stderr.splitlines()
        assert refused
        return [line for line in said if line.startswith(("{", "20"))]

    return harvest


def test_run_and_source_stand_in_every_line_of_a_run(logged):
    """Also in those of the threads that fetch."""
    lines = [json.loads(line) for line in logged("json")]
    assert {(line["source"], line["run"]) for line in lines} == {("small", 1)}
    assert [line["logger"] for line in lines] == ["harvester.harvesting.runs", "harvester.oai.client"]
    assert lines[0]["message"] == "oai_dc: begins a full harvest"
    assert "HTTP 503" in lines[1]["message"]


def test_run_and_source_stand_in_every_line_as_text(logged):
    assert all(" INFO source=small run=1 " in line for line in logged("text"))
