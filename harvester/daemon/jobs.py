"""The jobs of the daemon: what to do when the timetable says so, each source under its lock."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import due_run, work
from harvester.daemon.digest import send_digest
from harvester.daemon.notifier import Notifier
from harvester.daemon.timetable import LOOK_AGAIN, Timetable
from harvester.daemon.turns import in_turn
from harvester.daemon.wishes import take_lane
from harvester.errors import BusyError, HarvesterError, StoreError
from harvester.registration.registrar import sending_agencies
from harvester.standing import wishes
from harvester.standing.due import DEPOSIT, DIGEST, EXPORT, REPORT, Task, deposit_tasks, scheduled_tasks, source_tasks

if TYPE_CHECKING:
    from harvester.store import Store

log = logging.getLogger("harvester.daemon")

RETRY_AFTER = 60.0  # seconds until a job is retried that failed because of the store, or found another process at work
ALERTS = "[alerts]"  # the subject of a job that only notifies people
LOOK_FOR_LOCK = timedelta(seconds=10)  # until it is seen that what a wish waits for has ended
PAUSE = 1.0  # seconds between two jobs of one source: APScheduler starts none before the last one has returned


def _moment(tasks: Iterable[Task]) -> datetime:
    """When to work on the subject of these tasks."""
    return min(datetime.now(UTC) if task.due else task.next for task in tasks)


def _deposit_moment(tasks: Iterable[Task]) -> datetime:
    """The same for sending, where a command may have sent files meanwhile."""
    latest = datetime.now(UTC) + LOOK_AGAIN
    moments = [_moment([task]) for task in tasks]
    return min((*moments, latest))


class WishWatch:
    """When to look for what people asked for: at the start, when one was added, and again while some wait."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: datetime | None = None
        self._next: datetime | None = now()

    def is_due(self, config: Config) -> bool:
        is_new = wishes.announced(config) != self._seen
        return is_new or (self._next is not None and self._next <= self._now())

    def looked(self, config: Config, *, is_left: bool) -> None:
        self._seen = wishes.announced(config)
        self._next = self._now() + (LOOK_FOR_LOCK if is_left else LOOK_AGAIN)


class Jobs:
    """The jobs of one daemon. `plan` schedules them; a job that began keeps the configuration it began with."""

    def __init__(
        self, config: Config, now: Callable[[], datetime], stopping: threading.Event, notifier: Notifier
    ) -> None:
        self._config, self._now, self._stopping, self._notifier = config, now, stopping, notifier
        self._wishes = WishWatch(now)
        self.timetable = Timetable(config.daemon.workers)

    def take_wishes(self) -> None:
        """Starts a job for each lane of what people asked for on the web page, if there may be something new."""
        config = self._config
        if self._stopping.is_set() or not self._wishes.is_due(config):
            return
        try:
            with pipeline.opened(config) as store:
                lanes = wishes.lanes(store.wishes.open())
        except StoreError as error:
            self._notifier.notify_of_outage(config, error)
            return
        self._wishes.looked(config, is_left=bool(lanes))
        for lane in lanes:
            self._once(lane, self._take_lane)

    def _take_lane(self, lane: str) -> None:
        config = self._config
        done = take_lane(config, lane, now=self._now, stop=self._stopping.is_set)
        if not done:
            return
        self._notifier.notify(config, {})
        for name in {wish.subject for wish in done} & set(config.sources):
            self._plan_next(config, name, PAUSE)
        if any(wish.what in ("deposit", "retry", "uploaded") for wish in done) and self.timetable.next_of(DEPOSIT):
            self._plan_deposit(config, PAUSE)

    def notify(self) -> None:
        """Notifies people in a thread of its own: a mail may outlast the watchdog's patience."""
        self._once(ALERTS, lambda _subject: self._notifier.notify(self._config, {}))

    def notify_of_outage(self, error: StoreError) -> None:
        """The same about a store that cannot be used."""
        self._once(ALERTS, lambda _subject: self._notifier.notify_of_outage(self._config, error))

    # -------------------------------------------------------------------------------------- plan

    def plan(self, config: Config) -> None:
        """Schedules all jobs from configuration and run table: what was missed or crashed is due now, once.

        A source has one job for all that is due of it. Two would find each other at work, again and again.
        If the store cannot be used, the old plan stays, and `StoreError` is raised.
        """
        self._config, now = config, self._now()
        with pipeline.opened(config) as store:
            work.mark_crashed_runs(config, store, now)
            tasks = scheduled_tasks(config, store, now)
        subjects = {task.subject for task in tasks} | ({DEPOSIT} if sending_agencies(config) else set())
        self.timetable.keep_only(subjects)
        # The workers take what is due in the order in which it is scheduled here.
        for subject in dict.fromkeys((*(task.subject for task in (*in_turn(tasks, now), *tasks)), *sorted(subjects))):
            self._schedule(subject, [task for task in tasks if task.subject == subject])

    def _schedule(self, subject: str, tasks: Sequence[Task]) -> None:
        calls = {EXPORT: self._export, REPORT: self._report, DIGEST: self._digest, DEPOSIT: self._deposit}
        do = partial(self._attempt, subject, calls.get(subject, self._work_on_source))
        first = _deposit_moment(tasks) if subject == DEPOSIT else _moment(tasks)
        self.timetable.put(subject, do, [task.schedule for task in tasks if task.schedule], first)

    def _plan_next(self, config: Config, name: str, pause: float) -> None:
        """Moves the job of a source to what is next by the run table: while it worked, something may have become due.

        A provider that wants no requests is left alone until it allows them again.
        """
        with pipeline.opened(config) as store:
            tasks = source_tasks(config, store.runs, name, self._now())
        if tasks:
            self.timetable.move(name, max(_moment(tasks), datetime.now(UTC) + timedelta(seconds=pause)))

    # -------------------------------------------------------------------------------------- work

    def _once(self, subject: str, work_on: Callable[[str], None]) -> None:
        self.timetable.once(partial(self._attempt, subject, work_on))

    def _attempt(self, subject: str, work_on: Callable[[str], None]) -> None:
        """Does the work of a job. A job that failed is retried soon, not at its next date.

        A listener of APScheduler would lose the retry: the event of a job that fails at once can arrive in the thread
        of the scheduler, which then writes the job's next date over it.
        """
        try:
            work_on(subject)
        except Exception as failure:
            self._explain(subject, failure)
            if moment := self.timetable.next_of(subject):
                self.timetable.move(subject, min(moment, self._now() + timedelta(seconds=RETRY_AFTER)))

    def _explain(self, subject: str, failure: Exception) -> None:
        """Logs or reports why a job failed. If the store failed, the attempt is not recorded."""
        if isinstance(failure, StoreError):
            self._notifier.notify_of_outage(self._config, failure)
        elif isinstance(failure, BusyError):
            log.info("%s: not now: %s", subject, failure)
        else:
            expected = isinstance(failure, HarvesterError)
            log.error("%s: %s", subject, failure, exc_info=None if expected else failure)

    def _work_on_source(self, name: str) -> None:
        config = self._config
        if name not in config.sources or self._stopping.is_set():
            return
        with pipeline.opened(config) as store:
            done = work.do_due(config, store, name, now=self._now, stop=self._stopping.is_set)
        self._notifier.notify(config, {})
        gc.collect()  # libraries leave 5,000 objects in cycles, and overlapping harvests keep the collector off
        self._plan_next(config, name, PAUSE if done else RETRY_AFTER)

    def _export(self, _subject: str) -> None:
        def export(config: Config, store: Store) -> dict[str, str | None]:
            return due_run.written(work.export(config, store, now=self._now, stop=self._stopping.is_set), None)

        self._write(export)

    def _report(self, _subject: str) -> None:
        def report(config: Config, store: Store) -> dict[str, str | None]:
            return due_run.written(None, work.write_report(config, store, now=self._now, stop=self._stopping.is_set))

        self._write(report)

    def _deposit(self, _subject: str) -> None:
        """Sends and asks for results, and plans when to do so next: that depends on what was answered."""
        config, done = self._config, False
        if self._stopping.is_set():
            return
        try:
            with pipeline.opened(config) as store:
                due = {task.kind for task in deposit_tasks(config, store, self._now()) if task.due}
                stop = self._stopping.is_set
                report = work.deposit(config, store, now=self._now, stop=stop, due=due) if due else None
            done = not due
            self._notifier.notify(config, due_run.written(None, None, report))
            done = done or (report is not None and not isinstance(report, str))
        finally:
            self._plan_deposit(config, PAUSE if done else RETRY_AFTER)

    def _plan_deposit(self, config: Config, pause: float) -> None:
        with pipeline.opened(config) as store:
            tasks = deposit_tasks(config, store, self._now())
        self.timetable.move(DEPOSIT, max(_deposit_moment(tasks), datetime.now(UTC) + timedelta(seconds=pause)))

    def _digest(self, _subject: str) -> None:
        config = self._config
        with pipeline.opened(config) as store:
            digest, error = send_digest(config, store, self._now(), self._stopping.is_set)
        if digest:
            log.warning("for a person:\n%s", digest.text())
        if error:
            log.error("%s", error)

    def _write(self, do: Callable[[Config, Store], dict[str, str | None]]) -> None:
        config = self._config
        if self._stopping.is_set():
            return
        with pipeline.opened(config) as store:
            written = do(config, store)
        self._notifier.notify(config, written)
