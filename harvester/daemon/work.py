"""The work: one source, an export or the report. Every attempt is recorded in the run table, however it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harvester import pipeline, report
from harvester.config import Config
from harvester.counting import counted
from harvester.daemon.turns import turns
from harvester.deposits.target import TARGETS, configured_targets
from harvester.errors import AgencyError, BusyError, HarvesterError, Stopped, StoreError
from harvester.registration.matches import MATCHING
from harvester.registration.readback import READABLE
from harvester.registration.registrar import sending_agencies
from harvester.registration.round import RoundReport
from harvester.registration.waiting import added
from harvester.reports import ExportReport, RunReport, WrittenReport, combined
from harvester.standing.due import (
    DEPOSIT,
    EXPORT,
    READ_BACK,
    READBACK,
    REPORT,
    TaskKind,
    mark_attempt,
    read_back_until,
)
from harvester.standing.incidents import CRASHED
from harvester.store import Run, RunKind
from harvester.system import files, locks
from harvester.system.logcontext import log_context

if TYPE_CHECKING:
    from harvester.store import Store

log = logging.getLogger("harvester.daemon")

Now = Callable[[], datetime]
Stop = Callable[[], bool]
_OVERLAP = timedelta(days=1)  # of what is read back, because the agency names days


def do_due(config: Config, store: Store, name: str, *, now: Now, stop: Stop) -> list[RunReport]:
    """Harvests one source and compares it with its provider, as far as that is due. Raises only `StoreError`."""
    reports: list[RunReport] = []
    for task in turns(config, store.runs, name, now):
        if stop():
            break
        reports += (reconcile if task.kind == "reconcile" else harvest)(config, store, name, now=now, stop=stop)
    return reports


def harvest(config: Config, store: Store, name: str, *, now: Now, stop: Stop, full: bool = False) -> list[RunReport]:
    """Harvests one source. Raises only `StoreError`: without a store nothing can be recorded."""
    do = partial(pipeline.harvest, config, store, [name], now=now, stop=stop, full=full)
    return _attempt(config, store, name, "harvest", do, now, stop)


def reconcile(
    config: Config, store: Store, name: str, *, now: Now, stop: Stop, confirm: bool = False
) -> list[RunReport]:
    """Compares one source with its provider. Raises only `StoreError`."""
    do = partial(pipeline.reconcile, config, store, [name], now=now, stop=stop, confirm=confirm)
    return _attempt(config, store, name, "reconcile", do, now, stop)


def _attempt(
    config: Config,
    store: Store,
    name: str,
    what: Literal["harvest", "reconcile"],
    do: Callable[[], list[RunReport]],
    now: Now,
    stop: Stop,
) -> list[RunReport]:
    begun = now()
    newest = store.runs.newest_run if what == "harvest" else store.runs.last_reconciliation
    with log_context(source=name):
        try:
            reports = do()
        except BusyError as error:
            log.info("not now: %s", error)
            return []
        except StoreError:
            raise
        except HarvesterError as error:
            reports = _failed(config, name, str(error))
        except Exception as error:
            reports = _failed(config, name, _bug(error))
        for report in reports:
            if report.id is not None:
                _log(report, report.id)
                continue
            # No other process begins or ends a run between the look at the newest one and the record.
            with suppress(BusyError), locks.hold(config.locks, f"source-{name}", what="a record of an attempt"):
                run = newest(name, report.format)
                kind: RunKind = "reconcile" if what == "reconcile" else "incremental" if run else "full"
                _record_attempt(store, report, run, kind, begun, now(), stopped=stop())
    return reports


def _bug(error: Exception) -> str:
    """Logs an error in the program and words it as a failure: it must not stop the other work."""
    log.exception("an error in the program")
    return f"{type(error).__name__}: {error}; please report this with the log"


def _failed(config: Config, name: str, error: str) -> list[RunReport]:
    formats = config.sources[name].formats
    return [RunReport(source=name, format=prefix, state="failed", error=error) for prefix in formats]


def _record_attempt(
    store: Store, report: RunReport, run: Run | None, kind: RunKind, begun: datetime, ended: datetime, *, stopped: bool
) -> None:
    """Makes sure that the run table has this attempt; `run` is the newest one."""
    if run is not None and run.finished is not None and run.finished >= begun:
        pass  # the attempt is in the table
    elif stopped:
        return  # there was no attempt yet
    elif run is not None and run.state != "complete":  # the next attempt can use its checkpoints
        state = report.state if run.state in ("running", "waiting") else run.state
        run = store.runs.finish(run.id, state, ended, report.error)
    else:
        run = store.runs.begin(report.source, report.format, kind, (), begun)
        store.runs.finish(run.id, report.state, ended, report.error)
    _log(report, run.id)


def _log(report: RunReport, run_id: int) -> None:
    with log_context(run=run_id):
        counts = "%s: %s; new %d, changed %d, deleted %d, rejected %d, pages %d, %.1f s"
        values = (report.new, report.changed, report.deleted, report.rejected, report.pages, report.seconds)
        log.info(counts, report.format, report.state, *values)
        if report.error:
            log.warning("%s: %s", report.format, report.error)


def export(config: Config, store: Store, *, now: Now, stop: Stop) -> ExportReport | str | None:
    """Exports what is new or changed to every configured target. A failing target does not stop the others.

    Returns the report, the errors as sentences, or `None` if it must wait.
    """
    mark_attempt(config, EXPORT, now())
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
        except Exception as error:
            failures.append(_bug(error))
    if failures:
        return " ".join(failures)
    exported = combined(reports)
    number = "1 file" if len(exported.files) == 1 else f"{len(exported.files)} files"
    log.info("exported %s; records held back: %d", number, len(exported.held_back))
    return exported


def deposit(
    config: Config, store: Store, *, now: Now, stop: Stop, due: Collection[TaskKind]
) -> RoundReport | str | None:
    """Sends what is due and asks for results, at every agency.

    It exports before if "deposit" is `due`, and reads afterwards what has changed there if "readback" is. Returns what
    was done, the errors as sentences, or `None` if it must wait.
    """
    scheduled = "deposit" in due
    if scheduled:
        mark_attempt(config, DEPOSIT, now())
    done, failures = RoundReport(), []
    for agency in sending_agencies(config):
        try:
            exported = pipeline.export(config, store, TARGETS[agency.name], now=now, stop=stop) if scheduled else None
            sends = config.deposit_schedule() is not None
            done = added(
                done,
                pipeline.deposit(config, store, agency, now=now, exported=exported, sends=sends, stop=stop),
            )
        except (BusyError, Stopped) as error:
            log.info("no deposit now: %s", error)
            return None
        except StoreError:
            raise
        except HarvesterError as error:
            log.warning("no deposit: %s", error)
            failures.append(str(error))
        except Exception as error:
            failures.append(_bug(error))
    if failures:
        return " ".join(failures)
    if "readback" in due and not stop():
        _read_news(config, store, now=now, stop=stop)
    if done.sent or done.asked:
        log.info("sent %d deposit files, asked for the results of %d", done.sent, done.asked)
    return done


def _read_news(config: Config, store: Store, *, now: Now, stop: Stop) -> None:
    """Reads what has changed at the agencies since the last time. What fails is read a day later."""
    begun, last = now(), read_back_until(config)
    mark_attempt(config, READBACK, begun)
    since = (last - _OVERLAP).date() if last else None
    done = True
    for agency in READABLE.values():
        if agency.terms(config) is None:
            continue  # nothing is asked by itself while sending is off
        if agency.unreadable(config):
            _read_matches(config, store, agency.name, now=now, stop=stop)
            continue
        try:
            news = pipeline.read_news(config, store, agency, since=since, now=now, stop=stop)
        except (BusyError, Stopped) as error:
            done = False
            log.info("not read what %s holds: %s", agency.title, error)
        except AgencyError as error:
            done = False
            log.warning("not read what %s holds: %s", agency.title, error)
        else:
            log.info(
                "read %d changed records at %s; %d deposited by another program", news.read, agency.title, news.foreign
            )
    if done:
        mark_attempt(config, READ_BACK, begun)


def _read_matches(config: Config, store: Store, target: str, *, now: Now, stop: Stop) -> None:
    """Reads for which references an agency has found DOIs, where its lists do not say so."""
    agency = MATCHING.get(target)
    if agency is None:
        return
    try:
        read = pipeline.read_matches(config, store, agency, now=now, stop=stop)
    except (BusyError, Stopped) as error:
        log.info("not read which references %s has matched: %s", agency.title, error)
    else:
        log.info("read for %s which references %s has matched", counted(read, "DOI"), agency.title)


def write_report(config: Config, store: Store, *, now: Now, stop: Stop) -> WrittenReport | None:
    """Writes the report of `[report]`. Returns `None` if it was stopped."""
    mark_attempt(config, REPORT, now())
    try:
        gathered = report.gather(config, store, now=now(), stop=stop)
        write_report_file(config.report_file, report.to_html(gathered))
    except Stopped:
        return None
    except HarvesterError as error:
        log.warning("no report: %s", error)
        return WrittenReport(file=str(config.report_file), error=str(error))
    except Exception as error:
        return WrittenReport(file=str(config.report_file), error=_bug(error))
    log.info("wrote the report %s", config.report_file)
    return WrittenReport(file=str(config.report_file))


def write_report_file(path: Path, text: str) -> None:
    """Writes the page of the report. Raises `HarvesterError` if that is not possible."""
    try:
        files.write_whole(path, text.encode())
    except OSError as error:
        todo = "make its folder" if isinstance(error, FileNotFoundError) else "make room for it there"
        raise HarvesterError(f"{path} cannot be written: {error.strerror}; {todo}, or name another file") from error


def mark_crashed_runs(config: Config, store: Store, now: datetime) -> int:
    """Marks the runs that are "running" while no process works on their source, and returns how many there were."""
    crashed = 0
    for run in store.runs.running():
        try:
            with locks.hold(config.locks, f"source-{run.source}", what="a look for crashed runs"):
                if store.runs.get(run.id).state == "running":
                    store.runs.finish(run.id, "incomplete", now, CRASHED, interrupted=True)
                    crashed += 1
                    with log_context(source=run.source, run=run.id):
                        log.warning("%s", CRASHED)
        except BusyError:
            continue  # a process is at work on it
    return crashed
