"""Plans answered by hand: what a provider and a store would say, and what they were asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, TypeVar

from harvester.errors import BadStatus, ProviderError
from harvester.harvesting.questions import GetRecord, Identify, Missing, Plan, Question, Save
from harvester.model import Identity, Page, RawRecord, Token

T = TypeVar("T")
Answer = Callable[[Question], Any]

IDENTITY = Identity(
    repository="River",
    base_url="",
    earliest="2020-01-01",
    deleted_record="no",
    granularity="day",
    response_date="2025-06-01T12:00:00Z",
)


def numbered(count: int, start: int = 0) -> tuple[RawRecord, ...]:
    return tuple(
        RawRecord(identifier=f"oai:x:{number}", datestamp="2024-05-01", payload=b"<record/>")
        for number in range(start, start + count)
    )


def page(count: int = 2, start: int = 0, token: str | None = None, size: int | None = None) -> Page:
    return Page(
        records=numbered(count, start),
        token=Token(token) if token else None,
        list_size=size,
        response_date="2025-06-01T12:00:05Z",
    )


@dataclass
class Provider:
    """Answers by hand, and notes what it was asked. What has no answer fails the test."""

    answers: dict[type, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)  # identifiers; those of bad records begin with a minus
    saves: list[Save] = field(default_factory=list)

    def run(self, deciding: Plan[T]) -> T:
        answer: Any = None
        while True:
            try:
                question = deciding.send(answer)
            except StopIteration as decided:
                return decided.value  # type: ignore[no-any-return]
            answer = self._answer(question)

    def _answer(self, question: Question) -> Any:
        if isinstance(question, Save):
            self.saves.append(question)
            self.saved += [raw.identifier for raw in question.page.records] if question.page else []
            self.saved += [f"-{bad.identifier}" for bad in question.page.bad] if question.page else []
            return None
        if isinstance(question, Missing):
            given = self.answers.get(Missing)
            return list(question.listed) if given is None else given(question)
        self.asked.append(type(question).__name__)
        answer = self.answers[type(question)]
        return answer(question) if callable(answer) else answer


ALIVE: dict[type, Any] = {Identify: IDENTITY}


def by_identifier(*lost: str, error: ProviderError | None = None) -> Answer:
    """GetRecord that gives every record but these."""

    def answer(question: Question) -> Page | ProviderError:
        assert isinstance(question, GetRecord)
        if question.identifier in lost:
            return error or BadStatus("HTTP 500", 500)
        return Page(records=(RawRecord(identifier=question.identifier, datestamp="2024-05-01", payload=b"<r/>"),))

    return answer


def listing(*pages: Page | ProviderError) -> Answer:
    """ListIdentifiers that gives these pages, one after the other, and then the last one again."""
    left = chain(pages, repeat(pages[-1]) if pages else ())
    return lambda _: next(left)
