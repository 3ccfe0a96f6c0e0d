"""Whose turn it is, where several tasks are due: none keeps another from its turn, however often it comes itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import takewhile

from harvester.config import Config
from harvester.standing.due import DEPOSIT, EXPORT, REPORT, RunTable, Task, TaskKind, source_tasks


def in_turn(tasks: Iterable[Task], now: datetime) -> list[Task]:
    """The tasks that are due, in the order in which to do them.

    What was never attempted is due since `now` and comes first. Then comes what has been due longest. So a task that
    was just attempted comes after all that wait, and each gets its turn even if every call is cut short at its first
    task. A crash that was just found makes a task due since `now`, too, but that one was attempted.
    """
    due = [(not _is_new(task, now), task.due, task) for task in tasks if task.due]
    return [task for *_, task in sorted(due, key=lambda one: one[:2])]  # stable: harvests first if due together


def _is_new(task: Task, now: datetime) -> bool:
    """Whether it was never attempted. A comparison has its dates even then, from the first harvest on."""
    return task.due == now and task.last is None and task.kind != "reconcile"


def before_sources(tasks: Iterable[Task]) -> list[str]:
    """`EXPORT`, `REPORT` and `DEPOSIT`, where they come before every source, of all tasks in turn.

    Otherwise they follow the harvests, as they are about what these bring. These have waited longer: earlier calls were
    cut short.
    """
    return [task.subject for task in takewhile(lambda task: task.subject in (EXPORT, REPORT, DEPOSIT), tasks)]


def turns(config: Config, runs: RunTable, name: str, now: Callable[[], datetime]) -> Iterator[Task]:
    """The due tasks of one source, each once. The caller does each before it requests the next one.

    The run table is read again each time: the provider may not want more requests now, something may have become due,
    and another process may have done what was due.
    """
    done: set[TaskKind] = set()
    while left := [task for task in _due_tasks(config, runs, name, now()) if task.kind not in done]:
        done.add(left[0].kind)
        yield left[0]


def _due_tasks(config: Config, runs: RunTable, name: str, now: datetime) -> list[Task]:
    return in_turn(source_tasks(config, runs, name, now), now)
