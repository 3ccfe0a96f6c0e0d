"""The work itself: one source, or an export. Every attempt leaves its trace in the run table, however it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from harvester import locks, pipeline
from harvester.config import Config
from harvester.daemon.due import INTERRUPTED
from harvester.daemon.logs import about
from harvester.errors import BusyError, HarvesterError, StoreError
from harvester.pipeline.sources import locks_folder
from harvester.reports import ExportReport, RunReport
from harvester.store import Run, RunKind

if TYPE_CHECKING:
    from harvester.store import Store

log = logging.getLogger("harvester.daemon")

Now = Callable[[], datetime]
Stop = Callable[[], bool]


def harvest(config: Config, store: Store, name: str, *, now: Now, stop: Stop) -> list[RunReport]:
    """Harvests one source. Raises `StoreError` only; without a store nothing can be remembered."""
    return _attempt(config, store, name, "harvest", now, stop)


def reconcile(config: Config, store: Store, name: str, *, now: Now, stop: Stop) -> list[RunReport]:
    """Compares one source with its provider. Raises `StoreError` only."""
    return _attempt(config, store, name, "reconcile", now, stop)


def _attempt(
    config: Config,
    store: Store,
    name: str,
    what: Literal["harvest", "reconcile"],
    now: Now,
    stop: Stop,
) -> list[RunReport]:
    begun = now()
    do, newest = (
        (pipeline.harvest, store.newest_run) if what == "harvest" else (pipeline.reconcile, store.last_reconciled)
    )
    with about(source=name):
        try:
            reports = do(config, store, [name], now=now, stop=stop)
        except BusyError as error:
            log.info("not now: %s", error)
            return []
        except StoreError:
            raise
        except HarvesterError as error:
            reports = _failed(config, name, str(error))
        except Exception as error:  # a mistake of ours must not take the other sources with it
            log.exception("an error in the program")
            reports = _failed(config, name, f"{type(error).__name__}: {error}; please report this with the log")
        for report in reports:
            run = newest(name, report.format)
            kind: RunKind = "reconcile" if what == "reconcile" else "incremental" if run else "full"
            _remember(store, report, run, kind, begun, now(), stopped=stop())
    return reports


def _failed(config: Config, name: str, error: str) -> list[RunReport]:
    formats = config.sources[name].formats
    return [RunReport(source=name, format=prefix, state="failed", error=error) for prefix in formats]


def _remember(
    store: Store, report: RunReport, run: Run | None, kind: RunKind, begun: datetime, ended: datetime, *, stopped: bool
) -> None:
    """Sees to it that the run table has this attempt, and that a run we stopped ourselves goes on by itself."""
    known = run is not None and run.finished is not None and run.finished >= begun
    if run is not None and known:
        if stopped and run.state == "incomplete":
            store.finish_run(run.id, "incomplete", ended, INTERRUPTED)
    elif stopped:
        return  # it had no turn yet
    elif run is not None and run.state != "complete":  # its checkpoints are of use to the next attempt
        state = report.state if run.state == "running" else run.state
        run = store.finish_run(run.id, state, ended, report.error)
    else:
        run = store.begin_run(report.source, report.format, kind, (), begun)
        store.finish_run(run.id, report.state, ended, report.error)
    _log(report, run.id)


def _log(report: RunReport, run_id: int) -> None:
    with about(run=run_id):
        counts = "%s: %s; new %d, changed %d, deleted %d, rejected %d, pages %d, %.1f s"
        values = (report.new, report.changed, report.deleted, report.rejected, report.pages, report.seconds)
        log.info(counts, report.format, report.state, *values)
        if report.error:
            log.warning("%s: %s", report.format, report.error)


def export(config: Config, store: Store, *, now: Now) -> ExportReport | str:
    """Exports what is new or changed; the report, or a sentence about what kept us from it."""
    try:
        report = pipeline.export(config, store, now=now)
    except BusyError as error:
        log.info("no export now: %s", error)
        return ExportReport()
    except HarvesterError as error:
        log.warning("no export: %s", error)
        return str(error)
    log.info("exported %d files, %d records held back", len(report.files), len(report.held_back))
    return report


def recognise_crashed(config: Config, store: Store, now: datetime) -> int:
    """Marks the runs that are 'running' while nobody is at work on their source; how many there were."""
    crashed = 0
    for run in store.running_runs():
        try:
            with locks.hold(locks_folder(config), f"source-{run.source}", what="a look for crashed runs"):
                if store.run(run.id).state == "running":
                    store.finish_run(run.id, "incomplete", now, INTERRUPTED)
                    crashed += 1
                    with about(source=run.source, run=run.id):
                        log.warning("the program ended in the middle of this run; it goes on from its last page")
        except BusyError:
            continue  # someone is at work on it
    return crashed
