"""The daemon: `Jobs` does the work, and the main thread watches.

The main thread wakes every few seconds. It handles signals, notices when the clock jumps, loads a changed configuration
and sends systemd signs of life.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from harvester import pipeline
from harvester.config import load
from harvester.daemon import metrics, signals, web
from harvester.daemon.jobs import RETRY_AFTER, Jobs
from harvester.daemon.notifier import Notifier
from harvester.daemon.notify import notify, reloading, watchdog_period
from harvester.errors import ConfigError, HarvesterError, StoreError
from harvester.system import locks
from harvester.web.serving import serve_page

log = logging.getLogger("harvester.daemon")

TICK = 1.0  # seconds between two rounds of the main thread, at most: so long waits who asks on the web page
JUMP = 5.0  # seconds by which the wall clock may drift from the monotonic one before that counts as a jump
REPLAN = 900.0  # seconds between two readings of the run table, which others change too; cron runs as often
STUCK = 60.0  # seconds without a round of the main thread after which the daemon is not healthy


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
        self._notifier = Notifier(now, self._stopping, outage_pause=replan)
        self.jobs = Jobs(self.config, now, self._stopping, self._notifier)
        self._last_round = self._last_plan = time.monotonic()

    # ------------------------------------------------------------------------------- start and stop

    def run(self) -> None:
        """Works until it is stopped.

        Raises `BusyError` if another daemon has this configuration, `StoreError` if the store cannot be used at start.
        """
        try:
            self._run()
        except StoreError as error:
            self._notifier.notify_of_outage(self.config, error)
            raise

    def _run(self) -> None:
        with ExitStack() as stack:
            stack.enter_context(locks.hold(self.config.locks, "daemon", what="the daemon"))
            received = stack.enter_context(signals.handled())
            if self.config.daemon.listen:
                probes = {"health": self.health, "ready": self.ready, "metrics": self.metrics}
                stack.enter_context(web.serve(self.config.daemon.listen, **probes))  # type: ignore[arg-type]
            if self.config.web.listen:
                address = stack.enter_context(serve_page(lambda: self.config, self.config.web.listen))
                log.info("the web page is at %s", address)
            self._begin()
            stack.callback(self._end)
            self._watch(received)

    def stop(self) -> None:
        """Requests a stop at the next page. May be called from any thread."""
        self._stopping.set()

    def _begin(self) -> None:
        self.jobs.plan(self.config)
        self.jobs.notify()  # a notification may have failed before
        self.jobs.timetable.start()
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
        self.jobs.timetable.end()
        self._notifier.notify_postponed(self.config)
        log.info("stopped")

    # ------------------------------------------------------------------------------------- watch

    def _watch(self, received: signals.Signals) -> None:
        period = min(self.tick, watchdog_period() or self.tick)
        difference = self._clock_difference()
        while not self._stopping.is_set():
            for number in received.wait(period):
                self._handle(number)
            self._last_round = time.monotonic()
            if abs(jumped := self._clock_difference() - difference) > JUMP:
                difference += jumped
                log.warning("the clock jumped by %+.0f s; all schedules are computed again", jumped)
                self._replan()
            elif time.monotonic() - self._last_plan > self.replan:
                self._replan()
            self.jobs.take_wishes()
            self.jobs.timetable.wakeup()
            if self.health() is None:
                notify("WATCHDOG=1")

    def _clock_difference(self) -> float:
        """Seconds by which the wall clock is ahead of the monotonic clock, which never jumps."""
        return self.now().timestamp() - time.monotonic()

    def _handle(self, number: int) -> None:
        if number == signal.SIGHUP:
            self._reload()
        else:
            self._stopping.set()

    def _reload(self) -> None:
        notify(reloading())
        try:
            loaded = load(self.path)
        except ConfigError as error:
            log.error("the configuration stays as it was: %s", error)
        else:
            if loaded.daemon != self.config.daemon or loaded.path.parent != self.config.path.parent:
                log.warning("[daemon] has changed; that takes effect when the daemon is started again")
            if loaded.web != self.config.web:
                log.warning("[web] has changed; that takes effect when the daemon is started again")
            self.config = loaded
            self._replan()
            log.info("the configuration was loaded again")
            self._log_ready()
        notify("READY=1")

    def _replan(self) -> None:
        """Plans again. If the store cannot be used, the next attempt is soon."""
        self._last_plan = time.monotonic()
        try:
            self.jobs.plan(self.config)
            self.jobs.notify()  # of what has failed long enough to be reported
        except StoreError as error:
            self._last_plan += RETRY_AFTER - self.replan
            self.jobs.notify_of_outage(error)

    # ----------------------------------------------------------------------------------- probes

    def health(self) -> str | None:
        """What is wrong with the daemon itself, `None` if nothing is."""
        if time.monotonic() - self._last_round > STUCK:
            return "the main thread has not looked around for a minute"
        return None if self.jobs.timetable.is_alive() else "the scheduler is not running"

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
