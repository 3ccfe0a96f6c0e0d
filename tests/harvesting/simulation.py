"""A harvest without threads, sockets or database: the plan, the protocol client, and a ledger in memory.

`MemoryStore` is a model of the store as far as a harvest needs it; a test compares the two. `Simulation` reads one list
after the other, so it says in a few lines what `walker` does with several at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from typing import Any

from msgspec.structs import replace

from harvester.config import Source
from harvester.errors import ProviderError, WaitUntil
from harvester.harvesting import changes, plan, windows
from harvester.harvesting.answering import Answering
from harvester.harvesting.context import Outcome
from harvester.harvesting.ending import ending
from harvester.harvesting.lists import ListProgress
from harvester.harvesting.page_writer import PageWriter
from harvester.harvesting.patience import DEFAULT, Patience
from harvester.model import RawRecord, StoredRecord, Token, Window
from harvester.oai import Provider
from harvester.store import (
    Advance,
    Close,
    Counts,
    PageToSave,
    RejectedRecord,
    Restart,
    Run,
    RunWindow,
    Split,
    SwitchGranularity,
    Transition,
    UnresolvedRejection,
)
from harvester.system.stopping import never_stop
from tests.providers.in_memory import in_memory
from tests.providers.truth import CLOCK, Broken


class MemoryStore:
    """One run of one source in one format, and the records it brought."""

    def __init__(self, windows: Sequence[Window], kind: Any = "full") -> None:
        opened = tuple(RunWindow(id=number, window=window) for number, window in enumerate(windows, 1))
        self.current = Run(
            id=1, source="journal", prefix="oai_dc", kind=kind, state="running", started=CLOCK, finished=None,
            response_date=None, error=None, pages=0, counts=Counts(), windows=opened,
        )  # fmt: skip
        self.received: dict[str, RawRecord] = {}
        self.rejections: list[RejectedRecord] = []
        self.steps = 0

    # What a harvest asks of the parts of the store.

    @property
    def runs(self) -> MemoryStore:
        return self

    @property
    def records(self) -> MemoryStore:
        return self

    @property
    def articles(self) -> MemoryStore:
        return self

    def get(self, _: int) -> Run:
        return self.current

    def last_rejection_id(self) -> int:
        return len(self.rejections)

    def unresolved_rejections(self, _: str, __: str, last: int) -> list[UnresolvedRejection]:
        before = {one.identifier: one.reason for one in self.rejections[:last] if one.identifier}
        return [UnresolvedRejection(name, reason) for name, reason in before.items() if name not in self.received]

    def unresolved(self) -> set[str]:
        """The identifiers of records that were rejected and have not come."""
        return {one.identifier for one in self.rejections if one.identifier} - self.received.keys()

    def rejected(self, _: int) -> list[RejectedRecord]:
        return self.rejections

    def newest_datestamp(self, *_: object) -> str:
        return max((raw.datestamp for raw in self.received.values()), default="")

    def has_datestamp(self, _: str, __: str, since: str, until: str) -> bool:
        stamps = [raw.datestamp for raw in self.received.values()]
        return any(since[: len(stamp)] <= stamp <= until for stamp in stamps)

    def newest_run(self, *_: object, before: int) -> None:
        """There is no run before this one."""

    def stored(self, _: str, __: str, identifiers: Iterable[str]) -> dict[str, StoredRecord]:
        return {name: _stored(self.received[name]) for name in identifiers if name in self.received}

    def identifiers(self, _: str, after: str) -> list[str]:
        return sorted(name for name in self.received if name > after)[:100]

    def apply(
        self,
        run_id: int,
        transitions: Sequence[Transition] = (),
        page: PageToSave | None = None,
        resolved: Collection[str] = (),
        *,
        taken: int | None = None,
    ) -> None:
        assert taken in (None, self.current.taken)
        self.steps += 1
        for transition in transitions:
            self.current = replace(self.current, windows=changed(self.current.windows, transition))
        if page is not None:
            self._save(run_id, page)

    def _save(self, run_id: int, page: PageToSave) -> None:
        counts = {name: getattr(self.current.counts, name) for name in Counts.__struct_fields__}
        for record in page.records:
            counts[record.decision] += 1
            if record.decision != "unchanged":
                self.received[record.raw.identifier] = record.raw
        counts["rejected"] += len(page.bad)
        self.rejections += [RejectedRecord(run_id, bad.identifier, bad.reason, bad.payload) for bad in page.bad]
        dates = [date for date in (self.current.response_date, page.response_date) if date]
        self.current = replace(
            self.current,
            pages=self.current.pages + 1,
            counts=Counts(**counts),
            response_date=min(dates, default=None),
        )


def _stored(raw: RawRecord) -> StoredRecord:
    return StoredRecord(raw.datestamp, raw.deleted, changes.content_hash(raw), raw.sets, raw.repairs, 1)


def changed(ledger: tuple[RunWindow, ...], transition: Transition) -> tuple[RunWindow, ...]:
    """The ledger after a transition, as the store writes it."""
    if isinstance(transition, SwitchGranularity):
        return ledger
    windows = {window.id: window for window in ledger}
    window = windows[transition.window_id]
    if isinstance(transition, Advance):
        windows[window.id] = _advanced(window, transition)
    elif isinstance(transition, Close):
        windows[window.id] = replace(window, state="done", token=None, seen=transition.seen)
    elif isinstance(transition, Restart):
        windows[window.id] = replace(
            window, state="open", token=None, pages=0, seen=0, attempts=window.attempts + 1,
            delivered=max(window.delivered, window.seen),
        )  # fmt: skip
        if transition.total is not None:
            short = {"last_total": transition.total, "short_since": transition.short_since}
            windows[window.id] = replace(windows[window.id], **short)
    elif isinstance(transition, Split):
        size = transition.list_size or window.list_size
        announced = max(window.announced, size or 0)
        windows[window.id] = replace(window, state="split", token=None, list_size=size, announced=announced)
        for number, part in enumerate(transition.parts, max(windows) + 1):
            windows[number] = RunWindow(id=number, window=part, parent=window.id, attempts=window.attempts)
    return tuple(windows.values())


def _advanced(window: RunWindow, to: Advance) -> RunWindow:
    said = (to.token.complete_list_size if to.token else None) or to.list_size
    size = (said or window.list_size) if not window.pages else (window.list_size or said)
    token = to.token and Token(to.token.value, size, to.token.cursor, to.token.expires)
    state = "open" if to.token else "done"
    return replace(
        window, state=state, token=token, list_size=size, pages=window.pages + 1, seen=window.seen + to.fresh,
        announced=max(window.announced, said or 0),
    )  # fmt: skip


class NoArticles:
    """In place of the mapper: what becomes of a record is not what is simulated."""

    def arrived(self, *_: object) -> tuple[()]:
        return ()


class Simulation:
    """One run over a provider that is a script. A second `harvest` resumes it."""

    def __init__(self, script: Broken, source: Source, patience: Patience = DEFAULT) -> None:
        self.script, self.source, self.patience = script, source, patience
        self.store = MemoryStore(windows.requested("oai_dc", source.sets))
        self._course = plan.Course()

    def harvest(self) -> Outcome:
        with in_memory(self.script):
            try:
                return self._harvest()
            except WaitUntil as error:
                return Outcome("waiting", str(error), wait_until=error.moment)
            except ProviderError as error:
                return Outcome("failed", str(error))

    def _harvest(self) -> Outcome:
        access, run = self.source.access(), self.store.runs.get(1)
        writer = PageWriter(self.store, NoArticles(), run)  # type: ignore[arg-type]
        with (
            Provider(access) as provider,
            Answering(self.store, writer, run, access, lambda _: nullcontext(), never_stop) as answering,  # type: ignore[arg-type]
        ):
            self._identity, self._course = provider.identify(), plan.Course()
            while (window := self._next_window()) or self._close(answering):
                if window:
                    self._read(window, provider, answering)
            decided = answering.run(ending(self.store.runs.get(1), self._facts()))
            answering.save(None, decided.transitions)
            return decided.outcome

    def _facts(self) -> plan.Facts:
        return plan.Facts(
            kind="full",
            ledger=self.store.current.windows,
            course=self._course,
            identity=self._identity,
            sets=self.source.sets,
            window_records=self.source.window_records,
            parallel=self.source.parallel,
            max_deletion_share=self.source.max_deletion_share,
            now=CLOCK,
            patience=self.patience,
        )

    def _next_window(self) -> RunWindow | None:
        windows = self.store.current.windows
        return next((one for one in windows if one.state == "open" and one.id not in self._course.failed), None)

    def _close(self, answering: Answering) -> bool:
        step = answering.run(plan.when_idle(self._facts()))
        if step is not None:
            self._apply(step, answering)
        return step is not None

    def _read(self, window: RunWindow, provider: Provider, answering: Answering) -> None:
        """Read the list of a window until a step ends it."""
        progress = ListProgress(window, self._facts().asked(window.window), self.patience)
        while True:
            try:
                page = provider.page(progress.asked, progress.token.value if progress.token else None)
            except ProviderError as error:
                self._apply(answering.run(plan.after_failure(progress, error, self._facts())), answering)
                return
            fresh = progress.take(page)
            step = answering.run(plan.after_page(progress, page, fresh, self._facts()))
            self._apply(step, answering)
            if not any(isinstance(move, Advance) and move.token for move in step.transitions):
                return

    def _apply(self, step: plan.Step, answering: Answering) -> None:
        answering.save(step.page, step.transitions)
        self._course = step.course
        for transition in step.transitions:
            if isinstance(transition, SwitchGranularity):
                self._identity = replace(self._identity, granularity=transition.granularity)
