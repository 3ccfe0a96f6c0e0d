"""How each article is: one state of a few, which add up to all articles of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from harvester.answers import System
from harvester.registration import words
from harvester.store import EVERY_FACT, ArticleFacts, DepositState, DoiState, StoredArticle

if TYPE_CHECKING:
    from harvester.store import Store

ArticleState = Literal[
    "held_back",
    "refused",
    "uncertain",
    "unaccounted",
    "registered_with_conflict",
    "ready",
    "changed",
    "in_file",
    "waiting",
    "registered",
    "elsewhere",
    "deleted",
]
_OF_DOI: dict[DoiState, ArticleState] = {
    "waiting": "waiting",
    "uncertain": "uncertain",
    "registered": "registered",
    "registered_with_conflict": "registered_with_conflict",
    "refused": "refused",
    "unaccounted": "unaccounted",
    "elsewhere": "elsewhere",
}

STATES: dict[ArticleState, str] = {  # what needs a person comes first
    "held_back": "held back",
    "refused": words.GROUPS["refused"],
    "uncertain": words.GROUPS["uncertain"],
    "unaccounted": words.GROUPS["unaccounted"],
    "registered_with_conflict": words.GROUPS["registered_with_conflict"],
    "ready": "ready for deposit",
    "changed": "changed since its deposit",
    "in_file": "in a file that was not sent",
    "waiting": words.GROUPS["waiting"],
    "registered": words.GROUPS["registered"],
    "elsewhere": words.GROUPS["elsewhere"],
    "deleted": "deleted by the provider",
}
SENTENCES: dict[ArticleState, str] = {
    "held_back": "A finding holds it back, so it comes into no new deposit file.",
    "refused": words.OF_DOI["refused"],
    "uncertain": words.OF_DOI["uncertain"],
    "unaccounted": words.OF_DOI["unaccounted"],
    "registered_with_conflict": words.OF_DOI["registered_with_conflict"],
    "ready": "In no deposit file yet; the next export writes it.",
    "changed": "The next export writes it again, because it has changed since its deposit.",
    "in_file": "In a file that was not sent.",
    "waiting": words.OF_DOI["waiting"],
    "registered": words.OF_DOI["registered"],
    "elsewhere": words.OF_DOI["elsewhere"],
    "deleted": "The provider has deleted it. What was deposited of it stays at the agency.",
}


def state_of(facts: ArticleFacts) -> ArticleState:
    """The state of an article. What is held back, deleted or changed is so whatever became of its earlier deposit.

    But a change waits while the result of the earlier file is awaited.
    """
    if facts.state == "deleted":
        return "deleted"
    if facts.state == "held":
        return "held_back"
    known = _OF_DOI.get(facts.registration) if facts.registration else None
    if known in ("waiting", "uncertain"):
        return known
    if facts.has_changed:
        return "changed"
    if known:
        return known
    return "in_file" if facts.in_file else "elsewhere" if facts.is_marked else "ready"


def facts_in(state: ArticleState) -> frozenset[ArticleFacts]:
    """All that can be true of an article in this state."""
    return frozenset(facts for facts in EVERY_FACT if state_of(facts) == state)


def facts_of(
    stored: StoredArticle, deposits: Sequence[DepositState], registration: DoiState | None = None
) -> ArticleFacts:
    """What decides the state of an article, by its deposits and what became of its DOI."""
    return ArticleFacts(
        state=stored.state,
        in_file=any(one.batch_id for one in deposits),
        is_marked=any(one.elsewhere_since for one in deposits),
        has_changed=any(one.changed_since for one in deposits),
        registration=registration,
    )


def article_counts(store: Store, target: str, system: System) -> dict[str, Counter[ArticleState]]:
    """How many articles of each source of the store are in each state, for one system of a target."""
    counts: dict[str, Counter[ArticleState]] = {}
    for source, numbers in store.deposits.facts(target, system).items():
        of_source: Counter[ArticleState] = Counter()
        for facts, number in numbers.items():
            of_source[state_of(facts)] += number
        counts[source] = of_source
    return counts
