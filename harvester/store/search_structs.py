"""Articles as people look for them, as the store takes and gives them."""

from __future__ import annotations

from itertools import product
from typing import Literal, get_args

from msgspec import Struct

from harvester.answers import System
from harvester.model import Article, Finding
from harvester.store.deposit_structs import ArticleFacts
from harvester.store.registration_structs import DoiState
from harvester.store.structs import FindingRow

_STATES: tuple[Literal["ready", "held", "deleted"], ...] = ("ready", "held", "deleted")
EVERY_FACT = tuple(  # whatever can be true of an article
    ArticleFacts(state=state, in_file=in_file, is_marked=is_marked, has_changed=has_changed, registration=known)
    for state, in_file, is_marked, has_changed, known in product(
        _STATES, *((False, True),) * 3, (None, *get_args(DoiState))
    )
)


class ArticleChoice(Struct, frozen=True, kw_only=True):
    """Which articles are meant; `None` and empty are any.

    `named` is an OAI identifier or a DOI, `words` are parts of the title. `issns` are those of one journal; with an
    empty one, articles without an ISSN; the year 0 is that of articles without a date. `facts`: one of them is true of
    the article, in this system of this target.
    """

    target: str = "crossref"
    system: System = "live"
    named: str | None = None
    words: tuple[str, ...] = ()
    source: str | None = None
    facts: frozenset[ArticleFacts] | None = None
    code: str | None = None  # of one of its findings
    issns: tuple[str, ...] = ()
    year: int | None = None

    @property
    def states(self) -> frozenset[str]:
        """The states of the store in which they may be; empty: all."""
        return frozenset(facts.state for facts in self.facts or ())


class ArticleLine(Struct, frozen=True, kw_only=True):
    """An article in a list. `held_back` is the first finding that holds it back."""

    id: int
    source: str
    identifier: str
    doi: str | None
    title: str | None
    journal: str | None
    issn: str | None
    year: int | None
    facts: ArticleFacts
    held_back: Finding | None


class ArticleCounts(Struct, frozen=True, kw_only=True):
    """How many articles match: by state of the store, by source, by the first ISSN of the journal, and by year.

    Those by ISSN and year are `None` if they were not asked for.
    """

    states: dict[str, int]
    sources: dict[str, int]
    issns: dict[str | None, int] | None = None
    years: dict[int | None, int] | None = None


class CodeCount(Struct, frozen=True, kw_only=True):
    """How many findings have a code, how many articles have such findings, and the ids of the newest few of these."""

    code: str
    findings: int
    articles: int
    examples: tuple[int, ...]


class FoundArticle(Struct, frozen=True):
    """An article, and its id."""

    id: int
    article: Article


class FoundFinding(Struct, frozen=True, kw_only=True):
    """A finding in a list, with its place: the id of its article, and its position there."""

    article_id: int
    position: int
    row: FindingRow
