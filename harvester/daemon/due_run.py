"""Does everything that is due now, once. This is all that cron needs."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import alerts, store_outage, work
from harvester.daemon.alerts import Notification
from harvester.daemon.digest import Digest, send_digest
from harvester.daemon.notifications import NotificationError, message_of, send, turn_to_notify
from harvester.daemon.turns import before_sources, in_turn
from harvester.daemon.wishes import take_all
from harvester.daemon.work import Now, Stop
from harvester.errors import BusyError, StoreError
from harvester.registration.round import RoundReport
from harvester.reports import ExportReport, RunReport, WrittenReport
from harvester.standing.due import DEPOSIT, EXPORT, REPORT, deposit_tasks, export_due, report_due, scheduled_tasks
from harvester.standing.wishes import note_call
from harvester.store import Wish

if TYPE_CHECKING:
    from harvester.store import Store


log = logging.getLogger("harvester.daemon")


class DueResult(Struct, frozen=True, kw_only=True):
    """What was due and was done.

    `needs_person`: a complete run says what a person has to change. `still_due`: the names of the tasks that are due
    where nothing was done, because another process is at work on them or because this one was stopped.
    """

    runs: tuple[RunReport, ...] = ()
    needs_person: bool = False
    export: ExportReport | str | None = None  # a sentence if it failed, `None` if it was not due
    report: WrittenReport | None = None
    deposit: RoundReport | str | None = None  # likewise
    wishes: tuple[Wish, ...] = ()  # what people asked for on the web page and was done
    still_due: tuple[str, ...] = ()
    notification: Notification = Notification()
    notification_error: str | None = None  # why a mail or a webhook failed
    digest: Digest | None = None  # what the digest said; empty if nothing, `None` if it was not due
    store_error: StoreError | None = None  # what ended the work early


def run_due(config: Config, *, now: Now, stop: Stop) -> DueResult:
    """Harvests, reconciles and exports what is due, and notifies people, also if the store cannot be used."""
    try:
        return _run_due(config, now, stop)
    except StoreError as error:
        outage = DueResult(store_error=error)
        try:
            notification, notification_error = notify_of_outage(config, error, now(), stop)
        except BusyError as busy:
            return _left_to_holder(outage, busy)
        return replace(outage, notification=notification, notification_error=notification_error)


def _run_due(config: Config, now: Now, stop: Stop) -> DueResult:
    begun = now()
    note_call(config, begun)
    with pipeline.opened(config) as store:
        work.mark_crashed_runs(config, store, begun)
        wished = take_all(config, now=now, stop=stop)
        tasks = in_turn(scheduled_tasks(config, store, begun), begun)
        subjects = list(dict.fromkeys(task.subject for task in tasks))
        writer = _Writer(config, store, now, stop)
        writer.write(before_sources(tasks))
        runs = work_on_sources(config, [name for name in subjects if name in config.sources], now=now, stop=stop)
        writer.write((EXPORT, REPORT, DEPOSIT) if runs else subjects)
        done = DueResult(
            runs=tuple(runs),
            needs_person=any(store.runs.get(run.id).needs_person for run in runs if run.id),
            export=writer.export,
            report=writer.report,
            deposit=writer.deposit,
            wishes=tuple(wished),
        )
        done = _notified(done, config, store, now, stop)
        is_idle = not (runs or wished or writer.written() or done.digest is not None)
        return replace(done, still_due=tuple(task.name for task in tasks)) if is_idle else done


def _notified(done: DueResult, config: Config, store: Store, now: Now, stop: Stop) -> DueResult:
    """Notifies people of incidents and, if it is due, of what is new."""
    try:
        notification, error = notify_of_incidents(
            config, store, now, written(done.export, done.report, done.deposit), stop
        )
        done = replace(done, notification=notification, notification_error=error)
        digest, digest_error = (None, None) if stop() else send_digest(config, store, now(), stop)
    except BusyError as busy:
        return _left_to_holder(done, busy)
    return replace(done, notification_error=error or digest_error, digest=digest)


def _left_to_holder(done: DueResult, busy: BusyError) -> DueResult:
    """Another process notifies people. What it does not know yet is reported by the next call."""
    log.info("nobody is notified now: %s", busy)
    return done


class _Writer:
    """The export, the deposit and the report of one call, once each."""

    def __init__(self, config: Config, store: Store, now: Now, stop: Stop) -> None:
        self._config, self._store, self._now, self._stop = config, store, now, stop
        self.export: ExportReport | str | None = None
        self.report: WrittenReport | None = None
        self.deposit: RoundReport | str | None = None

    def write(self, subjects: Collection[str]) -> None:
        """Exports, deposits and writes the report, if they are among the subjects, due and not done."""
        config, store, now, stop = self._config, self._store, self._now, self._stop
        if EXPORT in subjects and self.export is None and not stop() and export_due(config, store, now()):
            self.export = work.export(config, store, now=now, stop=stop)
        if DEPOSIT in subjects and self.deposit is None and not stop():
            due = {task.kind for task in deposit_tasks(config, store, now()) if task.due}
            if due:
                self.deposit = work.deposit(config, store, now=now, stop=stop, due=due)
        if REPORT in subjects and self.report is None and not stop() and report_due(config, now()):
            self.report = work.write_report(config, store, now=now, stop=stop)

    def written(self) -> dict[str, str | None]:
        return written(self.export, self.report, self.deposit)


def written(
    export: ExportReport | str | None, report: WrittenReport | None, deposit: RoundReport | str | None = None
) -> dict[str, str | None]:
    """`EXPORT`, `REPORT` and `DEPOSIT`, if they were due, each with its error, `None` if it succeeded."""
    errors: dict[str, str | None] = {} if report is None else {REPORT: report.error}
    if deposit is not None:
        errors[DEPOSIT] = deposit if isinstance(deposit, str) else None
    return errors if export is None else {EXPORT: export if isinstance(export, str) else None, **errors}


def work_on_sources(config: Config, names: Sequence[str], *, now: Now, stop: Stop) -> list[RunReport]:
    """Does what is due of each of these sources, as many at once as `[daemon] workers` allows."""

    def work_on(name: str) -> list[RunReport]:
        if stop():
            return []
        with pipeline.opened(config) as store:
            return work.do_due(config, store, name, now=now, stop=stop)

    with ThreadPoolExecutor(config.daemon.workers, thread_name_prefix="source") as pool:
        return [report for reports in pool.map(work_on, names) for report in reports]


def notify_of_incidents(
    config: Config, store: Store, now: Now, written: Mapping[str, str | None], stop: Stop
) -> tuple[Notification, str | None]:
    """Notifies people of incidents and remembers that; returns the notification, and the error if it failed.

    Raises `BusyError` if another process notifies people.
    """
    with turn_to_notify(config):
        notification = alerts.current_notification(config, store, now(), written)
        if outage := store_outage.ended(config):
            notification = replace(notification, recovered=(outage, *notification.recovered))
        error = _send(config, notification, stop)
        if error is None:
            if notification or notification.removed:
                alerts.remember(store, notification, now())
            store_outage.clear(config)
        return notification, error


def notify_of_outage(config: Config, outage: StoreError, now: datetime, stop: Stop) -> tuple[Notification, str | None]:
    """Notifies people that the store cannot be used and remembers that; returns and raises as `notify_of_incidents`."""
    with turn_to_notify(config):
        notification = store_outage.notification(config, outage, now)
        error = _send(config, notification, stop)
        if error is None:
            store_outage.remember(config, notification, now)
        return notification, error


def _send(config: Config, notification: Notification, stop: Stop) -> str | None:
    """Sends the notification, unless it is empty; returns the error if it failed."""
    try:
        if notification:
            send(config.alerts, message_of(notification, config), stop)
    except NotificationError as error:
        return str(error)
    return None
