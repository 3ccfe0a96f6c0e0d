"""The timetable of the daemon: APScheduler starts each job at its moment, in one of the daemon's threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from harvester.config.schedule import Schedule, next_after

LOOK_AGAIN = timedelta(minutes=10)  # until it is seen that a command has sent files, whose results are to be read


class Trigger(BaseTrigger):  # type: ignore[misc]
    """A trigger that follows `config.schedule`. APScheduler's own skips days at clock changes, and its 0 is Monday."""

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        self.schedules = schedules

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The next moment after now: the run that begins now makes up for all that were missed.

        A job without a schedule looks from time to time whether there is something to do.
        """
        after = max(previous, now) if previous else now
        return min((next_after(schedule, after) for schedule in self.schedules), default=after + LOOK_AGAIN)


class Timetable:
    """When each job starts. A subject has at most one job, which never runs twice at once."""

    def __init__(self, workers: int) -> None:
        self._workers = ThreadPoolExecutor(workers)
        self._scheduler = BackgroundScheduler(
            executors={"default": self._workers},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )

    def start(self) -> None:
        self._scheduler.start()

    def end(self) -> None:
        """Waits for the jobs at work. `shutdown` alone removes jobs from under a round of the scheduler's thread."""
        self._scheduler.pause()
        self._scheduler.remove_all_jobs()  # waits for the round
        self._workers.shutdown()  # `shutdown` would wait for the jobs with locks that they may need to end
        self._scheduler.shutdown()

    def wakeup(self) -> None:
        """Lets the scheduler look at the clock, which may have jumped."""
        self._scheduler.wakeup()

    def is_alive(self) -> bool:
        thread: threading.Thread | None = self._scheduler._thread
        return thread is not None and thread.is_alive()

    def next_of(self, subject: str) -> datetime | None:
        """When the job of a subject starts next; `None` if it has none."""
        job = self._scheduler.get_job(subject)
        return job.next_run_time if job else None

    def once(self, do: Callable[[], None]) -> None:
        """Starts something now that has no place in the timetable."""
        self._scheduler.add_job(do)

    def put(self, subject: str, do: Callable[[], None], schedules: Sequence[Schedule], first: datetime) -> None:
        """Gives a subject its job, in place of the one it had. It starts at `first`, then by the schedules."""
        self._scheduler.add_job(
            do, Trigger(schedules), id=subject, name=subject, replace_existing=True, next_run_time=first
        )

    def move(self, subject: str, moment: datetime) -> None:
        """Moves the next start of a job."""
        with suppress(JobLookupError):  # it was put in anew meanwhile, or the daemon stops
            self._scheduler.modify_job(subject, next_run_time=moment)

    def keep_only(self, subjects: Collection[str]) -> None:
        """Removes the jobs of all other subjects."""
        for job in self._scheduler.get_jobs():
            if isinstance(job.trigger, Trigger) and job.id not in subjects:  # others run once, and are gone then
                self._scheduler.remove_job(job.id)
