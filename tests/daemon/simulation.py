"""Cron and the daemon in simulated time. What is due, and whose turn it is, is asked as the program asks it.

The run table and the locks are in memory, and harvests, comparisons, exports and reports only take their time.
"""

from __future__ import annotations

import heapq
import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from pathlib import Path
from typing import Any, Literal

from msgspec.structs import replace

from harvester.config import Config
from harvester.config.schedule import Schedule, next_after
from harvester.config.settings import Daemon, Source
from harvester.crossref.settings import CrossrefSettings
from harvester.daemon import work
from harvester.daemon.jobs import PAUSE, RETRY_AFTER
from harvester.daemon.service import REPLAN
from harvester.daemon.turns import before_sources, in_turn, turns
from harvester.errors import BusyError
from harvester.standing.due import (
    EXPORT,
    REPORT,
    Task,
    export_due,
    mark_attempt,
    report_due,
    scheduled_tasks,
    source_tasks,
)
from harvester.store import Counts, RunKind, RunRow, RunState
from harvester.system import locks

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

Ending = Literal["complete", "incomplete", "failed", "waiting", "stopped", "killed"]
RESUMED: tuple[Ending, ...] = ("waiting", "stopped", "killed")


@dataclass(frozen=True)
class Script:
    """What an attempt does: how long it takes in each format, how it ends, and for how long it then has to wait."""

    ending: Ending = "complete"
    takes: timedelta = MINUTE
    wait: timedelta = DAY / 12


@dataclass
class Attempt:
    """One attempt of a task. `first_end` is when its first format was done."""

    task: str
    begun: datetime
    ending: Ending
    first_end: datetime | None = None
    ended: datetime | None = None


def configuration(folder: Path, *sources: Source, zone: str = "UTC", workers: int = 4, **schedules: str) -> Config:
    """A configuration of these sources. `schedules` are those of the export and the report."""
    return Config(
        path=folder / "config.toml",
        store_url="",
        exports_dir=folder,
        report_file=folder / "report.html",
        zone=zone,
        daemon=Daemon(workers=workers),
        targets={"crossref": CrossrefSettings(depositor_name="X", depositor_email="x@example.org", registrant="X")},
        sources={source.name: source for source in sources},
        **schedules,  # type: ignore[arg-type]
    )


def source(name: str, schedule: str | None, reconcile: str | None, formats: Sequence[str] = ("oai_dc",)) -> Source:
    return Source(name=name, url="", formats=tuple(formats), schedule=schedule, reconcile=reconcile)


class Table:
    """The parts of the store, as far as they say what is due: all are this one object."""

    def __init__(self) -> None:
        self.has_news = False  # whether there is something to export; of this journal, from its first harvest on
        self._rows: dict[int, RunRow] = {}
        self._first: dict[tuple[str, str, bool], int] = {}
        self._newest: dict[tuple[str, str, bool], int] = {}
        self._exported: datetime | None = None

    @property
    def runs(self) -> Table:
        return self

    @property
    def ledger(self) -> Table:
        return self

    @property
    def ready(self) -> Table:
        return self

    @contextmanager
    def overview(self) -> Iterator[Table]:
        yield self

    def look_up_runs(self) -> None:
        """The real one looks for all sources at once; nothing is slow here."""

    def newest_run(self, name: str, prefix: str) -> RunRow | None:
        return self._rows.get(self._newest.get((name, prefix, False), 0))

    def oldest_run(self, name: str, prefix: str) -> RunRow | None:
        return self._rows.get(self._first.get((name, prefix, False), 0))

    def last_reconciliation(self, name: str, prefix: str) -> RunRow | None:
        return self._rows.get(self._newest.get((name, prefix, True), 0))

    def get(self, run_id: int) -> RunRow:
        return self._rows[run_id]

    def running(self) -> list[RunRow]:
        return [self._rows[run_id] for run_id in self._newest.values() if self._rows[run_id].state == "running"]

    def last_export(self, _target: str | None = None) -> datetime | None:
        return self._exported

    def pending(self, _target: str, _sources: Collection[str], **_conditions: object) -> list[str]:
        return ["an article"] if self.has_news else []

    def begin(self, name: str, prefix: str, kind: RunKind, now: datetime) -> RunRow:
        """Begins a run; a harvest that was cut short resumes, as it does in the program."""
        newest = self.newest_run(name, prefix)
        if kind == "reconcile" or newest is None or newest.state in ("complete", "failed"):
            is_first = newest is None or (newest.kind == "full" and newest.state == "failed")
            return self._add(name, prefix, kind if kind == "reconcile" or is_first else "incremental", now)
        return self._put(replace(newest, state="running", finished=None, wait_until=None, interrupted=False))

    def _add(self, name: str, prefix: str, kind: RunKind, now: datetime) -> RunRow:
        run_id, key = len(self._rows) + 1, (name, prefix, kind == "reconcile")
        self._newest[key] = run_id
        self._first.setdefault(key, run_id)
        return self._put(
            RunRow(
                id=run_id,
                source=name,
                prefix=prefix,
                kind=kind,
                state="running",
                started=now,
                finished=None,
                response_date=None,
                error=None,
                pages=0,
                counts=Counts(),
            )
        )

    def finish(self, run_id: int, state: RunState, now: datetime, error: str | None = None, **more: Any) -> None:
        self._put(replace(self._rows[run_id], state=state, finished=now, error=error, **more))

    def export(self, now: datetime) -> None:
        self._exported = now

    def _put(self, row: RunRow) -> RunRow:
        self._rows[row.id] = row
        return row


class LocksInMemory:
    """`hold` and `holder` of `locks`, for all simulated processes."""

    def __init__(self) -> None:
        self._held: dict[tuple[Path, str], locks.Holder] = {}

    @contextmanager
    def hold(self, folder: Path, name: str, *, what: str) -> Iterator[None]:
        if (folder, name) in self._held:
            raise BusyError(f"Busy: {what}")
        self._held[folder, name] = locks.Holder(os.getpid(), "here", datetime.now(UTC), what)
        try:
            yield
        finally:
            del self._held[folder, name]

    def holder(self, folder: Path, name: str) -> locks.Holder | None:
        return self._held.get((folder, name))


class Killed(Exception):
    """The process dies."""


Steps = Iterator[timedelta]


class World:
    """Simulated time, and the machine on which processes do what is due."""

    def __init__(self, config: Config, scripts: Mapping[str, Sequence[Script]], begin: datetime) -> None:
        self.config, self.scripts, self.now = config, scripts, begin
        self.table: Any = Table()
        self.attempts: list[Attempt] = []
        self.processes: list[Process] = []
        self._next_scripts = {name: cycle(script) for name, script in scripts.items()}
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def at(self, moment: datetime, call: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._order), call))

    def run(self, until: datetime, most: int = 10**9) -> None:
        """Lets time pass, until then or until so many attempts."""
        while self._events and self._events[0][0] <= until and len(self.attempts) < most:
            self.now, _, call = heapq.heappop(self._events)
            call()
        for process in list(self.processes):
            process.die()

    def tasks(self) -> list[Task]:
        return scheduled_tasks(self.config, self.table, self.now)

    def quiet_until(self) -> datetime:
        """Until when nothing can become due: nobody is at work, and nothing is due before its `next`."""
        tasks = self.tasks()
        if any(process.threads for process in self.processes) or any(task.due for task in tasks):
            return self.now
        return min((task.next for task in tasks), default=self.now)

    # ------------------------------------------------------------------------------------------------ the work

    def work_on(self, name: str) -> Steps:
        """What `work.do_due` does."""
        for task in turns(self.config, self.table, name, lambda: self.now):
            try:
                with locks.hold(self.config.locks_dir, f"source-{name}", what="a simulation"):
                    yield from self._attempt(task)
            except BusyError:
                continue

    def _attempt(self, task: Task) -> Steps:
        script = self._script_of(task)
        attempt = self._begin(task, script)
        kind: RunKind = "reconcile" if task.kind == "reconcile" else "full"
        for prefix in self.config.sources[task.subject].formats:
            run = self.table.begin(task.subject, prefix, kind, self.now)
            try:
                yield script.takes
            except GeneratorExit:  # its process died of another thread
                attempt.ending = "killed"
                raise
            attempt.ended = self.now
            if script.ending == "killed":
                raise Killed
            self._finish(run, script)
            attempt.first_end = attempt.first_end or self.now
            if script.ending in RESUMED:
                break
        if script.ending == "stopped":
            raise Killed

    def _finish(self, run: RunRow, script: Script) -> None:
        stopped = script.ending == "stopped"
        state: Any = "incomplete" if stopped else script.ending
        wait = self.now + script.wait if script.ending == "waiting" else None
        self.table.finish(run.id, state, self.now, wait_until=wait, interrupted=stopped)
        self.table.has_news = self.table.has_news or script.ending == "complete"

    def write(self, subjects: Collection[str]) -> Steps:
        """What an export and a report do, where they are due. A report takes no time."""
        tasks = {task.subject: task for task in self.tasks() if task.subject in subjects}
        if EXPORT in tasks and export_due(self.config, self.table, self.now):
            try:
                with locks.hold(self.config.locks_dir, "export", what="a simulation"):
                    yield from self._export(tasks[EXPORT])
            except BusyError:
                pass
        if REPORT in tasks and report_due(self.config, self.now):
            self._report(tasks[REPORT])

    def _export(self, task: Task) -> Steps:
        mark_attempt(self.config, EXPORT, self.now)
        script = self._script_of(task)
        attempt = self._begin(task, script)
        yield script.takes
        attempt.first_end = attempt.ended = self.now
        if script.ending in RESUMED:
            raise Killed
        self.table.export(self.now)

    def _report(self, task: Task) -> None:
        attempt = self._begin(task, Script())
        attempt.first_end = attempt.ended = self.now
        self.config.report_file.touch()
        os.utime(self.config.report_file, (self.now.timestamp(), self.now.timestamp()))

    def _script_of(self, task: Task) -> Script:
        return next(self._next_scripts.get(task.name, cycle([Script()])))

    def _begin(self, task: Task, script: Script) -> Attempt:
        self.attempts.append(Attempt(task.name, self.now, script.ending))
        return self.attempts[-1]


@dataclass(eq=False)
class Process:
    """Threads that die together. It ends with the last of them, unless it is a daemon."""

    world: World
    is_daemon: bool = False
    after: Callable[[], None] = lambda: None  # when it has died
    threads: list[Steps] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.processes.append(self)

    def spawn(self, thread: Steps) -> None:
        self.threads.append(thread)
        self.world.at(self.world.now, lambda: self._step(thread))

    def die(self) -> None:
        threads, self.threads = self.threads, []
        for thread in threads:
            thread.close()  # type: ignore[attr-defined]  # gives its lock back
        self.world.processes.remove(self)

    def _step(self, thread: Steps) -> None:
        if thread not in self.threads:
            return
        try:
            pause = next(thread)
        except StopIteration:
            self.threads.remove(thread)
            if not self.threads and not self.is_daemon:
                self.world.processes.remove(self)
        except Killed:
            self.die()
            self.after()
        else:
            self.world.at(self.world.now + pause, lambda: self._step(thread))


class Runner(ABC):
    """What has the work done, by the schedules: cron or the daemon."""

    def __init__(self, world: World) -> None:
        self.world = world

    @abstractmethod
    def start(self) -> None: ...


class Cron(Runner):
    """Calls `harvest --due` at these moments, whether or not the call before has ended."""

    def __init__(self, world: World, calls: Schedule) -> None:
        super().__init__(world)
        self.calls = calls

    def start(self) -> None:
        self.world.at(next_after(self.calls, self.world.now), self._call)

    def _call(self) -> None:
        world = self.world
        next_call = next_after(self.calls, max(world.now, world.quiet_until() - timedelta(microseconds=1)))
        world.at(next_call, self._call)
        process = Process(world)
        process.spawn(self._harvest_due(process))

    def _harvest_due(self, process: Process) -> Steps:
        """What `due_run.run_due` does."""
        world = self.world
        work.mark_crashed_runs(world.config, world.table, world.now)
        tasks = in_turn(world.tasks(), world.now)
        yield from world.write(before_sources(tasks))
        subjects = dict.fromkeys(task.subject for task in tasks)
        queue = deque(name for name in subjects if name in world.config.sources)
        crew = min(world.config.daemon.workers, len(queue))
        if not crew:
            yield from world.write((EXPORT, REPORT))
        at_work = list(range(crew))
        for _ in range(crew):
            process.spawn(self._work(queue, at_work))

    def _work(self, queue: deque[str], at_work: list[int]) -> Steps:
        """Works on one source after the other. The last to end exports and writes the report."""
        while queue:
            yield from self.world.work_on(queue.popleft())
        at_work.pop()
        if not at_work:
            yield from self.world.write((EXPORT, REPORT))


class Serving(Runner):
    """The daemon, which is started again half an hour after it died."""

    def start(self) -> None:
        self._process = Process(self.world, is_daemon=True, after=self._restart)
        self._moments: dict[str, datetime] = {}
        self._submitted: set[str] = set()
        self._queue: deque[str] = deque()
        self._free = self.world.config.daemon.workers
        self._replan(self._process)

    def _restart(self) -> None:
        self.world.at(self.world.now + 30 * MINUTE, self.start)

    def _replan(self, process: Process) -> None:
        """What `Jobs.plan` does."""
        world = self.world
        if process not in world.processes:
            return
        work.mark_crashed_runs(world.config, world.table, world.now)
        tasks = world.tasks()
        for subject in dict.fromkeys(task.subject for task in (*in_turn(tasks, world.now), *tasks)):
            self._schedule(subject, self._moment([task for task in tasks if task.subject == subject]))
        next_plan = max(world.now + timedelta(seconds=REPLAN), world.quiet_until())
        world.at(next_plan, lambda: self._replan(process))

    def _moment(self, tasks: Sequence[Task]) -> datetime:
        return min(self.world.now if task.due else task.next for task in tasks)

    def _schedule(self, subject: str, moment: datetime) -> None:
        self._moments[subject] = moment
        process = self._process
        self.world.at(moment, lambda: self._fire(process, subject, moment))

    def _fire(self, process: Process, subject: str, moment: datetime) -> None:
        """What APScheduler does: one instance of each job at once, and the next one by the schedules."""
        if process not in self.world.processes or self._moments.get(subject) != moment:
            return
        schedules = [task.schedule for task in self.world.tasks() if task.subject == subject and task.schedule]
        self._schedule(subject, min(next_after(schedule, self.world.now) for schedule in schedules))
        if subject not in self._submitted:
            self._submitted.add(subject)
            self._queue.append(subject)
            self._start_jobs()

    def _start_jobs(self) -> None:
        while self._free and self._queue:
            self._free -= 1
            self._process.spawn(self._job(self._queue.popleft()))

    def _job(self, subject: str) -> Steps:
        """What `Jobs._work_on_source` and `Jobs._write` do."""
        world, before = self.world, len(self.world.attempts)
        if subject in world.config.sources:
            yield from world.work_on(subject)
            done = any(attempt.task.endswith(subject) for attempt in world.attempts[before:])
            tasks = source_tasks(world.config, world.table, subject, world.now)
            pause = timedelta(seconds=PAUSE if done else RETRY_AFTER)
            self._schedule(subject, max(self._moment(tasks), world.now + pause))
        else:
            yield from world.write((subject,))
        self._free += 1
        self._submitted.discard(subject)
        self._start_jobs()


def moments_of(schedule: Schedule, begin: datetime, end: datetime) -> list[datetime]:
    """The moments of a schedule after `begin`, up to `end`."""
    moments, moment = [], next_after(schedule, begin)
    while moment <= end:
        moments.append(moment)
        moment = next_after(schedule, moment)
    return moments
