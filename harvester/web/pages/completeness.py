"""`/completeness`: how complete the articles of each journal are, as in the report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from msgspec import Struct, structs, to_builtins

from harvester.markup import Html, Part, foreign, tag
from harvester.model import Article
from harvester.report import MEASURES, JournalShare, journal_card, journal_shares
from harvester.store import EVERY_FACT, ArticleChoice
from harvester.store.limits import in_time
from harvester.web import parts
from harvester.web.asked import Asked, Context
from harvester.web.chosen import choice_of, journal_values, remembered
from harvester.web.kinds import Chosen, Facet, ListPage, Value

_BUDGET = 0.5  # seconds in which articles are read
_BATCH = 200  # articles read at once
_READY = frozenset(facts for facts in EVERY_FACT if facts.state == "ready")
_LABELS = {"source": "Source", "journal": "Journal"}
_PERCENTS = tuple(f"percent.{name}" for name in MEASURES)


class Completeness(Struct, frozen=True, kw_only=True):
    """The shares of each journal, by so many `counted` articles. `is_whole`: these are all that match."""

    journals: tuple[JournalShare, ...]
    counted: int
    is_whole: bool
    year: int


class _Reading:
    """The articles that match, newest first, as many as can be read in time."""

    def __init__(self, asked: Asked, choice: ArticleChoice) -> None:
        self.number, self.is_whole = 0, False
        self._asked, self._choice = asked, choice

    def articles(self, budget: float) -> Iterator[Article]:
        end, before = time.monotonic() + budget, None
        while found := self._asked.store.search.articles(self._choice, before=before, limit=_BATCH):
            self.number += len(found)
            before = found[-1].id
            yield from (one.article for one in found)
            if time.monotonic() > end:
                return
        self.is_whole = True


def _completeness(asked: Asked, filters: dict[str, str], budget: float) -> Completeness:
    year = asked.now.year
    choice = choice_of(asked.config, filters)
    if choice is None:
        return Completeness(journals=(), counted=0, is_whole=True, year=year)
    reading = _Reading(asked, structs.replace(choice, facts=_READY))
    journals = tuple(journal_shares(asked.config, reading.articles(budget), year))
    return Completeness(journals=journals, counted=reading.number, is_whole=reading.is_whole, year=year)


def _read(asked: Asked) -> Completeness:
    filters = {name: value for name in _LABELS if (value := asked.query.get(name, "").strip())}
    return remembered(asked, ("completeness", *filters.items()), lambda: _completeness(asked, filters, _BUDGET)).value


def _rows(asked: Asked, chosen: Chosen) -> Sequence[JournalShare]:
    """All journals at once: they are known only after every article has been read."""
    if chosen.after:
        return ()
    return _completeness(asked, dict(chosen.filters), float("inf")).journals


def _facets(asked: Asked, _: Chosen) -> Sequence[Facet]:
    titles = in_time(asked.store.search.journals) or {}
    journals = journal_values(asked.config, dict.fromkeys(titles, 0), titles) or ()
    return (
        Facet(name="source", label="Source", values=[Value(name, foreign(name)) for name in asked.config.sources]),
        Facet(name="journal", label="Journal", values=[structs.replace(value, number=None) for value in journals]),
    )


def _show(found: Completeness, context: Context) -> Part:
    if not found.journals:
        return parts.card(_nothing(context))
    return (
        tag(
            "p",
            "The share of articles that have each kind of metadata, counted as Crossref's participation reports do, "
            f"over the articles ready for deposit. Current are {found.year - 2} to {found.year}, the back file is all "
            "before.",
            class_="soft",
        ),
        () if found.is_whole else _partly(found),
        tag("div", [journal_card(one, "h2") for one in found.journals], class_="cards"),
    )


def _partly(found: Completeness) -> Html:
    words = (
        f"These are the shares of the newest {found.counted:,} articles: reading all of them takes more than a second. "
        "Choose a journal, download the CSV, or run "
    )
    return tag("p", words, tag("code", "harvester report"), " for all.", class_="notice")


def _nothing(context: Context) -> Html:
    held = tag("a", "what holds records back", href=context.links.to("findings", severity="error"))
    return tag("p", "No article is ready for deposit here. See ", held, ".")


COMPLETENESS: ListPage[JournalShare] = ListPage(
    title="Completeness",
    plural="journals",
    labels=_LABELS,
    rows=_rows,
    key=lambda journal: journal.journal or "-",
    facets=_facets,
    columns=(),
    document=to_builtins,
    csv=(
        "journal",
        "title",
        *(f"{part}.{name}" for part in ("current", "back_file") for name in ("articles", *_PERCENTS)),
    ),
    empty=_nothing,
    before=_read,
    above=_show,
    has_rows=False,
)
