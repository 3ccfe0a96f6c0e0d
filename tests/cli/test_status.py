"""`harvester status`."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from harvester import pipeline
from harvester.config import load
from harvester.system import locks
from tests.cli.conftest import SCHEDULED, answer, long_ago
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
    assert 'harvester_source_needs_person{source="small"} 1.0' in scheduled("metrics").stdout
    assert "harvester daemon" in scheduled("status").stderr
    with locks.hold(load(tmp_path / "config.toml").locks_dir, "daemon", what="the daemon"):
        assert scheduled("status").stderr == ""


def test_status_shows_who_is_at_work(scheduled, tmp_path):
    config = load(tmp_path / "config.toml")
    with pipeline.opened(config) as store:
        store.runs.begin("small", "oai_dc", "full", (), datetime.now(UTC))
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
    assert "; this is accepted as all it has\n  to do  `harvester harvest small --full` requests it again; " in output


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


# --------------------------------------------------------------------------------------------- comparisons


def change_run(tmp_path, values: str, kind: str = "reconcile") -> None:
    """Changes the newest run of a kind in the store."""
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        connection.execute(f"UPDATE run SET {values} WHERE id = (SELECT max(id) FROM run WHERE kind = '{kind}')")


@pytest.fixture
def compared(scheduled, tmp_path):
    """`call` where the source is compared every month, too."""
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace("retries", 'reconcile = "@monthly"\nretries'))
    return scheduled


def test_status_and_schedule_show_comparisons(compared):
    compared("harvest")
    output = compared("status").stdout
    assert "  last   never compared\n  next   comparison 20" in output
    compared("reconcile")
    output = compared("status").stdout
    assert output.startswith("small works\n")
    assert re.search(r"  last   comparison 20.+ Europe/Madrid, complete\n  next   comparison 20.+-01 00:00", output)
    (one,) = answer(compared("status", "--json"))["sources"]
    assert one["comparison_due_since"] is None
    assert one["next_comparison"] > one["formats"][0]["last_comparison"]["finished"]
    harvest, comparison = answer(compared("schedule", "--json"))["schedule"]
    assert [harvest["source"], comparison["source"]] == ["small", "reconcile small"]
    assert comparison["last"] == one["formats"][0]["last_comparison"]["finished"]
    assert re.search(r"reconcile small +20", compared("schedule").stdout)


def test_comparison_that_was_missed_is_due_and_overdue(compared, tmp_path):
    compared("harvest")
    compared("reconcile")
    long_ago(tmp_path)
    compared("harvest")
    output = compared("status").stdout
    assert output.startswith("small needs a person\n")
    assert "  next   comparison now, due since 20" in output
    assert "  why    the comparison is overdue; it has been due for more than a day, and nobody has done it" in output
    assert [one["state"] for one in answer(compared("harvest", "--due", "--json"))["runs"]] == ["complete"]
    assert compared("status").stdout.startswith("small works\n")


def test_what_a_comparison_asks_for_stays_in_status_after_a_harvest(compared, tmp_path):
    compared("harvest")
    compared("reconcile")
    change_run(tmp_path, "state = 'incomplete', error = '9 of 20 are gone; if so, run `harvester reconcile --confirm`'")
    compared("harvest")
    output = compared("status").stdout
    assert output.startswith("small needs a person\n")
    assert "Europe/Madrid, incomplete\n" in output
    assert "  why    the comparison fails; oai_dc: 9 of 20 are gone\n  to do  if so, run `harvester rec" in output
    (one,) = answer(compared("status", "--json"))["sources"]
    assert [trouble["subject"] for trouble in one["troubles"]] == ["reconcile small"]
    compared("reconcile")
    assert compared("status").stdout.startswith("small works\n")


def test_note_of_a_complete_comparison_stays_in_status_after_a_harvest(compared, tmp_path):
    compared("harvest")
    compared("reconcile")
    change_run(tmp_path, "error = 'records came late; set `overlap`'")
    compared("harvest")
    output = compared("status").stdout
    assert output.startswith("small works, but look at it\n")
    assert "  why    comparison of oai_dc: records came late\n  to do  set `overlap`\n" in output


def test_note_of_a_harvest_stays_in_status_after_a_comparison(compared, tmp_path):
    compared("harvest")
    change_run(tmp_path, "error = 'odd; look'", "full")
    compared("reconcile")
    output = compared("status").stdout
    assert output.startswith("small works, but look at it\n")
    assert "  why    oai_dc: odd\n  to do  look\n" in output


def test_set_that_is_gone_needs_a_person_and_is_told_once_a_day(scheduled, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace("retries", 'sets = ["small:GONE"]\nretries'))
    first = scheduled("-q", "harvest", "--due")
    assert (first.exit_code, first.stdout) == (3, "")
    assert first.stderr.startswith("small: its settings have to be changed\n")
    assert scheduled("-q", "harvest", "--due").output == ""
    output = scheduled("status").stdout
    assert output.startswith("small needs a person\n")
    assert "  why    oai_dc: the provider has no set small:GONE any more" in output
    assert 'harvester_source_needs_person{source="small"} 1.0' in scheduled("metrics").stdout
    long_ago(tmp_path)
    again = scheduled("-q", "harvest", "--due")
    assert (again.exit_code, len(again.stderr.splitlines())) == (3, 6)
    config.write_text(config.read_text().replace("small:GONE", "small:ART"))
    long_ago(tmp_path)
    over = scheduled("-q", "harvest", "--due")
    assert (over.exit_code, over.stderr.startswith("small: works again")) == (0, True)
