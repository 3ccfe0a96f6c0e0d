"""Everything that is due now, once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.daemon import due_run, store_outage
from harvester.daemon.due import EXPORT, REPORT
from harvester.errors import StoreError
from harvester.reports import ExportReport, WrittenReport
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.providers import small_journal
from tests.providers.server import Request, Server


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def small() -> Iterator[Server]:
    with small_journal.serving() as server:
        yield server


def test_due_export_is_done(configured: Configured, small: Server):
    crossref = (
        '[crossref]\ndepositor_name = "X"\ndepositor_email = "x@example.org"\nregistrant = "X"\n'
        '[exports]\nschedule = "@yearly"\n'
        '[journals."2049-3630"]\ntitle = "Journal of Small Things"\nissn_electronic = "2049-3630"\n'
    )
    config = configured({"reeds": small.url}, more=crossref)
    first = due_run.run_due(config, now=now, stop=never_stop)
    assert [run.state for run in first.runs] == ["complete"]
    assert first.export is not None
    assert not isinstance(first.export, str), first.export
    assert sum(file.records for file in first.export.files) == 3
    second = due_run.run_due(config, now=now, stop=never_stop)
    assert (second.runs, second.export) == ((), None)


def test_due_report_is_written(configured: Configured, small: Server):
    config = configured({"reeds": small.url}, more='[report]\nfile = "report.html"\nschedule = "@daily"\n')
    file = config.path.with_name("report.html")
    first = due_run.run_due(config, now=now, stop=never_stop)
    assert first.report == WrittenReport(file=str(file))
    assert "oai:small:4" in file.read_text()
    assert due_run.run_due(config, now=now, stop=never_stop).report is None
    os.utime(file, (0, 0))  # written in 1970
    assert due_run.run_due(config, now=now, stop=never_stop).report is not None
    assert file.stat().st_mtime > 0


def test_report_that_cannot_be_written_is_an_incident(configured: Configured, small: Server):
    config = configured({"reeds": small.url}, more='[report]\nfile = "no/report.html"\nschedule = "@daily"\n')
    first = due_run.run_due(config, now=now, stop=never_stop)
    (incident,) = first.notification.incidents
    assert (incident.subject, incident.what) == (REPORT, "the report fails")
    assert str(config.path.parent / "no") in incident.why
    assert due_run.run_due(config, now=now, stop=never_stop).notification.incidents == ()
    (config.path.parent / "no").mkdir()
    assert [alert.subject for alert in due_run.run_due(config, now=now, stop=never_stop).notification.recovered] == [
        REPORT
    ]


def test_sources_are_harvested_in_parallel(configured: Configured):
    """The first answer of each provider waits for the request to the other one."""
    meeting = threading.Barrier(2, timeout=20)

    def together(request: Request) -> bytes:
        if request.query.get("verb") == "Identify":
            meeting.wait()
        return small_journal.answer(request)

    with Server(together) as one, Server(together) as other:
        config = configured({"reeds": one.url, "fens": other.url}, more="[daemon]\nworkers = 2\n")
        done = due_run.run_due(config, now=now, stop=never_stop)
    assert [(run.source, run.state) for run in done.runs] == [("reeds", "complete"), ("fens", "complete")]


def test_nothing_starts_after_a_stop(configured: Configured, small: Server):
    before = len(small.requests)
    done = due_run.run_due(configured({"reeds": small.url}), now=now, stop=lambda: True)
    assert (done.runs, done.export, done.report) == ((), None, None)
    assert len(small.requests) == before


def test_unusable_store_ends_the_work(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    Path(config.store_url.removeprefix("sqlite:///")).write_text("this is a letter")
    done = due_run.run_due(config, now=now, stop=never_stop)
    assert isinstance(done.store_error, StoreError)
    assert [incident.subject for incident in done.notification.incidents] == [store_outage.STORE]


@pytest.mark.parametrize(
    ("export", "report", "expected"),
    [
        (None, None, {}),
        (ExportReport(), None, {EXPORT: None}),
        ("no schema", None, {EXPORT: "no schema"}),
        (None, WrittenReport(file="r.html"), {REPORT: None}),
        (None, WrittenReport(file="r.html", error="no room"), {REPORT: "no room"}),
        ("no schema", WrittenReport(file="r.html"), {EXPORT: "no schema", REPORT: None}),
    ],
)
def test_written_maps_each_subject_to_its_error(export, report, expected):
    assert due_run.written(export, report) == expected


def test_notification_that_failed_is_sent_again(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOOK", "http://127.0.0.1:9/hook")
    config = configured({"reeds": "http://127.0.0.1:9/oai"}, more='[alerts]\nwebhook_url_env = "HOOK"\n')
    first = due_run.run_due(config, now=now, stop=never_stop)
    assert first.notification_error is not None
    again = due_run.run_due(config, now=now, stop=never_stop)
    assert [incident.subject for incident in again.notification.incidents] == ["reeds"]
