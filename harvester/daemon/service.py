"""The daemon: APScheduler runs the jobs, and the main thread watches.

The main thread wakes every few seconds. It handles signals, notices when the clock jumps, loads a changed configuration
and sends systemd signs of life. The threads of the scheduler do the work, each source under its lock.
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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from harvester import pipeline
from harvester.config import Config, load
from harvester.config.schedule import Schedule, next_after
from harvester.daemon import due_run, metrics, web, work
from harvester.daemon.digest import send_digest
from harvester.daemon.due import DIGEST, EXPORT, REPORT, Task, scheduled_tasks, source_tasks
from harvester.daemon.incidents import Notification
from harvester.daemon.notify import notify, reloading, watchdog_period
from harvester.daemon.turns import in_turn
from harvester.errors import ConfigError, HarvesterError, StoreError, StoreLocked
from harvester.system import locks
from harvester.system.logcontext import log_context

if TYPE_CHECKING:
    from harvester.store import Store

log = logging.getLogger("harvester.daemon")

TICK = 5.0  # seconds between two rounds of the main thread, at most
JUMP = 5.0  # seconds by which the wall clock may drift from the monotonic one before that counts as a jump
REPLAN = 900.0  # seconds between two readings of the run table, which others change too; cron runs as often
RETRY_AFTER = 60.0  # seconds until a job is retried that failed because of the store, or found another process at work
PAUSE = 1.0  # seconds between two jobs of one source: APScheduler starts none before the last one has returned
STUCK = 60.0  # seconds without a round of the main thread after which the daemon is not healthy


class Trigger(BaseTrigger):  # type: ignore[misc]
    """A trigger that follows `config.schedule`. APScheduler's own skips days at clock changes, and its 0 is Monday."""

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        self.schedules = schedules

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The next moment after now: the run that begins now makes up for all that were missed."""
        after = max(previous, now) if previous else now
        return min(next_after(schedule, after) for schedule in self.schedules)


def _moment(tasks: Iterable[Task]) -> datetime:
    """When to work on the subject of these tasks."""
    return min(datetime.now(UTC) if task.due else task.next for task in tasks)


class Daemon:
    """One daemon for one configuration. `run` ends on SIGTERM, SIGINT or `stop`."""

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
        self._notifying = threading.Lock()
        self._notification_postponed = False  # whether a job that ended while the daemon stops has to notify people
        self._last_round = self._last_plan = time.monotonic()
        self._outage_reported = -math.inf  # when it was last reported that the store cannot be used
        self._signals: list[int] = []
        self._executor = ThreadPoolExecutor(self.config.daemon.workers)
        self._scheduler = BackgroundScheduler(
            executors={"default": self._executor},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_listener(self._on_job_error, EVENT_JOB_ERROR)

    # ------------------------------------------------------------------------------- start and stop

    def run(self) -> None:
        """Works until it is stopped.

        Raises `BusyError` if another daemon has this configuration, `StoreError` if the store cannot be used at start.
        """
        try:
            self._run()
        except StoreError as error:
            self._notify_of_outage(error)
            raise

    def _run(self) -> None:
        with ExitStack() as stack:
            stack.enter_context(locks.hold(self.config.locks_dir, "daemon", what="the daemon"))
            wake = stack.enter_context(self._signal_handlers())
            if self.config.daemon.listen:
                probes = {"health": self.health, "ready": self.ready, "metrics": self.metrics}
                stack.enter_context(web.serve(self.config.daemon.listen, **probes))  # type: ignore[arg-type]
            self._begin()
            stack.callback(self._end)
            self._watch(wake)

    def stop(self) -> None:
        """Requests a stop at the next page. May be called from any thread."""
        self._stopping.set()

    def _begin(self) -> None:
        self._plan()
        self._scheduler.add_job(self._notify, args=[self.config, {}])  # a notification may have failed before
        self._scheduler.start()
        self._log_ready()
        notify("READY=1")

    def _log_ready(self) -> None:
        number = len(self.config.schedules())
        log.info("ready: %d source%s with a schedule", number, "" if number == 1 else "s")
        if not number:
            log.warning('no source has a schedule; set one, such as schedule = "30 2 * * *", and load it with SIGHUP')

    def _end(self) -> None:
        notify("STOPPING=1")
        log.info("stopping at the next page")
        self._stopping.set()
        self._scheduler.shutdown(wait=False)  # if it waits, it holds a lock that a job needs to move its next run
        self._executor.shutdown(wait=True)
        if self._notification_postponed:
            with suppress(StoreError):
                self._notify_now(self.config, {})
        log.info("stopped")

    # ------------------------------------------------------------------------------------- watch

    def _watch(self, wake: int) -> None:
        period = min(self.tick, watchdog_period() or self.tick)
        difference = self._clock_difference()
        while not self._stopping.is_set():
            select.select([wake], [], [], period)
            self._handle_signals(wake)
            self._last_round = time.monotonic()
            if abs(jumped := self._clock_difference() - difference) > JUMP:
                difference += jumped
                log.warning("the clock jumped by %+.0f s; all is planned anew", jumped)
                self._replan()
            elif time.monotonic() - self._last_plan > self.replan:
                self._replan()
            self._scheduler.wakeup()
            if self.health() is None:
                notify("WATCHDOG=1")

    def _clock_difference(self) -> float:
        """Seconds by which the wall clock is ahead of the monotonic clock, which never jumps."""
        return self.now().timestamp() - time.monotonic()

    def _handle_signals(self, wake: int) -> None:
        while select.select([wake], [], [], 0)[0]:
            os.read(wake, 64)
        while self._signals:
            if self._signals.pop(0) == signal.SIGHUP:
                self._reload()
            else:
                self._stopping.set()

    @contextmanager
    def _signal_handlers(self) -> Iterator[int]:
        """The reading end of a pipe that becomes readable on a signal. Only the main thread can receive signals."""
        readable, writable = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

        def handle(number: int, _frame: FrameType | None) -> None:
            self._signals.append(number)
            with suppress(BlockingIOError):  # the pipe is full, which wakes the reader too
                os.write(writable, b"!")

        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        main = threading.current_thread() is threading.main_thread()
        before = {number: signal.signal(number, handle) for number in numbers} if main else {}
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
            self._replan()
            log.info("the configuration was loaded again")
            self._log_ready()
        notify("READY=1")

    # -------------------------------------------------------------------------------------- jobs

    def _plan(self) -> None:
        """Schedules all jobs from configuration and run table: what was missed or crashed is due now, once.

        A source has one job for all that is due of it. Two would find each other at work, again and again.
        """
        config, now = self.config, self.now()
        with pipeline.opened(config) as store:
            work.mark_crashed_runs(config, store, now)
            tasks = scheduled_tasks(config, store, now)
        subjects = {task.subject for task in tasks}
        for job in self._scheduler.get_jobs():
            if job.id not in subjects:
                self._scheduler.remove_job(job.id)
        # The workers take what is due in the order in which it is scheduled here.
        for subject in dict.fromkeys(task.subject for task in (*in_turn(tasks, now), *tasks)):
            self._schedule(subject, [task for task in tasks if task.subject == subject])

    def _schedule(self, subject: str, tasks: Sequence[Task]) -> None:
        calls = {EXPORT: self._export, REPORT: self._report, DIGEST: self._digest}
        self._scheduler.add_job(
            calls.get(subject, self._work_on_source),
            Trigger([task.schedule for task in tasks]),
            args=[subject],
            id=subject,
            name=subject,
            replace_existing=True,
            next_run_time=_moment(tasks),
        )

    def _replan(self) -> None:
        """Plans again. If the store cannot be used, the old plan stays, and the next attempt is soon."""
        self._last_plan = time.monotonic()
        try:
            self._plan()
            self._scheduler.add_job(self._notify, args=[self.config, {}])  # what has failed long enough to be reported
        except StoreError as error:
            self._last_plan += RETRY_AFTER - self.replan
            self._scheduler.add_job(self._notify_of_outage, args=[error])  # a mail may outlast the watchdog's patience

    def _work_on_source(self, name: str) -> None:
        config = self.config
        if name not in config.sources or self._stopping.is_set():
            return
        with pipeline.opened(config) as store:
            done = work.do_due(config, store, name, now=self.now, stop=self._stopping.is_set)
        self._notify(config, {})
        gc.collect()  # libraries leave 5,000 objects in cycles, and overlapping harvests keep the collector off
        self._plan_next(config, name, PAUSE if done else RETRY_AFTER)

    def _plan_next(self, config: Config, name: str, pause: float) -> None:
        """Moves the job of a source to what is next by the run table: while it worked, something may have become due.

        A provider that wants no requests is left alone until it allows them again.
        """
        with pipeline.opened(config) as store:
            tasks = source_tasks(config, store, name, self.now())
        if tasks:
            self._move_job(name, max(_moment(tasks), datetime.now(UTC) + timedelta(seconds=pause)))

    def _move_job(self, job_id: str, moment: datetime) -> None:
        with suppress(JobLookupError):  # it is configured no more, or the daemon stops
            self._scheduler.modify_job(job_id, next_run_time=moment)

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

    def _digest(self, _subject: str) -> None:
        config = self.config
        with pipeline.opened(config) as store:
            digest, error = send_digest(config, store, self.now(), self._stopping.is_set)
        if digest:
            log.warning("for a person:\n%s", digest.text())
        if error:
            log.error("%s", error)

    def _write(self, do: Callable[[Config, Store], dict[str, str | None]]) -> None:
        config = self.config
        if self._stopping.is_set():
            return
        with pipeline.opened(config) as store:
            written = do(config, store)
        self._notify(config, written)

    def _notify(self, config: Config, written: Mapping[str, str | None]) -> None:
        """Notifies people of incidents, one job at a time, so that nothing is reported twice.

        While the daemon stops, a mail server that hangs would delay every job. So one job notifies for all, at the end.
        """
        with self._notifying:
            if self._stopping.is_set():
                self._notification_postponed = True
            else:
                self._notify_now(config, written)

    def _notify_now(self, config: Config, written: Mapping[str, str | None]) -> None:
        with pipeline.opened(config) as store:
            self._log(config, *due_run.notify_of_incidents(config, store, self.now, written, self._stopping.is_set))

    def _notify_of_outage(self, error: StoreError) -> None:
        """Notifies people that the store cannot be used. Jobs are retried more often than this is reported."""
        log.log(logging.INFO if isinstance(error, StoreLocked) else logging.DEBUG, "not now: %s", error)
        config = self.config
        with self._notifying:
            if time.monotonic() - self._outage_reported < self.replan:
                return
            self._outage_reported = time.monotonic()
            self._log(config, *due_run.notify_of_outage(config, error, self.now(), self._stopping.is_set))

    def _log(self, config: Config, notification: Notification, notification_error: str | None) -> None:
        for incident in notification.incidents:
            with log_context(source=incident.subject):
                log.error("needs a person:\n%s", incident.lines(config.zone))
        for alert in notification.recovered:
            log.info("%s works again", alert.subject)
        if notification_error:
            log.error("%s", notification_error)

    def _on_job_error(self, event: JobExecutionEvent) -> None:
        """Logs a failed job in clearer words than APScheduler, and retries it."""
        failure: Any = event.exception
        if isinstance(failure, StoreError):
            self._notify_of_outage(failure)
        else:
            expected = isinstance(failure, HarvesterError)
            log.error("%s: %s", event.job_id, failure, exc_info=None if expected else failure)
        self._retry(event.job_id)

    def _retry(self, job_id: str) -> None:
        """Retries a job soon, not at its next date: if the store failed, the attempt is not recorded."""
        if job := self._scheduler.get_job(job_id):
            soon = self.now() + timedelta(seconds=RETRY_AFTER)
            self._move_job(job_id, min(job.next_run_time, soon))

    # ----------------------------------------------------------------------------------- probes

    def health(self) -> str | None:
        """What is wrong with the daemon itself, `None` if nothing is."""
        if time.monotonic() - self._last_round > STUCK:
            return "the main thread has not looked around for a minute"
        thread: Any = getattr(self._scheduler, "_thread", None)
        return None if thread is not None and thread.is_alive() else "the scheduler is not running"

    def ready(self) -> str | None:
        """What prevents the daemon from working, `None` if nothing does."""
        if self._stopping.is_set():
            return "stopping"
        try:
            with pipeline.opened(self.config):
                return self.health()
        except HarvesterError as error:
            return str(error)

    def metrics(self) -> bytes:
        """The metrics in Prometheus' text format. Raises `HarvesterError`."""
        with pipeline.opened(self.config) as store:
            return metrics.exposition(self.config, store, self.now())
