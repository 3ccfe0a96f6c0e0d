"""The daemon: APScheduler runs the jobs, the main thread keeps watch.

The main thread wakes every few seconds. It notices signals, a clock that jumped and a configuration to be loaded again,
and tells systemd that all is well; work is done in the scheduler's threads, each source under its lock.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from harvester import locks, pipeline
from harvester.config import Config, load
from harvester.daemon import metrics, turn, web, work
from harvester.daemon.due import export_due, planned, reconciling
from harvester.daemon.logs import about
from harvester.daemon.notify import notify, reloading, watchdog_period
from harvester.daemon.troubles import EXPORT
from harvester.errors import ConfigError, HarvesterError
from harvester.pipeline.sources import locks_folder
from harvester.reports import ExportReport
from harvester.schedule import Schedule, next_after

log = logging.getLogger("harvester.daemon")

TICK = 5.0  # seconds between two looks around, at most
JUMP = 5.0  # seconds by which the wall clock may leave the other one
RECONCILE = "reconcile "  # in front of a source's name: the job that compares it with its provider
STUCK = 60.0  # seconds without a look around after which the daemon is not healthy


Job = tuple[Schedule, datetime | None, Callable[[str], None]]  # when, since when it is due already, what


class Trigger(BaseTrigger):  # type: ignore[misc]
    """APScheduler's own cron skips days at clock changes and takes 0 for Monday; ours asks `schedule`."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Behind now: what was missed meanwhile was caught up by the one run that is beginning."""
        return next_after(self.schedule, max(previous, now) if previous else now)


class Daemon:
    """One daemon for one configuration. `run` ends with SIGTERM or SIGINT, or with `stop`."""

    def __init__(
        self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), tick: float = TICK
    ) -> None:
        self.path, self.now, self.tick = path, now, tick
        self.config = load(path)
        self._stopping = threading.Event()
        self._telling = threading.Lock()
        self._seen = time.monotonic()
        self._signals: list[int] = []
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(self.config.daemon.workers)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_listener(self._hear, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)

    # ------------------------------------------------------------------------------------ life

    def run(self) -> None:
        """Works until it is told to stop. Raises `BusyError` when another daemon has this configuration."""
        with ExitStack() as stack:
            stack.enter_context(locks.hold(locks_folder(self.config), "daemon", what="the daemon"))
            wake = stack.enter_context(self._listening_to_signals())
            if self.config.daemon.listen:
                probes = {"health": self.health, "ready": self.ready, "metrics": self.metrics}
                stack.enter_context(web.serving(self.config.daemon.listen, **probes))  # type: ignore[arg-type]
            self._begin()
            stack.callback(self._end)
            self._watch(wake)

    def stop(self) -> None:
        """Asks the daemon to stop at the next page; from any thread."""
        self._stopping.set()

    def _begin(self) -> None:
        with pipeline.opened(self.config) as store:
            work.recognise_crashed(self.config, store, self.now())
        self._plan()
        self._scheduler.start()
        log.info("ready: %d sources with a schedule", len(self.config.schedules()))
        notify("READY=1")

    def _end(self) -> None:
        notify("STOPPING=1")
        log.info("stopping at the next page")
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
        log.info("stopped")

    # ------------------------------------------------------------------------------------- watch

    def _watch(self, wake: int) -> None:
        period = min(self.tick, watchdog_period() or self.tick)
        ahead = self._ahead()
        while not self._stopping.is_set():
            select.select([wake], [], [], period)
            self._heed_signals(wake)
            self._seen = time.monotonic()
            if abs(jumped := self._ahead() - ahead) > JUMP:
                ahead += jumped
                log.warning("the clock jumped by %+.0f s; all is planned anew", jumped)
                self._plan()
            self._scheduler.wakeup()
            if self.health() is None:
                notify("WATCHDOG=1")

    def _ahead(self) -> float:
        """Seconds by which the wall clock is ahead of the one that never jumps."""
        return self.now().timestamp() - time.monotonic()

    def _heed_signals(self, wake: int) -> None:
        while select.select([wake], [], [], 0)[0]:
            os.read(wake, 64)
        while self._signals:
            if self._signals.pop(0) == signal.SIGHUP:
                self._reload()
            else:
                self._stopping.set()

    @contextmanager
    def _listening_to_signals(self) -> Iterator[int]:
        """The end of a pipe that can be read from when a signal came; off the main thread there are none."""
        readable, writable = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

        def hear(number: int, _frame: FrameType | None) -> None:
            self._signals.append(number)
            with suppress(BlockingIOError):  # enough wakes the reader already
                os.write(writable, b"!")

        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        main = threading.current_thread() is threading.main_thread()
        before = {number: signal.signal(number, hear) for number in numbers} if main else {}
        try:
            yield readable
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(readable)
            os.close(writable)

    def _reload(self) -> None:
        notify(reloading())
        try:
            loaded = load(self.path)
        except ConfigError as error:
            log.error("the configuration stays as it was: %s", error)
        else:
            if loaded.daemon != self.config.daemon or loaded.path.parent != self.config.path.parent:
                log.warning("[daemon] has changed; that takes effect when the daemon is started again")
            self.config = loaded
            self._plan()
            log.info("the configuration was loaded again")
        notify("READY=1")

    # -------------------------------------------------------------------------------------- jobs

    def _plan(self) -> None:
        """Plans every job anew from configuration and run table: what was missed is due now, once."""
        config, now = self.config, self.now()
        with pipeline.opened(config) as store:
            jobs: dict[str, Job] = {p.source: (p.schedule, p.due, self._harvest) for p in planned(config, store, now)}
            for plan in reconciling(config, store, now):
                jobs[RECONCILE + plan.source] = (plan.schedule, plan.due, self._reconcile)
            if schedule := config.export_schedule():
                jobs[EXPORT] = (schedule, export_due(config, store, now), self._export)
        for job in self._scheduler.get_jobs():
            if job.id not in jobs:
                self._scheduler.remove_job(job.id)
        for name, (schedule, due, call) in jobs.items():
            self._scheduler.add_job(
                call,
                Trigger(schedule),
                args=[name.removeprefix(RECONCILE)],
                id=name,
                name=name,
                replace_existing=True,
                next_run_time=datetime.now(UTC) if due else next_after(schedule, now),
            )

    def _harvest(self, name: str) -> None:
        self._source(name, work.harvest)

    def _reconcile(self, name: str) -> None:
        self._source(name, work.reconcile)

    def _source(self, name: str, do: Callable[..., object]) -> None:
        config = self.config
        if name not in config.sources or self._stopping.is_set():
            return
        with pipeline.opened(config) as store:
            do(config, store, name, now=self.now, stop=self._stopping.is_set)
        self._tell(config, None)

    def _export(self, _name: str) -> None:
        config = self.config
        with pipeline.opened(config) as store:
            done = work.export(config, store, now=self.now)
        self._tell(config, done)

    def _tell(self, config: Config, export: ExportReport | str | None) -> None:
        """Tells what needs a person; one job at a time, so that nothing is told twice."""
        with self._telling, pipeline.opened(config) as store:
            news, not_told = turn.report(config, store, self.now, export)
        for trouble in news.troubles:
            with about(source=trouble.subject):
                log.error("needs a person:\n%s", trouble.lines(config.zone))
        for alert in news.over:
            log.info("%s works again", alert.subject)
        if not_told:
            log.error("%s", not_told)

    def _hear(self, event: JobEvent) -> None:
        """What APScheduler would say in words that help nobody."""
        if event.code == EVENT_JOB_MAX_INSTANCES:
            log.info("%s is due again while its last run is still at work; that run serves for both", event.job_id)
            return
        failure: Any = getattr(event, "exception", None)
        log.error("%s: %s", event.job_id, failure, exc_info=None if isinstance(failure, HarvesterError) else failure)
        self._retry(event.job_id)

    def _retry(self, job_id: str) -> None:
        """Without a store there is no trace of the attempt: it is tried again soon, not at the next date."""
        if job := self._scheduler.get_job(job_id):
            soon = self.now() + timedelta(minutes=1)
            self._scheduler.modify_job(job_id, next_run_time=min(job.next_run_time, soon))

    # ----------------------------------------------------------------------------------- probes

    def health(self) -> str | None:
        """What is wrong with the daemon itself."""
        if time.monotonic() - self._seen > STUCK:
            return "the main thread has not looked around for a minute"
        thread: Any = getattr(self._scheduler, "_thread", None)
        return None if thread is not None and thread.is_alive() else "the scheduler is not running"

    def ready(self) -> str | None:
        """What keeps the daemon from its work."""
        if self._stopping.is_set():
            return "stopping"
        try:
            with pipeline.opened(self.config):
                return self.health()
        except HarvesterError as error:
            return str(error)

    def metrics(self) -> bytes:
        with pipeline.opened(self.config) as store:
            return metrics.exposition(self.config, store, self.now())
