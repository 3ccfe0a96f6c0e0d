"""Everything that is due now, once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import Config, load
from harvester.daemon import due_run, store_outage
from harvester.daemon.digest import Digest
from harvester.errors import BusyError, StoreError
from harvester.reports import ExportReport, WrittenReport
from harvester.standing.due import EXPORT, REPORT
from harvester.system import locks
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.providers import in_memory, small_journal
from tests.providers.server import Answer, Request, Server, error, reply
from tests.providers.truth import Broken, Truth, name
from tests.workbench import in_another_process


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


HOOK = '[alerts]\nwebhook_url_env = "HOOK"\n'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def failing(configured: Configured) -> Config:
    """A configuration with a source that has failed, which nobody was told of."""
    config = configured({"reeds": "http://127.0.0.1:9/oai"}, more=HOOK)
    with pipeline.opened(config) as store:
        run = store.runs.begin("reeds", "oai_dc", "full", (), now())
        store.runs.finish(run.id, "failed", now(), "nothing answers")
    return config


def notify(config: Config) -> bool | None:
    """Notifies people as another process would; whether there was something, `None` if that was left to the holder."""
    with pipeline.opened(config) as store:
        try:
            return bool(due_run.notify_of_incidents(config, store, now, {}, never_stop)[0])
        except BusyError:
            return None


def test_two_processes_send_one_alert(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    config, both = failing(configured), threading.Barrier(4)

    def race(_: int) -> bool | None:
        both.wait(20)
        return notify(config)

    with Server([OK]) as hook, ThreadPoolExecutor(4) as pool:
        monkeypatch.setenv("HOOK", hook.url)
        reported = list(pool.map(race, range(4)))
        assert reported.count(True) == len(hook.requests) == 1


def test_mail_server_that_hangs_keeps_no_other_process_waiting(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    config, arrived, answered = failing(configured), threading.Event(), threading.Event()

    def hang(_: Request) -> bytes:
        arrived.set()
        answered.wait(20)
        return OK

    with Server(hang) as hook, ThreadPoolExecutor(1) as pool:
        monkeypatch.setenv("HOOK", hook.url)
        first = pool.submit(notify, config)
        assert arrived.wait(20)
        done = due_run.run_due(config, now=now, stop=never_stop)
        assert (bool(done.notification), done.notification_error, first.done()) == (False, None, False)
        answered.set()
        assert first.result(20)
        assert notify(config) is False
        assert len(hook.requests) == 1


def test_outage_is_reported_by_one_process(configured: Configured, monkeypatch: pytest.MonkeyPatch):
    config = configured({}, more=HOOK)
    Path(config.store_url.removeprefix("sqlite:///")).write_text("this is a letter")
    with Server([OK]) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        with locks.hold(config.locks_dir, "alerts", what="a test"):
            done = due_run.run_due(config, now=now, stop=never_stop)
        assert (bool(done.notification), hook.requests) == (False, [])
        assert isinstance(done.store_error, StoreError)
        assert due_run.run_due(config, now=now, stop=never_stop).notification
        assert len(hook.requests) == 1


def test_digest_with_nothing_to_say_is_done(configured: Configured):
    config = configured({}, more='[alerts]\ndigest = "@daily"\n')
    done = due_run.run_due(config, now=now, stop=never_stop)
    assert (done.digest, done.still_due) == (Digest(), ())


NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
DAY = timedelta(days=1)


def nightly(configured: Configured, url: str = in_memory.URL) -> Config:
    """A source with the two lines that `source probe` prints where deletions are never announced."""
    path = configured({"reeds": url}, "30 2 * * *").path
    path.write_text(f'{path.read_text()}reconcile = "30 2 * * 0"\n')
    return load(path)


def call(config: Config, moment: datetime) -> list[str]:
    """What one call of cron does, as the kinds of its runs."""
    done = due_run.run_due(config, now=lambda: moment, stop=never_stop)
    with pipeline.opened(config) as store:
        return [store.runs.get(run.id).kind for run in done.runs if run.id]


@pytest.mark.parametrize("hours", [0, 9])  # at the minute, or by a cron that calls once a day and much later
def test_four_weeks_of_nights_bring_a_comparison_each_sunday(configured: Configured, hours: int):
    first = datetime(2026, 11, 25, 1, 30, tzinfo=UTC) + timedelta(hours=hours)  # 2:30 in Madrid, or later
    moment = first
    truth = Truth(20, deleted_record="no", clock=lambda: moment)
    config, nights = nightly(configured), []
    with in_memory.in_memory(Broken(truth)):
        for moment in (first + number * DAY for number in range(28)):
            nights.append(call(config, moment))
            truth.remove(5)
    assert nights[0] == ["full"]
    assert [number for number, kinds in enumerate(nights) if "reconcile" in kinds] == [4, 11, 18, 25]  # Sundays
    assert all(kinds[0] == "incremental" for kinds in nights[1:])
    with pipeline.opened(config) as store:
        assert store.records.live("reeds", ["oai_dc"], [name(5)]) == {}


def test_harvest_and_comparison_are_done_in_one_call(configured: Configured, small: Server):
    config = nightly(configured, small.url)
    assert call(config, NOON) == ["full"]
    assert call(config, NOON + 9 * DAY) == ["incremental", "reconcile"]
    assert call(config, NOON + 9 * DAY) == []


def test_what_another_process_is_at_work_on_is_still_due(configured: Configured, small: Server):
    config = nightly(configured, small.url)
    call(config, NOON)
    with locks.hold(config.locks_dir, "source-reeds", what="a test"):
        done = due_run.run_due(config, now=lambda: NOON + 9 * DAY, stop=never_stop)
    assert (done.runs, done.still_due) == ((), ("reeds", "reconcile reeds"))
    assert call(config, NOON + 9 * DAY) == ["incremental", "reconcile"]


def test_provider_that_asks_to_wait_is_not_compared_in_the_same_call(configured: Configured):
    # The pause counts from the real time, so it must be longer than the simulated time is ahead of that.
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 777600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    state = {"busy": False}

    def answer(request: Request) -> bytes:
        return busy if state["busy"] else small_journal.answer(request)

    with Server(answer) as server:
        config = nightly(configured, server.url)
        call(config, NOON)
        state["busy"] = True
        assert call(config, NOON + 9 * DAY) == ["incremental"]
        state["busy"] = False
        in_another_process()  # it remembers what its hosts asked for
        waited = datetime.now(UTC) + 18 * DAY
        assert call(config, waited) == ["reconcile", "incremental"]  # what has been due longest comes first


def test_comparison_is_done_though_every_harvest_fails(configured: Configured):
    def answer(request: Request) -> bytes:
        if request.query.get("verb") == "ListRecords":
            return reply(error("badArgument"))
        return small_journal.answer(request)

    with Server(small_journal.answer) as server:
        config = nightly(configured, server.url)
        call(config, NOON)
    with Server(answer) as server:
        config = load(rewritten_url(config, server.url))
        kinds = [call(config, NOON + number * DAY) for number in range(1, 15)]
    assert sum("reconcile" in of_one for of_one in kinds) == 2


def rewritten_url(config: Config, url: str) -> Path:
    config.path.write_text(config.path.read_text().replace(config.sources["reeds"].url, url))
    return config.path


def test_refused_connection_that_a_retry_makes_up_for_is_no_alarm(configured: Configured):
    """The server was started again at that moment."""
    refused = [Answer(b"", close=True)]

    def answer(request: Request) -> bytes | Answer:
        return refused.pop() if refused else small_journal.answer(request)

    with Server(answer) as server:
        config = configured({"reeds": server.url})
        config.path.write_text(config.path.read_text().replace("retries = 0", "retries = 1"))
        done = due_run.run_due(load(config.path), now=now, stop=never_stop)
    assert refused == []
    assert [run.state for run in done.runs] == ["complete"]
    assert not done.notification


def test_run_that_needs_a_person_is_told(configured: Configured, small: Server):
    config = configured({"reeds": small.url})
    config.path.write_text(config.path.read_text() + 'sets = ["small:ART"]\n')
    first = due_run.run_due(load(config.path), now=lambda: NOON, stop=never_stop)
    assert (first.needs_person, bool(first.notification)) == (False, False)
    config.path.write_text(config.path.read_text().replace('"small:ART"', '"small:ART", "small:GONE"'))
    done = due_run.run_due(load(config.path), now=lambda: NOON + DAY, stop=never_stop)
    assert [run.state for run in done.runs] == ["complete"]
    assert done.needs_person
    (incident,) = done.notification.incidents
    assert incident.what == "its settings have to be changed"
    assert "no set small:GONE any more" in incident.why


def test_bug_in_the_export_prevents_no_report(configured: Configured, small: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pipeline, "export", lambda *_, **__: 1 / 0)
    crossref = '[crossref]\ndepositor_name = "X"\ndepositor_email = "x@example.org"\nregistrant = "X"\n'
    journal = '[journals."2049-3630"]\ntitle = "Journal of Small Things"\nissn_electronic = "2049-3630"\n'
    schedules = '[exports]\nschedule = "@yearly"\n[report]\nschedule = "@daily"\n'
    done = due_run.run_due(
        configured({"reeds": small.url}, more=crossref + journal + schedules), now=now, stop=never_stop
    )
    assert "ZeroDivisionError" in str(done.export)
    assert done.report is not None
    assert done.report.error is None
