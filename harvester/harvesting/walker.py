"""Walks the windows of one run: several lists at once, each some pages ahead of what is being stored.

Pages are fetched in threads of their own (`fetching`) and come to this one. For each, the plan decides and the step is
written. How a run ends is read from the ledger, never from memory.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from harvester.errors import ProviderError, Stopped, WaitUntil
from harvester.harvesting import plan
from harvester.harvesting.answering import Answering
from harvester.harvesting.context import Outcome, RunContext
from harvester.harvesting.ending import ending, resumes
from harvester.harvesting.fetching import Fetching, Line
from harvester.harvesting.lists import ListProgress
from harvester.harvesting.page_writer import PageWriter
from harvester.harvesting.patience import DEFAULT, Patience
from harvester.model import Page
from harvester.store import Advance, Close, Restart, Run, Split, SwitchGranularity, Transition
from harvester.system.progress import report

log = logging.getLogger(__name__)


class _Reading(Struct):
    """A list that is being fetched, and what its pages have said so far."""

    line: Line
    progress: ListProgress


class Walker:
    """One run from where the ledger has it to its end, or as near to it as the provider allows. For one thread."""

    def __init__(self, context: RunContext, run: Run, patience: Patience = DEFAULT) -> None:
        self._context, self._run, self._patience = context, run, patience
        self._identity, self._course = context.identity, plan.Course()
        source, stop = context.source, context.stop
        access, self._closing = source.access(), ExitStack()
        self._fetching = self._closing.enter_context(Fetching(access, source.parallel, stop, self._begin_mapping))
        writer = PageWriter(context.store, context.mapper, run)
        self._answering = self._closing.enter_context(
            Answering(context.store, writer, run, access, self._fetching.aside, stop)
        )
        self._reading: dict[int, _Reading] = {}  # by window
        self._is_stale = True  # the ledger has changed since it was read
        self._progress = _ProgressReport(run)

    def go(self) -> Outcome:
        """Walks until no window is open, or none can continue. Raises what is not the provider's fault."""
        try:
            with self._closing:
                self._open_windows()
                while self._take_event():
                    pass
                return self._end()
        except Stopped:
            return Outcome("incomplete", f"stopped on request; {resumes(self._ledger().windows)}")
        except WaitUntil as error:
            return Outcome("waiting", str(error), wait_until=error.moment)

    def _begin_mapping(self, page: Page) -> None:
        """For the threads that fetch."""
        self._context.mapper.begin(self._run.prefix, page)

    def _ledger(self) -> Run:
        return self._context.store.runs.get(self._run.id)

    def _facts(self) -> plan.Facts:
        source = self._context.source
        return plan.Facts(
            kind=self._run.kind,
            ledger=self._run.windows,
            course=self._course,
            identity=self._identity,
            sets=source.sets,
            window_records=source.window_records,
            parallel=source.parallel,
            max_deletion_share=source.max_deletion_share,
            now=self._context.now(),
            patience=self._patience,
        )

    # ------------------------------------------------------------------------------------------------- the loop

    def _take_event(self) -> bool:
        """Takes the next page, or what came in its place; whether there is more to do."""
        if not self._reading:
            step = self._answering.run(plan.when_idle(self._facts()))
            if step is None:
                return False
            self._is_stale = True
            self._apply(step)
            return True
        line, came = self._fetching.next()
        reading = self._reading[line.window.id]
        if isinstance(came, Page):
            self._take_page(reading, came)
        elif isinstance(came, ProviderError):
            self._drop(line.window.id)
            self._apply(self._answering.run(plan.after_failure(reading.progress, came, self._facts())))
        else:
            raise came
        return True

    def _take_page(self, reading: _Reading, page: Page) -> None:
        progress, window_id = reading.progress, reading.line.window.id
        fresh = progress.take(page)
        if progress.has_ended(page):
            self._drop(window_id)  # first: the plan may have questions, and the lane is free for the next list
        step = self._answering.run(plan.after_page(progress, page, fresh, self._facts()))
        if not any(map(_ends_list, step.transitions)):
            reading.line.prefetch.take(page.size)  # before the page is stored: the next one is fetched meanwhile
        self._apply(step)
        self._progress.tell(window_id, fresh, progress.size)
        if self._context.stop():
            raise Stopped("stopped on request")

    def _apply(self, step: plan.Step) -> None:
        """Writes a step in one transaction, and reads on as the ledger then has it."""
        self._answering.save(step.page, step.transitions)
        self._course = step.course
        for transition in step.transitions:
            if isinstance(transition, SwitchGranularity):
                self._identity = replace(self._identity, granularity=transition.granularity)
            elif _ends_list(transition) and transition.window_id in self._reading:
                self._drop(transition.window_id)
        self._open_windows()

    def _open_windows(self) -> None:
        """Has windows fetched that are open and not being read, as far as there are lanes for them."""
        if not self._is_stale:
            return
        self._is_stale = False
        self._run = self._ledger()
        most = self._patience.windows_per_lane * self._context.source.parallel - len(self._reading)
        waiting = self._reading.keys() | self._course.failed.keys()
        for window in [one for one in self._run.windows if one.state == "open" and one.id not in waiting][:most]:
            progress = ListProgress(window, self._facts().asked(window.window), self._patience)
            # After its first page a long list may be split; then its second would be requested for nothing.
            line = Line(window, progress.asked, paused=window.parent is None and not window.pages)
            self._reading[window.id] = _Reading(line, progress)
            self._fetching.follow(line)

    def _drop(self, window_id: int) -> None:
        """Stops fetching this list."""
        self._reading.pop(window_id).line.prefetch.cancel()
        self._is_stale = True

    def _end(self) -> Outcome:
        self._run = self._ledger()
        decided = self._answering.run(ending(self._run, self._facts()))
        self._answering.save(None, decided.transitions)
        return decided.outcome


def _ends_list(transition: Transition) -> TypeGuard[Advance | Close | Restart | Split]:
    """Whether the list of the transition's window is not read on."""
    return not isinstance(transition, SwitchGranularity | Advance) or (
        isinstance(transition, Advance) and transition.token is None
    )


class _ProgressReport:
    """Tells who watches how far the run is. `total` counts what the lists that were asked for announce."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._pages = run.pages
        self._records = sum(window.seen for window in run.windows if window.state != "split")
        self._sizes = {window.id: window.list_size for window in run.windows if window.parent is None}

    def tell(self, window_id: int, fresh: int, size: int | None) -> None:
        """A page of this window was stored, with so many records that its list had not given before."""
        self._pages, self._records = self._pages + 1, self._records + fresh
        if window_id in self._sizes:
            self._sizes[window_id] = size
        total = sum(known or 0 for known in self._sizes.values()) or None
        log.debug("%s: page %d, %d of %s records", self._run.prefix, self._pages, self._records, total or "unknown")
        report(f"{self._run.source} ({self._run.prefix})", self._records, total)
