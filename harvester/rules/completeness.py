"""How complete articles are, counted as in Crossref's participation reports (mapping C10).

For each journal, Crossref shows the share of articles that have references, abstracts and so on: for the current years
(this year and the two before) and for the back file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct

from harvester import patterns
from harvester.model import Affiliation, Article, JournalFacts
from harvester.text import plain

MEASURES = (
    "references",
    "abstracts",
    "orcid",
    "affiliations",
    "ror",
    "similarity_check",
    "crossmark",
    "text_mining",
    "licenses",
    "funders",
    "awards",
)
CURRENT_YEARS = 3


class MeasureCounts(Struct, kw_only=True):
    """The number of articles, and how many of them have each of `MEASURES`."""

    articles: int = 0
    having: dict[str, int] = {}

    def add(self, article: Article, *, crossmark: bool = False) -> None:
        self.articles += 1
        for measure in measures(article, crossmark=crossmark):
            self.having[measure] = self.having.get(measure, 0) + 1

    def percent(self, measure: str) -> float:
        """0 to 100; 0 if there is no article."""
        return 100 * self.having.get(measure, 0) / self.articles if self.articles else 0.0


class JournalCounts(Struct, kw_only=True):
    """The counts of one journal: for articles of this year and the two before, and for older articles."""

    title: str
    current: MeasureCounts
    back_file: MeasureCounts


def measures(article: Article, *, crossmark: bool = False) -> Iterator[str]:
    """The `MEASURES` that the article has. If a Crossmark policy is configured (`crossmark`), every article has it."""
    affiliations = list(_affiliations(article))
    values = {
        "references": article.references,
        "abstracts": article.abstracts,
        "orcid": any(person.orcid for person in article.contributors),
        "affiliations": affiliations,
        "ror": any(affiliation.ror for affiliation in affiliations),
        "similarity_check": article.files,
        "crossmark": crossmark,
        "text_mining": article.files,
        "licenses": article.licenses,
        "funders": any(funding.funder or funding.funder_id or funding.ror for funding in article.funding),
        "awards": any(funding.awards for funding in article.funding),
    }
    return (measure for measure in MEASURES if values[measure])


def _affiliations(article: Article) -> Iterator[Affiliation]:
    return (affiliation for person in article.contributors for affiliation in person.affiliations)


def count_by_journal(
    articles: Iterable[Article],
    year: int,
    journals: Mapping[str, JournalFacts] = MappingProxyType({}),
    *,
    crossmark: bool = False,
) -> dict[str, JournalCounts]:
    """The counts by ISSN of the journal, else by its title. Articles without a publication date are left out.

    `year` is the current year. `journals` are the configured journals, which say which ISSNs belong together.
    """
    counts: dict[str, JournalCounts] = {}
    for article in articles:
        if not article.dates:
            continue
        key, title = _journal(article, journals)
        journal = counts.setdefault(key, JournalCounts(title=title, current=MeasureCounts(), back_file=MeasureCounts()))
        published = min(date.year for date in article.dates)
        part = journal.current if published > year - CURRENT_YEARS else journal.back_file
        part.add(article, crossmark=crossmark)
    return counts


def _journal(article: Article, journals: Mapping[str, JournalFacts]) -> tuple[str, str]:
    """The key of the article's journal, and the journal's title."""
    facts = patterns.facts_of(article, journals)
    title = plain(article.journal.titles[0].text) if article.journal.titles else ""
    numbers = [issn.value for issn in sorted(article.journal.issns, key=lambda issn: issn.medium != "print")]
    if facts is not None:
        title = facts.title or title
        numbers = [number for number in (facts.issn_print, facts.issn_electronic) if number] or numbers
    return (numbers[0] if numbers else title), title
