"""Answers what plans ask, from a provider and the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any, Self, TypeVar

from msgspec.structs import replace

from harvester.errors import ProviderError
from harvester.harvesting import by_identifier
from harvester.harvesting.page_writer import PageWriter
from harvester.harvesting.questions import (
    Delivered,
    EarlierRun,
    GetRecord,
    HasDatestamp,
    Identify,
    LastComplete,
    ListFormats,
    ListIdentifiers,
    ListRecords,
    ListSets,
    Missing,
    NewestDatestamp,
    Plan,
    ProviderQuestion,
    Question,
    RejectedBefore,
    Rejections,
    Save,
    StoredIdentifiers,
    StoredRecords,
    StoreQuestion,
)
from harvester.model import Access, Page
from harvester.oai import Provider
from harvester.store import Run, Transition
from harvester.system.progress import report
from harvester.system.stopping import Stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

T = TypeVar("T")
_REQUESTS = {GetRecord: "fetching single records", ListIdentifiers: "comparing pages of identifiers"}
# Held while a request to the provider at this address is under way.
Slot = Callable[[str], AbstractContextManager[None]]


class Answering:
    """The provider and the store behind the plans of one run, for one thread. Every request holds a `slot`."""

    def __init__(self, store: Store, writer: PageWriter, run: Run, access: Access, slot: Slot, stop: Stop) -> None:
        self._store, self._writer, self._run, self._slot = store, writer, run, slot
        self._requests: Counter[str] = Counter()
        self._last_rejection = store.records.last_rejection_id()
        self._closing = ExitStack()
        self._provider = self._closing.enter_context(Provider(access, stop=stop))
        self._provider_once = self._closing.enter_context(Provider(replace(access, retries=0), stop=stop))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def run(self, plan: Plan[T]) -> T:
        """Answers what the plan asks until it has decided. Raises `Interruption` and what the plan raises."""
        answer: Any = None
        while True:
            try:
                question = plan.send(answer)
            except StopIteration as decided:
                return decided.value  # type: ignore[no-any-return]
            answer = self._answer(question)

    def save(self, page: Page | None, transitions: Sequence[Transition] = (), resolved: Collection[str] = ()) -> None:
        """Writes a step: a page with these transitions, after the provider was asked about disputed records."""
        if page is not None:
            arrival = self._writer.look(page)
            answers = self.run(by_identifier.clarify(arrival.disputed, self._run.prefix))
            self._writer.save(arrival, answers, transitions, resolved)
        elif transitions or resolved:
            self._store.apply(self._run.id, transitions, resolved=resolved, taken=self._run.taken)

    def _answer(self, question: Question) -> Any:
        if isinstance(question, ProviderQuestion):
            provider = self._provider_once if _is_sent_once(question) else self._provider
            self._report(question)
            try:
                with self._slot(provider.url):
                    return _ask(provider, question)
            except ProviderError as error:
                return error
        return self._from_store(question)

    def _report(self, question: ProviderQuestion) -> None:
        """Reports what is requested, and how often that was requested in this run."""
        words = _REQUESTS.get(type(question), "asking the provider")
        self._requests[words] += 1
        report(f"{self._run.source} ({self._run.prefix}): {words}", self._requests[words])

    def _from_store(self, question: StoreQuestion) -> Any:
        source, prefix = self._run.source, self._run.prefix
        match question:
            case Save(page, resolved):
                return self.save(page, resolved=resolved)
            case Missing(listed):
                return self._writer.missing(listed)
            case StoredRecords(identifiers):
                return self._store.records.stored(source, prefix, identifiers)
            case StoredIdentifiers(after):
                return self._store.articles.identifiers(source, after)
            case RejectedBefore():
                return self._store.records.unresolved_rejections(source, prefix, self._last_rejection)
            case Delivered(identifiers):
                return {name for name in identifiers if self._writer.was_delivered(name)}
            case NewestDatestamp():
                return self._store.records.newest_datestamp(source, prefix)
            case HasDatestamp(since, until):
                return self._store.records.has_datestamp(source, prefix, since, until)
            case LastComplete():
                return self._store.runs.last_complete(source, prefix)
            case EarlierRun():
                return self._store.runs.newest_run(source, prefix, before=self._run.id)
            case Rejections():
                return [one.reason for one in self._store.records.rejected(self._run.id)]


def _is_sent_once(question: ProviderQuestion) -> bool:
    return isinstance(question, ListRecords) or (isinstance(question, GetRecord) and not question.retried)


def _ask(provider: Provider, question: ProviderQuestion) -> Any:
    match question:
        case Identify():
            return provider.identify()
        case ListFormats():
            return provider.formats()
        case ListSets():
            return provider.sets()
        case ListIdentifiers(window, token):
            return provider.identifiers(window, token)
        case ListRecords(window):
            return provider.page(window)
        case GetRecord(identifier, prefix):
            return provider.record(identifier, prefix)
