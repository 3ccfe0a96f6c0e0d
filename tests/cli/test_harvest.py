"""`harvester harvest`, by hand and by schedule."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading

import pytest

from harvester.cli.harvest import exit_code
from harvester.config import load
from harvester.reports import RunReport
from harvester.system import locks
from tests.cli.conftest import answer, long_ago
from tests.providers import small_journal
from tests.providers.server import Server, reply

TIMEOUT = 60.0  # seconds
RUN = ["source", "format", "state", "new", "changed", "deleted", "unchanged", "repaired", "rejected", "pages"]


def test_second_harvest_finds_nothing_new(configured):
    (first,) = answer(configured("harvest", "--json"))["runs"]
    assert list(first) == ["id", *RUN, "seconds", "error", "wait_until"]
    assert [first[key] for key in RUN] == ["small", "oai_dc", "complete", 4, 0, 0, 0, 0, 0, 2]
    (second,) = answer(configured("harvest", "--json"))["runs"]
    assert (second["state"], second["new"], second["unchanged"]) == ("complete", 0, 0)
    (third,) = answer(configured("harvest", "--full", "--json"))["runs"]
    assert (third["state"], third["new"], third["unchanged"]) == ("complete", 0, 4)


def test_harvest_prints_a_table(configured):
    done = configured("harvest", "small")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].split() == [*RUN, "seconds"]
    assert done.stdout.splitlines()[1].split()[:4] == ["small", "oai_dc", "complete", "4"]
    assert "Next: harvester check" in done.stderr


def test_quiet_harvest_prints_nothing_on_success(configured):
    done = configured("-q", "harvest")
    assert (done.exit_code, done.output) == (0, "")


def test_source_that_is_not_configured_is_refused(configured):
    done = configured("harvest", "smal")
    assert done.exit_code == 2
    assert "did you mean small?" in done.stderr


def test_harvest_without_sources_says_how_to_add_one(call):
    call("init")
    done = call("harvest")
    assert done.exit_code == 2
    assert "harvester source add URL" in done.stderr


@pytest.mark.parametrize("arguments", [["--from", "1.2.2024"], ["--until", "2024-02-30"], ["--from", "2024"]])
def test_invalid_date_is_refused(configured, arguments):
    done = configured("harvest", *arguments)
    assert done.exit_code == 2
    assert "is not a date" in done.stderr


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31", "0001-12-31T23:59:59Z", "9999-01-01T00:00:00Z"])
@pytest.mark.parametrize("option", ["--from", "--until"])
def test_date_outside_the_calendar_names_the_limits(configured, option, date):
    done = configured("harvest", option, date)
    assert done.exit_code == 2
    assert "begins at 0002-01-01 and ends at 9998-12-31" in done.stderr


@pytest.mark.parametrize(("option", "date"), [("--from", "0002-01-01"), ("--until", "9998-12-31")])
def test_first_and_last_day_of_the_calendar_are_requested(configured, option, date):
    assert configured("harvest", option, date).exit_code == 0


def test_range_that_ends_before_it_begins_is_refused(configured):
    assert configured("harvest", "--from", "2024-02-01", "--until", "2024-01-01").exit_code == 2


def test_exit_code_depends_on_whether_some_or_all_sources_failed(configured, tmp_path):
    path = tmp_path / "config.toml"
    with Server([reply("gone", 404)]) as server:
        dead = f'[sources.dead]\nurl = "{server.url}"\nformats = ["oai_dc"]\nallow_private = true\nretries = 0\n'
        path.write_text(path.read_text() + dead)
        some = configured("-q", "harvest")
        assert some.exit_code == 3
        assert some.stdout == ""
        assert some.stderr.startswith("dead (oai_dc): ")
        assert configured("harvest", "dead").exit_code == 1


SLOW = """
[sources.slow]
url = "{url}"
formats = ["oai_dc"]
allow_private = true
schedule = "@yearly"
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "again"), [(signal.SIGTERM, ["harvest"]), (signal.SIGINT, ["harvest", "--due"])], ids=["TERM", "INT"]
)
def test_signal_stops_at_the_next_page_and_the_next_harvest_resumes(call, tmp_path, number, again):
    asked, ended = threading.Event(), threading.Event()

    def slowly(request):
        if "resumptionToken" in request.query:
            asked.set()
            ended.wait(TIMEOUT)
        return small_journal.answer(request)

    with Server(slowly) as server:
        (tmp_path / "config.toml").write_text(SLOW.format(url=server.url))
        with subprocess.Popen(
            [sys.executable, "-m", "harvester", "harvest", "--json"], cwd=tmp_path, stdout=-1, stderr=-1, text=True
        ) as process:
            assert asked.wait(TIMEOUT), process.communicate()
            process.send_signal(number)
            out, err = process.communicate(timeout=TIMEOUT)
        ended.set()
        (run,) = json.loads(out)["runs"]
        assert (process.returncode, run["state"], run["new"]) == (128 + number, "incomplete", 2), (out, err)
        assert "Stopping at the next page" in err
        (run,) = answer(call(*again, "--json"))["runs"]
        assert (run["state"], run["pages"]) == ("complete", 2)


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
    assert len(lines) == 6, lines
    assert lines[0] == "small: the harvest fails"
    assert [line.split()[0] for line in lines[1:]] == ["since", "why", "to", "see", "url"]
    assert scheduled("-q", "harvest", "--due").output == ""
    long_ago(tmp_path)
    second = scheduled("-q", "harvest", "--due").stderr.splitlines()
    assert len(second) == 6
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


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([], 0),
        (["complete"], 0),
        (["complete", "complete"], 0),
        (["complete", "failed"], 3),
        (["waiting", "complete"], 3),
        (["incomplete"], 1),
        (["failed", "waiting"], 1),
    ],
)
def test_exit_code_counts_the_complete_runs(states, code):
    assert exit_code([RunReport(source="a", format="b", state=state) for state in states]) == code


def test_due_harvest_says_that_another_process_is_at_work(scheduled, tmp_path):
    with locks.hold(load(tmp_path / "config.toml").locks_dir, "source-small", what="a test"):
        busy = scheduled("harvest", "--due")
    assert (busy.exit_code, busy.stderr) == (0, "Still due: small; another process may be at work on it.\n")
