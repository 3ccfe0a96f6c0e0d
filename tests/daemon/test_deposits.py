"""Sending by schedule, results in between, and what people are told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.daemon import alerts, due_run
from harvester.daemon.alerts import current_notification
from harvester.daemon.due_run import DueResult
from harvester.registration.round import RoundReport
from harvester.standing.due import DEPOSIT, deposit_tasks
from tests.providers.press import press
from tests.registration.conftest import NINETEEN, Depositor, put_foreign
from tests.standin.running import Running

pytestmark = pytest.mark.slow
SCHEDULE = 'deposit_schedule = "@hourly"\n'


@pytest.fixture
def depositor(tmp_path: Path, crossref_standin: Running) -> Iterator[Depositor]:
    with press(tmp_path) as made:
        one = Depositor(made, crossref_standin)
        one.configure(more=SCHEDULE)
        yield one


def due(depositor: Depositor) -> set[str]:
    with depositor.press.bench.opened() as (config, store):
        return {task.kind for task in deposit_tasks(config, store, depositor.now()) if task.due}


def run(depositor: Depositor) -> DueResult:
    with depositor.press.bench.opened() as (config, _):
        return due_run.run_due(config, now=depositor.tick, stop=lambda: False)


def told(depositor: Depositor) -> list[str]:
    """The subjects that people are told of now."""
    with depositor.press.bench.opened() as (config, store):
        notification = current_notification(config, store, depositor.now(), {})
        alerts.remember(store, notification, depositor.now())
        return [one.subject for one in notification.incidents] + [
            f"over: {one.subject}" for one in notification.recovered
        ]


def test_what_is_due_is_sent_and_asked_for_in_between(depositor: Depositor):
    depositor.press.harvest()
    assert due(depositor) == {"deposit"}
    first = run(depositor).deposit
    assert isinstance(first, RoundReport)
    assert first.sent == 1
    assert due(depositor) == set()
    depositor.clock.advance(minutes=5)
    assert due(depositor) == {"results"}
    second = run(depositor).deposit
    assert isinstance(second, RoundReport)
    assert (second.sent, second.asked) == (0, 1)
    assert set(depositor.states().values()) == {"registered"}
    assert due(depositor) == set()
    depositor.clock.advance(hours=1)
    assert due(depositor) == {"deposit"}


def test_without_a_schedule_only_results_are_asked_for(depositor: Depositor):
    depositor.configure()
    depositor.export()
    depositor.round()
    depositor.press.correct(4)
    depositor.export()
    depositor.clock.advance(minutes=5)
    assert due(depositor) == {"results"}
    run(depositor)
    assert depositor.states() == {"1": "registered", "2": "registered", "3": "registered", "4": "never_sent"}


def test_nothing_is_planned_while_sending_is_off(depositor: Depositor):
    depositor.press.configure()
    assert due(depositor) == set()


def test_a_late_file_is_told_once_and_its_end_once(depositor: Depositor):
    depositor.deposit()
    kept = list(depositor.standin.state.submissions)
    depositor.standin.state.submissions.clear()
    depositor.settle(3)
    subject = f"{DEPOSIT} {Path(depositor.files()[0].path).name}"
    assert told(depositor) == [subject]
    depositor.clock.advance(days=1)
    assert told(depositor) == []
    depositor.standin.state.submissions.extend(kept)
    depositor.settle(48)
    assert told(depositor) == [f"over: {subject}"]
    assert told(depositor) == []


def test_an_error_of_sending_is_an_incident(depositor: Depositor):
    (depositor.folder / "password.txt").unlink()
    result = run(depositor)
    assert isinstance(result.deposit, str)
    assert [one.subject for one in result.notification.incidents] == [DEPOSIT]


def test_matched_references_are_read_once_a_day_where_there_are_no_lists(depositor: Depositor):
    depositor.configure(system="test", more=SCHEDULE, formats=("jats", "oai_dc"))
    path = depositor.press.bench.path
    path.write_text(re.sub(r"api_url = .*\n", "", path.read_text()))
    depositor.press.correct(2, references=("Reed, R. Lamps of old. 1999.",))
    depositor.press.harvest()
    run(depositor)
    depositor.settle()
    assert "readback" not in due(depositor)
    depositor.standin.state.match_reference("10.5555/lamps.2", "ref1", "10.1/x")
    depositor.clock.advance(days=1)
    assert "readback" in due(depositor)
    run(depositor)
    with depositor.press.bench.opened() as (_, store):
        assert store.held_records.matches("crossref", "test") == (1, 1)
    depositor.clock.advance(days=1)
    assert "readback" not in due(depositor)  # each has a DOI


def test_what_changed_at_the_agency_is_read_once_a_day(depositor: Depositor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harvester.crossref.client.works._RETRIES", 0)
    depositor.press.harvest()
    assert "readback" not in due(depositor)  # there is nothing of ours yet
    run(depositor)
    depositor.settle()
    assert "readback" not in due(depositor)  # the agency shows it later
    depositor.clock.advance(days=1)
    assert "readback" in due(depositor)
    run(depositor)
    assert "readback" not in due(depositor)
    depositor.clock.advance(days=1)
    put_foreign(depositor, "10.5555/lamps.1", NINETEEN)
    depositor.standin.state.knobs.api_outage_until = depositor.clock.now + timedelta(hours=1)
    run(depositor)
    assert depositor.registration(1).kind == "added"
    depositor.clock.advance(days=1)
    run(depositor)
    assert depositor.registration(1).kind == "version_foreign"
    asked = [one for one in depositor.standin.state.requests if one.path == "/prefixes/10.5555/works"]
    assert ["filter" in one.fields for one in asked] == [False, True, True]
