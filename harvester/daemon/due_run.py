"""Does everything that is due now, once. This is all that cron needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import incidents, store_outage, work
from harvester.daemon.due import EXPORT, REPORT, export_due, harvest_tasks, reconcile_tasks, report_due
from harvester.daemon.incidents import Notification
from harvester.daemon.notifications import NotificationError, send
from harvester.daemon.work import Now, Stop
from harvester.errors import StoreError
from harvester.reports import ExportReport, RunReport, WrittenReport

if TYPE_CHECKING:
    from harvester.store import Store


class DueResult(Struct, frozen=True, kw_only=True):
    """What was due and was done."""

    runs: tuple[RunReport, ...] = ()
    export: ExportReport | str | None = None  # a sentence if it failed, `None` if it was not due
    report: WrittenReport | None = None
    notification: Notification = Notification()
    notification_error: str | None = None  # why a mail or a webhook failed
    store_error: StoreError | None = None  # what ended the work early


def run_due(config: Config, *, now: Now, stop: Stop) -> DueResult:
    """Harvests, reconciles and exports what is due, and notifies people, also if the store cannot be used."""
    try:
        return _run_due(config, now, stop)
    except StoreError as error:
        notification, notification_error = notify_of_outage(config, error, now(), stop)
        return DueResult(notification=notification, notification_error=notification_error, store_error=error)


def _run_due(config: Config, now: Now, stop: Stop) -> DueResult:
    with pipeline.opened(config) as store:
        work.mark_crashed_runs(config, store, now())
        due = [task.subject for task in harvest_tasks(config, store, now()) if task.due]
        runs = for_each(config, due, work.harvest, now=now, stop=stop)
        due = [task.subject for task in reconcile_tasks(config, store, now()) if task.due]
        runs += for_each(config, due, work.reconcile, now=now, stop=stop)
        export, report = None, None
        if not stop() and export_due(config, store, now()):
            export = work.export(config, store, now=now, stop=stop)
        if not stop() and report_due(config, now()):
            report = work.write_report(config, store, now=now, stop=stop)
        notification, error = notify_of_incidents(config, store, now, written(export, report), stop)
    return DueResult(
        runs=tuple(runs), export=export, report=report, notification=notification, notification_error=error
    )


def written(export: ExportReport | str | None, report: WrittenReport | None) -> dict[str, str | None]:
    """`EXPORT` and `REPORT`, if they were due, each with its error, `None` if it succeeded."""
    errors: dict[str, str | None] = {} if report is None else {REPORT: report.error}
    return errors if export is None else {EXPORT: export if isinstance(export, str) else None, **errors}


def for_each(
    config: Config, names: list[str], do: Callable[..., list[RunReport]], *, now: Now, stop: Stop
) -> list[RunReport]:
    """Does the work for each of these sources, as many at once as `[daemon] workers` allows."""

    def work_on(name: str) -> list[RunReport]:
        if stop():
            return []
        with pipeline.opened(config) as store:
            return do(config, store, name, now=now, stop=stop)

    with ThreadPoolExecutor(config.daemon.workers, thread_name_prefix="source") as pool:
        return [report for reports in pool.map(work_on, names) for report in reports]


def notify_of_incidents(
    config: Config, store: Store, now: Now, written: Mapping[str, str | None], stop: Stop
) -> tuple[Notification, str | None]:
    """Notifies people of incidents and remembers that; returns the notification, and the error if it failed."""
    notification = incidents.current_notification(config, store, now(), written)
    if outage := store_outage.ended(config):
        notification = replace(notification, recovered=(outage, *notification.recovered))
    error = _send(config, notification, stop)
    if error is None:
        if notification or notification.removed:
            incidents.remember(store, notification, now())
        store_outage.clear(config)
    return notification, error


def notify_of_outage(config: Config, outage: StoreError, now: datetime, stop: Stop) -> tuple[Notification, str | None]:
    """Notifies people that the store cannot be used and remembers that; returns as `notify_of_incidents`."""
    notification = store_outage.notification(config, outage, now)
    error = _send(config, notification, stop)
    if error is None:
        store_outage.remember(config, notification, now)
    return notification, error


def _send(config: Config, notification: Notification, stop: Stop) -> str | None:
    """Sends the notification, unless it is empty; returns the error if it failed."""
    try:
        if notification:
            send(config.alerts, notification, config.zone, stop)
    except NotificationError as error:
        return str(error)
    return None
