"""The work itself: one source, or an export. Every attempt leaves its trace in the run table, however it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harvester import pipeline, report
from harvester.config import Config
from harvester.daemon.incidents import CRASHED
from harvester.deposits.target import configured_targets
from harvester.errors import BusyError, HarvesterError, Stopped, StoreError
from harvester.reports import ExportReport, PageReport, RunReport, combined
from harvester.store import Run, RunKind
from harvester.system import files, locks
from harvester.system.logcontext import log_context

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
        (pipeline.harvest, store.newest_run) if what == "harvest" else (pipeline.reconcile, store.last_reconciliation)
    )
    with log_context(source=name):
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
        for one in reports:
            run = newest(name, one.format)
            kind: RunKind = "reconcile" if what == "reconcile" else "incremental" if run else "full"
            _remember(store, one, run, kind, begun, now(), stopped=stop())
    return reports


def _failed(config: Config, name: str, error: str) -> list[RunReport]:
    formats = config.sources[name].formats
    return [RunReport(source=name, format=prefix, state="failed", error=error) for prefix in formats]


def _remember(
    store: Store, said: RunReport, run: Run | None, kind: RunKind, begun: datetime, ended: datetime, *, stopped: bool
) -> None:
    """Sees to it that the run table has this attempt."""
    if run is not None and run.finished is not None and run.finished >= begun:
        pass  # it has it
    elif stopped:
        return  # it had no turn yet
    elif run is not None and run.state != "complete":  # its checkpoints are of use to the next attempt
        state = said.state if run.state in ("running", "waiting") else run.state
        run = store.finish_run(run.id, state, ended, said.error)
    else:
        run = store.begin_run(said.source, said.format, kind, (), begun)
        store.finish_run(run.id, said.state, ended, said.error)
    _log(said, run.id)


def _log(said: RunReport, run_id: int) -> None:
    with log_context(run=run_id):
        counts = "%s: %s; new %d, changed %d, deleted %d, rejected %d, pages %d, %.1f s"
        values = (said.new, said.changed, said.deleted, said.rejected, said.pages, said.seconds)
        log.info(counts, said.format, said.state, *values)
        if said.error:
            log.warning("%s: %s", said.format, said.error)


def export(config: Config, store: Store, *, now: Now, stop: Stop) -> ExportReport | str | None:
    """Exports what is new or changed to every configured target. A target that fails costs the others nothing.

    Returns the report, or a sentence about what failed; `None`: not now.
    """
    reports, failures = [], []
    for target in configured_targets(config):
        try:
            reports.append(pipeline.export(config, store, target, now=now, stop=stop))
        except (BusyError, Stopped) as error:
            log.info("no export now: %s", error)
            return None
        except HarvesterError as error:
            log.warning("no export: %s", error)
            failures.append(str(error))
    if failures:
        return " ".join(failures)
    done = combined(reports)
    files_ = "1 file" if len(done.files) == 1 else f"{len(done.files)} files"
    log.info("exported %s; records held back: %d", files_, len(done.held_back))
    return done


def write_report(config: Config, store: Store, *, now: Now, stop: Stop) -> PageReport | None:
    """Writes the page of `[report]`. `None`: not now."""
    try:
        said = report.gather(config, store, now=now(), stop=stop)
        write_page(config.report_file, report.page(said))
    except Stopped:
        return None
    except HarvesterError as error:
        log.warning("no report: %s", error)
        return PageReport(file=str(config.report_file), error=str(error))
    log.info("wrote the report %s", config.report_file)
    return PageReport(file=str(config.report_file))


def write_page(path: Path, text: str) -> None:
    """Raises `HarvesterError` where it cannot be written."""
    try:
        files.write_whole(path, text.encode())
    except OSError as error:
        todo = "make its folder" if isinstance(error, FileNotFoundError) else "make room for it there"
        raise HarvesterError(f"{path} cannot be written: {error.strerror}; {todo}, or name another file") from error


def recognise_crashed(config: Config, store: Store, now: datetime) -> int:
    """Marks the runs that are 'running' while nobody is at work on their source; how many there were."""
    crashed = 0
    for run in store.running_runs():
        try:
            with locks.hold(config.locks_dir, f"source-{run.source}", what="a look for crashed runs"):
                if store.run(run.id).state == "running":
                    store.finish_run(run.id, "incomplete", now, CRASHED, interrupted=True)
                    crashed += 1
                    with log_context(source=run.source, run=run.id):
                        log.warning("%s", CRASHED)
        except BusyError:
            continue  # someone is at work on it
    return crashed
