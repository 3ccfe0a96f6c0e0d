"""`harvester status`."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from harvester import pipeline
from harvester.cli.status import light
from harvester.config import load
from harvester.store import Counts, FormatStatus, RunRow
from harvester.system import locks
from tests.cli.conftest import SCHEDULED, answer, long_ago
from tests.daemon.test_incidents import INCIDENT
from tests.providers import small_journal
from tests.providers.server import reply


def test_status_before_and_after_the_first_harvest(configured):
    assert "never" in configured("status").stdout
    configured("harvest")
    (source,) = answer(configured("status", "--json"))["sources"]
    assert (source["source"], source["ready"], source["held_back"]) == ("small", 3, 1)
    assert "complete" in configured("status").stdout


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


def test_list_shorter_than_announced_has_a_remedy(call, tmp_path):
    def announced(request, truth):
        return reply(truth.bytes_of(request).replace(b'completeListSize="4"', b'completeListSize="40"'))

    with small_journal.serving(announced) as server:
        (tmp_path / "config.toml").write_text(SCHEDULED.format(url=server.url))
        assert call("harvest").exit_code == 0
    output = call("status").stdout
    assert output.startswith("small works, but look at it\n")
    assert "; this is taken as all it has\n  to do  `harvester harvest small --full` asks again; " in output


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


def last_run(state, **changes):
    values = {"error": None, "interrupted": False, "counts": Counts(), **changes}
    return FormatStatus(prefix="oai_dc", last_run=replace(row_of_run(), state=state, **values))


def row_of_run():
    return RunRow(
        id=1,
        source="small",
        prefix="oai_dc",
        kind="full",
        state="complete",
        started=datetime(2025, 1, 1, tzinfo=UTC),
        finished=None,
        response_date=None,
        error=None,
        pages=1,
        counts=Counts(),
    )


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ([last_run("complete")], "good"),
        ([last_run("complete", error="the list is short; tell them")], "look"),
        ([last_run("complete", counts=Counts(rejected=1))], "look"),
        ([last_run("incomplete")], "look"),
        ([last_run("failed")], "look"),
        ([last_run("incomplete", interrupted=True)], "wait"),
        ([last_run("running")], "wait"),
        ([last_run("waiting")], "wait"),
        ([FormatStatus(prefix="oai_dc")], "wait"),
        ([last_run("complete"), last_run("failed"), last_run("running")], "wait"),
        ([last_run("complete"), last_run("failed")], "look"),
    ],
)
def test_light_is_that_of_the_worst_format(formats, expected):
    assert light(formats, None) == expected
    assert light(formats, INCIDENT) == "bad"


def test_status_names_sources_that_are_not_configured_any_more(harvested, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace("[sources.small]", "[sources.tiny]"))
    done = harvested("status")
    assert done.stdout.startswith("tiny is not complete yet\n")
    assert "small" not in done.stdout
    assert "The store has 4 records of the source small, which is not in config.toml any more." in done.stderr
    assert "`harvester source rename small tiny`" in done.stderr
    (left,) = answer(harvested("status", "--json"))["leftovers"]
    assert (left["source"], left["looks_like"]) == ("small", "tiny")
    assert "`harvester source rename small tiny`" in harvested("harvest").stderr
    assert "`harvester source forget small`" in harvested("status").stderr


def test_status_counts_records_outside_of_the_sets(harvested, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace("allow_private", 'sets = ["small:OLD"]\nallow_private'))
    assert "  why    its sets were changed after its last complete harvest (no sets)\n" in harvested("status").stdout
    harvested("check")
    output = harvested("status").stdout
    assert output.startswith("small works, but look at it\n")
    assert "  why    4 records outside of the configured sets, not exported\n  to do  `harvester check" in output
    (source,) = answer(harvested("status", "--json"))["sources"]
    assert (source["light"], len(source["notices"]), source["ready"]) == ("look", 2, 0)


def test_status_shows_configured_formats_only(harvested, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace('["oai_dc"]', '["jats", "oai_dc"]'))
    harvested("harvest")
    assert harvested("status").stdout.startswith("small needs a person\n")
    path.write_text(path.read_text().replace('["jats", "oai_dc"]', '["oai_dc"]'))
    output = harvested("status").stdout
    assert output.startswith("small works\n")
    assert "jats" not in output
