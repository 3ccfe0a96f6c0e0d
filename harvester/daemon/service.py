"""The daemon: APScheduler runs the jobs, the main thread keeps watch.

The main thread wakes every few seconds. It notices signals, a clock that jumped and a configuration to be loaded again,
and tells systemd that all is well; work is done in the scheduler's threads, each source under its lock.
"""

from __future__ import annotations

import gc
import logging
import math
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from harvester import pipeline
from harvester.config import Config, load
from harvester.config.schedule import Schedule, next_after
from harvester.daemon import due_run, metrics, web, work
from harvester.daemon.due import Planned, agenda, waiting_until
from harvester.daemon.incidents import News
from harvester.daemon.notify import notify, reloading, watchdog_period
from harvester.errors import ConfigError, HarvesterError, StoreError, StoreLocked
from harvester.system import locks
from harvester.system.logcontext import log_context

if TYPE_CHECKING:
    from harvester.store import Store

log = logging.getLogger("harvester.daemon")

TICK = 5.0  # seconds between two looks around, at most
JUMP = 5.0  # seconds by which the wall clock may leave the other one
REPLAN = 900.0  # seconds between two looks at the run table: others work on it too, and cron looks as often
SOON = 60.0  # seconds until what the store kept us from is tried again
STUCK = 60.0  # seconds without a look around after which the daemon is not healthy


class Trigger(BaseTrigger):  # type: ignore[misc]
    """APScheduler's own cron skips days at clock changes and takes 0 for Monday; ours asks `schedule`."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Behind now: what was missed meanwhile was caught up by the one run that is beginning."""
        return next_after(self.schedule, max(previous, now) if previous else now)


def _moment(plan: Planned) -> datetime:
    return datetime.now(UTC) if plan.due else plan.next


class Daemon:
    """One daemon for one configuration. `run` ends with SIGTERM or SIGINT, or with `stop`."""

    def __init__(
        self,
        path: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        tick: float = TICK,
        replan: float = REPLAN,
    ) -> None:
        self.path, self.now, self.tick, self.replan = path, now, tick, replan
        self.config = load(path)
        self._stopping = threading.Event()
        self._telling = threading.Lock()
        self._untold = False  # whether a job that ended while the daemon stops had something to tell
        self._seen = self._planned = time.monotonic()
        self._halted = -math.inf  # when it was told last that the store cannot be used
        self._signals: list[int] = []
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(self.config.daemon.workers)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_listener(self._hear, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)

    # ------------------------------------------------------------------------------------ life

    def run(self) -> None:
        """Works until it is told to stop.

        Raises `BusyError` when another daemon has this configuration, `StoreError` where it cannot begin without one.
        """
        try:
            self._live()
        except StoreError as error:
            self._halt(error)
            raise

    def _live(self) -> None:
        with ExitStack() as stack:
            stack.enter_context(locks.hold(self.config.locks_dir, "daemon", what="the daemon"))
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
        self._plan()
        self._scheduler.add_job(self._tell, args=[self.config, {}])  # what could not be told before
        self._scheduler.start()
        self._say_ready()
        notify("READY=1")

    def _say_ready(self) -> None:
        number = len(self.config.schedules())
        log.info("ready: %d source%s with a schedule", number, "" if number == 1 else "s")
        if not number:
            log.warning('no source has a schedule; set one, such as schedule = "30 2 * * *", and load it with SIGHUP')

    def _end(self) -> None:
        notify("STOPPING=1")
        log.info("stopping at the next page")
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
        if self._untold:
            with suppress(StoreError):
                self._inform(self.config, {})
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
                self._plan_anew()
            elif time.monotonic() - self._planned > self.replan:
                self._plan_anew()
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
            self._plan_anew()
            log.info("the configuration was loaded again")
            self._say_ready()
        notify("READY=1")

    # -------------------------------------------------------------------------------------- jobs

    def _plan(self) -> None:
        """Plans every job anew from configuration and run table: what was missed or crashed is due now, once."""
        config = self.config
        with pipeline.opened(config) as store:
            work.recognise_crashed(config, store, self.now())
            plans = {plan.name: plan for plan in agenda(config, store, self.now())}
        for job in self._scheduler.get_jobs():
            if job.id not in plans:
                self._scheduler.remove_job(job.id)
        calls = {"harvest": self._harvest, "reconcile": self._reconcile, "export": self._export, "report": self._report}
        for name, plan in plans.items():
            self._scheduler.add_job(
                calls[plan.what],
                Trigger(plan.schedule),
                args=[plan.subject],
                id=name,
                name=name,
                replace_existing=True,
                next_run_time=_moment(plan),
            )

    def _plan_anew(self) -> None:
        """Where the store cannot be used, the old plan stays until it is looked at again, which is soon."""
        self._planned = time.monotonic()
        try:
            self._plan()
        except StoreError as error:
            self._planned += SOON - self.replan
            self._scheduler.add_job(self._halt, args=[error])  # mail may take longer than the watchdog waits

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
            if waiting_until(store, config.sources[name], self.now()):
                self._put_off(config, store, name)
        self._tell(config, {})
        gc.collect()  # libraries leave 5,000 objects in cycles, and where harvests overlap the collector is at rest

    def _put_off(self, config: Config, store: Store, name: str) -> None:
        """The provider wants to be left alone: the jobs of this source come when that is over."""
        for plan in agenda(config, store, self.now()):
            if plan.subject == name and self._scheduler.get_job(plan.name):
                self._scheduler.modify_job(plan.name, next_run_time=_moment(plan))

    def _export(self, _subject: str) -> None:
        self._write(
            lambda config, store: due_run.written(
                work.export(config, store, now=self.now, stop=self._stopping.is_set), None
            )
        )

    def _report(self, _subject: str) -> None:
        self._write(
            lambda config, store: due_run.written(
                None, work.write_report(config, store, now=self.now, stop=self._stopping.is_set)
            )
        )

    def _write(self, do: Callable[[Config, Store], dict[str, str | None]]) -> None:
        config = self.config
        if self._stopping.is_set():
            return
        with pipeline.opened(config) as store:
            done = do(config, store)
        self._tell(config, done)

    def _tell(self, config: Config, written: Mapping[str, str | None]) -> None:
        """Tells what needs a person; one job at a time, so that nothing is told twice.

        While the daemon stops, a mail server that hangs would keep each of them waiting: one tells for all, at the end.
        """
        with self._telling:
            if self._stopping.is_set():
                self._untold = True
            else:
                self._inform(config, written)

    def _inform(self, config: Config, written: Mapping[str, str | None]) -> None:
        with pipeline.opened(config) as store:
            self._log(config, *due_run.inform(config, store, self.now, written, self._stopping.is_set))

    def _halt(self, error: StoreError) -> None:
        """Tells that the store cannot be used. What is due stays due and is tried again soon, more often than told."""
        log.log(logging.INFO if isinstance(error, StoreLocked) else logging.DEBUG, "not now: %s", error)
        config = self.config
        with self._telling:
            if time.monotonic() - self._halted < self.replan:
                return
            self._halted = time.monotonic()
            self._log(config, *due_run.inform_of_halt(config, error, self.now(), self._stopping.is_set))

    def _log(self, config: Config, news: News, not_told: str | None) -> None:
        for trouble in news.troubles:
            with log_context(source=trouble.subject):
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
        if isinstance(failure, StoreError):
            self._halt(failure)
        else:
            known = isinstance(failure, HarvesterError)
            log.error("%s: %s", event.job_id, failure, exc_info=None if known else failure)
        self._retry(event.job_id)

    def _retry(self, job_id: str) -> None:
        """Without a store there is no trace of the attempt: it is tried again soon, not at the next date."""
        if job := self._scheduler.get_job(job_id):
            soon = self.now() + timedelta(seconds=SOON)
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
