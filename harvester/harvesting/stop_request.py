"""A run that a person stops on the web page, whoever is at work on it: the daemon, cron, or a command in a shell."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from harvester.config import Source
from harvester.counting import counted
from harvester.store import RunChoice, RunKind, RunRow, Wish
from harvester.system.stopping import Stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

STOP = "stop"  # the kind of the wish
_NEWEST = 20  # runs among which are those of one piece of work on a source
_FOLLOWING: dict[RunKind, str] = {
    "full": " The next harvest resumes there.",
    "incremental": " The next harvest resumes there.",
    "reconcile": " The next comparison starts from the beginning.",
}


class StopRequest:
    """Whether the work on a source is to stop: because the process does, or because a person asked for it.

    The store is asked at most once a second, by any thread. What was asked for before the work began is not about it.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        stop: Stop,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._source, self._stop, self._now, self._clock = store, source, stop, now, clock
        self._begun, self._last_look, self._is_wanted = now(), clock(), False

    def __call__(self) -> bool:
        if self._stop() or self._is_wanted:
            return True
        moment = self._clock()
        if moment - self._last_look >= 1.0:
            self._last_look = moment
            self._is_wanted = self._store.wishes.is_asked(STOP, self._source.name, since=self._begun)
        return self._is_wanted

    def settle(self) -> None:
        """Says what became of the wish, once the work has ended. The run waits for its next date: it was not cut short
        by the program, which would resume at once."""
        if not self._is_wanted:
            return
        wishes = self._wishes()
        who = wishes[0].asked_by if wishes else "a person"
        newest = self._store.runs.find(RunChoice(source=self._source.name), before=None, limit=_NEWEST)
        stopped = [run for run in newest if run.interrupted and run.finished and run.finished >= self._begun]
        for run in stopped:
            words = (run.error or "stopped on request").replace("on request", f"on the web page ({who})")
            self._store.runs.finish(run.id, run.state, run.finished or self._now(), words, interrupted=False)
        for one in wishes:
            self._store.wishes.take(one.id, self._now())
            self._store.wishes.end(one.id, self._now(), outcome(stopped), succeeded=True)

    def _wishes(self) -> list[Wish]:
        return [
            one
            for one in self._store.wishes.open()
            if (one.what, one.subject) == (STOP, self._source.name) and one.asked >= self._begun
        ]


def outcome(stopped: list[RunRow]) -> str:
    """What the stop did, in words."""
    lines = []
    for run in stopped:
        following = _FOLLOWING.get(run.kind, "")
        lines.append(f"Run {run.id} stopped after {counted(run.pages, 'page')}.{following}")
    return "\n".join(lines) or "The run had ended before it could be stopped."
