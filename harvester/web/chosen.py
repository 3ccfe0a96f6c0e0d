"""From the parameters of an address to the articles that are meant, and the facets by which they are counted."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from harvester.config import Config
from harvester.findings import kinds
from harvester.identifiers import clean_doi
from harvester.markup import foreign
from harvester.registration.registrar import shown_agency, shown_system
from harvester.standing.article import STATES, ArticleState, facts_in, state_of
from harvester.store import ArticleChoice, CodeCount
from harvester.store.limits import in_time
from harvester.web.asked import Asked, whole_number
from harvester.web.kinds import Chosen, Facet, Value
from harvester.web.remembered import COUNTS, Counted

if TYPE_CHECKING:
    from harvester.store import Store

T = TypeVar("T")

NONE = "none"  # the value of a facet for articles without any
LABELS = {
    "q": "Search",
    "state": "State",
    "source": "Source",
    "code": "Finding",
    "journal": "Journal",
    "year": "Year",
}
_MOST_WORDS = 8  # of a search
_BUDGET, _LEAST = 0.5, 0.05  # seconds for all numbers of a page; counting does not begin with less
_BY_BASE: dict[str, ArticleState] = {"held": "held_back", "deleted": "deleted"}


def choice_of(config: Config, filters: Mapping[str, str]) -> ArticleChoice | None:
    """The articles that these parameters mean; `None` if there can be none. Raises `BadRequest`."""
    agency = shown_agency(config)
    state = filters.get("state")
    if state is not None and state not in STATES:
        return None
    searched = filters.get("q", "")
    named = searched if _is_name(searched) else None
    return ArticleChoice(
        target=agency.name,
        system=shown_system(config, agency),
        named=named,
        words=() if named else tuple(searched.split()[:_MOST_WORDS]),
        source=filters.get("source"),
        facts=facts_in(state) if state else None,
        code=filters.get("code"),
        issns=_issns(config, filters.get("journal")),
        year=_year(filters.get("year")),
    )


def _is_name(searched: str) -> bool:
    """Whether this is a DOI or an OAI identifier, and no words of a title."""
    return clean_doi(searched) is not None or (":" in searched and " " not in searched)


def _issns(config: Config, journal: str | None) -> tuple[str, ...]:
    """Every ISSN of the journal with this one."""
    if journal is None:
        return ()
    if journal == NONE:
        return ("",)
    table = config.journal_tables.get(journal)
    others = [issn for issn, one in config.journal_tables.items() if table is not None and one == table]
    return tuple(dict.fromkeys((journal, *others)))


def _year(year: str | None) -> int | None:
    return None if year is None else 0 if year == NONE else whole_number(year, "year")


# --------------------------------------------------------------------------------------------------- facets


class Numbers(Struct, frozen=True, kw_only=True):
    """How many articles match, by what they are counted by. What could not be counted in time is `None`.

    Single states have `None` if only their number is not known. `at`: when the oldest of these numbers was counted, if
    that was before this request.
    """

    states: Mapping[ArticleState, int | None] | None
    sources: Mapping[str, int] | None
    issns: Mapping[str | None, int] | None
    years: Mapping[int | None, int] | None
    codes: Sequence[CodeCount] | None
    at: datetime | None


def numbers_of(asked: Asked, choice: ArticleChoice) -> Numbers:
    """Counts the articles that match, as far as this is possible in a moment."""
    search, end = asked.store.search, time.monotonic() + _BUDGET

    def counted(what: str, count: Callable[[], T]) -> Counted[T | None]:
        left = end - time.monotonic()
        if left < _LEAST:
            return Counted(None)
        return remembered(asked, (what, choice), lambda: in_time(count, left))

    sent = counted("sent", lambda: _sent(asked.store, choice))
    counts = counted("counts", lambda: search.counts(choice))
    codes = counted("codes", lambda: search.codes(choice))
    known = search.number(choice) or counts.value
    return Numbers(
        states=_states(known.states, sent.value) if known else None,
        sources=known.sources if known else None,
        issns=counts.value.issns if counts.value else None,
        years=counts.value.years if counts.value else None,
        codes=codes.value,
        at=min((one.at for one in (counts, codes, sent) if one.at), default=None),
    )


def remembered(asked: Asked, key: Hashable, count: Callable[[], T]) -> Counted[T]:
    """What `count` returns for this store, or returned some minutes ago if that took long."""
    return COUNTS.get((asked.store.where, key), count, asked.now)


def remembered_in_time(asked: Asked, key: Hashable, count: Callable[[], T], seconds: float = math.inf) -> T | None:
    """The same; `None` if it takes longer than this page can wait."""
    return remembered(asked, key, lambda: in_time(count, seconds)).value


def _sent(store: Store, choice: ArticleChoice) -> Counter[ArticleState]:
    found: Counter[ArticleState] = Counter()
    for facts, number in store.search.sent(choice).items():
        found[state_of(facts)] += number
    return found


def _states(by_base: Mapping[str, int], sent: Counter[ArticleState] | None) -> dict[ArticleState, int | None]:
    """The numbers of all states. What was not sent is what is left of the ready ones."""
    numbers: dict[ArticleState, int | None] = {_BY_BASE[base]: by_base[base] for base in by_base.keys() & _BY_BASE}
    if not (ready := by_base.get("ready", 0)):
        return numbers
    if sent is None:
        return numbers | dict.fromkeys((state for state in STATES if state not in _BY_BASE.values()), None)
    numbers |= sent
    numbers["ready"] = (numbers.get("ready") or 0) + ready - sent.total()
    return {state: number for state, number in numbers.items() if number}


def facets_of(asked: Asked, chosen: Chosen) -> Sequence[Facet]:
    """The facets of a list of articles, each with the numbers that match."""
    choice = choice_of(asked.config, chosen.filters)
    if choice is None:
        return ()
    numbers, titles = numbers_of(asked, choice), in_time(asked.store.search.journals) or {}
    journals = journal_values(asked.config, numbers.issns, titles)
    return (
        Facet(name="state", label="State", values=_state_values(numbers.states), at=numbers.at),
        Facet(name="source", label="Source", values=_by_number(numbers.sources, {})),
        Facet(name="code", label="Finding", values=_code_values(numbers.codes), is_behind=True),
        Facet(name="journal", label="Journal", values=journals, is_behind=True),
        Facet(name="year", label="Year", values=_year_values(numbers.years), is_behind=True),
    )


def _state_values(states: Mapping[ArticleState, int | None] | None) -> list[Value] | None:
    if states is None:
        return [Value(state, words) for state, words in STATES.items()]
    return [Value(state, words, states[state]) for state, words in STATES.items() if state in states]


def _by_number(numbers: Mapping[str, int] | None, words: Mapping[str, str]) -> list[Value] | None:
    if numbers is None:
        return None
    order = sorted(numbers, key=lambda name: (-numbers[name], name))
    return [Value(name, foreign(words.get(name, name)), numbers[name]) for name in order]


def _code_values(codes: Sequence[CodeCount] | None) -> list[Value] | None:
    return None if codes is None else _by_number({one.code: one.articles for one in codes if one.code in kinds()}, {})


def journal_values(
    config: Config, journals: Mapping[str | None, int] | None, titles: Mapping[str, str]
) -> list[Value] | None:
    """The journals by their titles; the ISSNs of one journal are counted together."""
    if journals is None:
        return None
    numbers: Counter[str] = Counter()
    names = {NONE: "without an ISSN"}
    for issn, number in journals.items():
        name = NONE if issn is None else config.journal_tables.get(issn, issn)
        numbers[name] += number
        if issn is not None and name not in names:
            facts = config.journals.get(name)
            names[name] = (facts.title if facts else None) or titles.get(issn) or issn
    return _by_number(numbers, names)


def _year_values(years: Mapping[int | None, int] | None) -> list[Value] | None:
    if years is None:
        return None
    dated = sorted((year for year in years if year is not None), reverse=True)
    values = [Value(str(year), str(year), years[year]) for year in dated]
    return [*values, *([Value(NONE, "without a date", years[None])] if None in years else [])]
