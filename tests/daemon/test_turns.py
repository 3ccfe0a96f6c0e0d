"""Every job of every pair of schedules runs as often as it should, with cron and with the daemon (`simulation`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.config import Config, schedule
from harvester.config.schedule import Schedule
from harvester.daemon.turns import before_sources, in_turn
from harvester.standing import due
from harvester.standing.due import EXPORT, REPORT, Task
from harvester.system import locks, mtime_marker
from tests.cron import ZONES, changes, crons
from tests.daemon import simulation
from tests.daemon.simulation import (
    DAY,
    MINUTE,
    RESUMED,
    Attempt,
    Cron,
    Ending,
    LocksInMemory,
    Runner,
    Script,
    Serving,
    World,
    configuration,
    moments_of,
    source,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CALLS = {  # by cron, and the longest time between two of them
    "every 5 minutes": ("*/5 * * * *", 5 * MINUTE),
    "every 15 minutes": ("*/15 * * * *", 15 * MINUTE),
    "every hour": ("7 * * * *", 60 * MINUTE),
    "every night": ("40 2 * * *", 25 * 60 * MINUTE),
    "in office hours": ("*/15 8-17 * * 1-5", 64 * 60 * MINUTE),
}
SCHEDULES = ("30 2 * * *", "30 2 * * 0", "0 0 1 * *", "@hourly", "*/20 * * * *", "0 */6 * * *", "15 4 * * 1-5")


# ------------------------------------------------------------------------------------------------- the order


def task(subject: str, due_since: datetime | None) -> Task:
    daily = Schedule(expression="@daily", zone="UTC")
    kind = {EXPORT: "export", REPORT: "report"}.get(subject, "harvest")
    return Task(subject=subject, kind=kind, schedule=daily, last=None, due=due_since, next=NOON)  # type: ignore[arg-type]


def test_what_has_been_due_longest_comes_first():
    tasks = [task("a", NOON - MINUTE), task("b", None), task("c", NOON - DAY), task("d", NOON - MINUTE)]
    assert [one.subject for one in in_turn(tasks, NOON)] == ["c", "a", "d"]


def test_what_was_never_done_comes_before_everything():
    """It is due since now, at every call anew, so that everything else would have been due longer for ever."""
    assert [one.subject for one in in_turn([task("a", NOON - DAY), task("b", NOON)], NOON)] == ["b", "a"]


@pytest.mark.parametrize(
    ("days", "before"),
    [
        ({"a": 3, EXPORT: 2, REPORT: 1}, []),
        ({EXPORT: 4, "a": 3, REPORT: 1}, [EXPORT]),
        ({"a": 1, REPORT: 4, EXPORT: 2}, [REPORT, EXPORT]),
        ({EXPORT: 1}, [EXPORT]),
        ({}, []),
    ],
)
def test_export_and_report_follow_the_harvests_unless_they_have_waited_longer(days: dict[str, int], before: list[str]):
    tasks = [task(subject, NOON - number * DAY) for subject, number in days.items()]
    assert before_sources(in_turn(tasks, NOON)) == before


# ----------------------------------------------------------------------------------------------- simulations


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks and attempts are in memory, and the next moment of a schedule is calculated once.

    A file that was just unlocked is busy for an instant on a busy machine, and a process waits for that in real time.
    """
    attempts: dict[Path, mtime_marker.Dates] = {}
    monkeypatch.setattr(mtime_marker, "read", attempts.get)
    monkeypatch.setattr(mtime_marker, "write", attempts.__setitem__)
    held = LocksInMemory()
    monkeypatch.setattr(locks, "hold", held.hold)
    monkeypatch.setattr(locks, "holder", held.holder)
    cached = lru_cache(100_000)(schedule.next_after)
    for module in (schedule, due, simulation):
        monkeypatch.setattr(module, "next_after", cached)


def calls_of(runner: str, config: Config) -> Schedule:
    return Schedule(expression=CALLS[runner][0], zone=config.zone)


def start(world: World, runner: str) -> None:
    """Starts the daemon, or cron with these calls."""
    made: Runner = Serving(world) if runner == "daemon" else Cron(world, calls_of(runner, world.config))
    made.start()


def attempts_at(world: World, task: str) -> list[Attempt]:
    return [attempt for attempt in world.attempts if attempt.task == task]


YEAR = {  # schedule, reconcile, formats, and how often each schedule comes in a year
    "printed": ("30 2 * * *", "30 2 * * 0", ["oai_dc"], 365, 52),  # by `source probe`
    "monthly": ("30 2 * * *", "0 0 1 * *", ["jats", "oai_dc"], 365, 12),
    "seldom": ("30 2 * * 0", "30 2 * * *", ["oai_dc"], 52, 365),
    "working-days": ("0 3 * * 1-5", "0 3 1 1,7 *", ["jats", "oai_dc"], 261, 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("runner", [*CALLS, "daemon"])
def test_every_job_runs_as_often_in_a_year_as_its_schedule_comes(tmp_path: Path, runner: str):
    sources = [source(name, harvest, reconcile, formats) for name, (harvest, reconcile, formats, *_) in YEAR.items()]
    zone, end = "Europe/Madrid", NOON + 365 * DAY
    config = configuration(tmp_path, *sources, zone=zone, exports_schedule="0 6 * * 1", report_schedule="@weekly")
    world = World(config, {}, NOON)
    start(world, runner)
    world.run(end)
    expected = {name: harvests for name, (*_, harvests, _) in YEAR.items()}
    expected |= {f"reconcile {name}": comparisons for name, (*_, comparisons) in YEAR.items()}
    if runner == "in office hours":  # what comes twice between two of its calls is done once
        working_days = len({moment.date() for moment in moments_of(calls_of(runner, config), NOON, end)})
        expected = {name: min(times, working_days) for name, times in expected.items()}
    found = {name: len(attempts_at(world, name)) for name in (*expected, EXPORT, REPORT)}
    assert {
        name for name, times in (expected | {EXPORT: 52, REPORT: 52}).items() if abs(found[name] - times) > 1
    } == set()


def test_every_job_gets_its_turn_even_if_every_call_is_cut_short_at_its_first_job(tmp_path: Path):
    """The machine is switched off minutes after each call."""
    sources = [source(name, "30 2 * * *", "30 2 * * 0") for name in ("reeds", "fens", "bogs")]
    schedules = {"exports_schedule": "@daily", "report_schedule": "@daily"}
    config = configuration(tmp_path, *sources, workers=1, **schedules)
    names = [*config.sources, *(f"reconcile {name}" for name in config.sources), EXPORT]
    once_complete = [Script(), *[Script("killed")] * 1000]
    world = World(config, dict.fromkeys(names, once_complete) | {EXPORT: [Script("killed")]}, NOON)
    start(world, "every night")
    world.run(NOON + 80 * DAY)
    found = {name: len(attempts_at(world, name)) for name in (*names, REPORT)}
    assert min(found.values()) >= 80 // len(found) - 2, found


@st.composite
def scripts(draw: st.DrawFn, endings: Sequence[Ending]) -> list[Script]:
    """One to four attempts, which repeat; the last one ends well or fails, so that everything gets its chance."""
    takes = st.sampled_from((MINUTE, 7 * MINUTE, 50 * MINUTE))
    wait = st.sampled_from((10 * MINUTE, 5 * 60 * MINUTE, 2 * DAY))
    script = draw(st.lists(st.builds(Script, st.sampled_from(endings), takes, wait), max_size=3))
    return [*script, draw(st.builds(Script, st.sampled_from(("complete", "failed", "incomplete")), takes))]


def expressions() -> st.SearchStrategy[str]:
    return st.sampled_from(SCHEDULES) | crons().map(lambda cron: cron.text)


@lru_cache
def beginnings_in(zone: str) -> list[datetime]:
    return [moment - 5 * DAY for moment in (*changes(zone, 2026, 2027), NOON)]


def beginnings() -> st.SearchStrategy[tuple[str, datetime]]:
    """A zone, and a moment in the days before one of its clock changes, or any other."""
    return st.sampled_from(ZONES).flatmap(lambda zone: st.tuples(st.just(zone), st.sampled_from(beginnings_in(zone))))


class Run:
    """What was done in a simulated time, and how long it may have taken."""

    def __init__(self, world: World, runner: str, begin: datetime) -> None:
        self.world, self.begin, self.end = world, begin, world.now
        # The longest time until the next call; with the daemon, until it plans again or is started again.
        gap = 30 * MINUTE if runner == "daemon" else CALLS[runner][1]
        # A call, and one that was at work already, may first do everything else, one after the other.
        self.one_call = gap + 2 * sum(map(self._takes, world.scripts), timedelta())
        self.longest_wait = max(script.wait for scripts in world.scripts.values() for script in scripts)

    def _takes(self, name: str) -> timedelta:
        subject = self.world.config.sources.get(name.removeprefix("reconcile "))
        longest = max(script.takes for script in self.world.scripts[name])
        return longest * (len(subject.formats) if subject else 1)

    @property
    def every_turn(self) -> timedelta:
        """What it takes at most until the last task has its turn, if each call is cut short at its first task."""
        return (len(self.world.scripts) + 1) * (self.one_call + self.longest_wait)

    def beginning_of(self, task: Task) -> datetime | None:
        """When the schedule of a task begins: a comparison follows the first harvest, an export what there is."""
        if task.kind == "reconcile":
            return next((one.begun for one in attempts_at(self.world, task.subject)), None)
        if task.kind == "export":
            harvests = [one for one in self.world.attempts if one.task in self.world.config.sources]
            return next((one.ended for one in harvests if one.ending == "complete" and one.ended), None)
        return self.begin


def late(run: Run, patience: timedelta) -> Iterator[tuple[str, datetime]]:
    """The tasks that were not attempted in time after a moment of their schedule, with that moment."""
    for task in run.world.tasks():
        begin = run.beginning_of(task)
        attempts = deque(one for one in attempts_at(run.world, task.name) if begin and one.begun >= begin)
        for moment in moments_of(task.schedule, begin, run.end - patience) if begin and task.schedule else ():
            while attempts and (attempts[0].ended or run.end) < moment:
                attempts.popleft()
            if not attempts or attempts[0].begun > moment + patience:
                yield task.name, moment


def too_early(run: Run) -> Iterator[tuple[str, datetime]]:
    """The tasks that were attempted again though their schedule had not come, with the moment of the attempt."""
    for task in run.world.tasks():
        for before, after in pairwise(attempts_at(run.world, task.name)):
            is_over = before.ending not in RESUMED and before.first_end
            if is_over and task.schedule and schedule.next_after(task.schedule, is_over) > after.begun:
                yield task.name, after.begun


def simulated(data: st.DataObject, folder: Path, endings: Sequence[Ending]) -> Run:
    """Forty days of a configuration that is drawn, or as much of them as a hundred attempts take."""
    zone, begin = data.draw(beginnings(), "zone and beginning")
    runner = data.draw(st.sampled_from([*CALLS, "daemon"]), "runner")
    formats = st.sampled_from((("oai_dc",), ("jats", "oai_dc")))
    sources = data.draw(st.lists(st.tuples(expressions(), expressions(), formats), min_size=1, max_size=2), "sources")
    keys = st.sampled_from(("exports_schedule", "report_schedule"))
    config = configuration(
        folder,
        *(source(name, *one) for name, one in zip(("reeds", "fens"), sources, strict=False)),
        zone=zone,
        workers=data.draw(st.integers(1, 2), "workers"),
        **data.draw(st.dictionaries(keys, expressions()), "export and report"),
    )
    names = [task.name for task in World(config, {}, begin).tasks()]
    world = World(config, {name: data.draw(scripts(endings), name) for name in names}, begin)
    start(world, runner)
    world.run(begin + 40 * DAY, most=100)
    return Run(world, runner, begin)


@given(st.data())
@settings(max_examples=settings().max_examples // 5)
def test_every_job_comes_when_its_schedule_does(data: st.DataObject):
    """No later than with the next call, once what was due before is done; and not when it does not."""
    with TemporaryDirectory() as folder:
        run = simulated(data, Path(folder), ("complete", "failed", "incomplete"))
        assert list(late(run, run.one_call)) == []
        assert list(too_early(run)) == []


@given(st.data())
@settings(max_examples=settings().max_examples // 5)
def test_no_job_is_kept_from_its_turn_by_waits(data: st.DataObject):
    with TemporaryDirectory() as folder:
        run = simulated(data, Path(folder), ("complete", "failed", "waiting"))
        assert list(late(run, 3 * (run.one_call + run.longest_wait))) == []
        assert list(too_early(run)) == []


@given(st.data())
@settings(max_examples=settings().max_examples // 5)
def test_no_job_is_kept_from_its_turn_by_calls_that_are_cut_short(data: st.DataObject):
    with TemporaryDirectory() as folder:
        run = simulated(data, Path(folder), ("complete", "failed", "waiting", "stopped", "killed"))
        assert list(late(run, run.every_turn)) == []
        assert list(too_early(run)) == []
