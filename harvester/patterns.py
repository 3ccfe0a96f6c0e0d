"""Patterns of the configuration, filled from an article: the journal's landing pages and DOIs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from string import Formatter
from urllib.parse import quote

from harvester.model import Article, JournalFacts

# What Crossref takes in the suffix of a new DOI, and how much of it.
DOI_CHARACTERS = "-A-Za-z0-9._;()/"
LONGEST_SUFFIX = 200
_GOOD_DOI = re.compile(rf"10\.[0-9]{{4,9}}/[{DOI_CHARACTERS}]{{1,{LONGEST_SUFFIX}}}")
_URL_SAFE = "/-._~;():,@!$&'*+="


def suffix_fits(doi: str) -> bool:
    """Whether the DOI's suffix is as short as the deposit schema wants it."""
    return len(doi.partition("/")[2]) <= LONGEST_SUFFIX


def facts_of(article: Article, journals: Mapping[str, JournalFacts]) -> JournalFacts | None:
    """What the configuration knows of the article's journal, found by any of its ISSNs."""
    return next((journals[issn.value] for issn in article.journal.issns if issn.value in journals), None)


def landing_page(article: Article, facts: JournalFacts) -> str | None:
    """The page by the journal's pattern; `None` where there is no pattern, or the article lacks a value for it."""
    if facts.landing_page is None:
        return None
    values = {name: quote(value, safe=_URL_SAFE) for name, value in _values(article).items()}
    return _filled(facts.landing_page, values)


def dois(article: Article, facts: JournalFacts) -> Iterator[str]:
    """The DOIs that the journal's pattern gives the article, one for each of its ISSNs, the print one first.

    Nothing where there is no pattern, the article lacks a value for it, or what comes out is none that Crossref takes.
    """
    if facts.doi_pattern is None:
        return
    values = _values(article)
    if facts.doi_prefix:
        values["prefix"] = facts.doi_prefix
    known = [facts.issn_print, facts.issn_electronic, *(issn.value for issn in article.journal.issns)]
    for issn in dict.fromkeys(number for number in known if number):
        doi = _filled(facts.doi_pattern, {**values, "issn": issn})
        if doi and _GOOD_DOI.fullmatch(doi):
            yield doi


def _values(article: Article) -> dict[str, str]:
    """What an article can put into a pattern; a field it does not have is not there."""
    years = [str(date.year) for date in article.dates]
    values = {
        "doi": article.doi,
        "volume": article.volume,
        "issue": article.issue,
        "first_page": article.first_page,
        "last_page": article.last_page,
        "year": years[0] if len(set(years)) == 1 else None,
        "identifier": article.identifiers[0] if article.identifiers else None,
    }
    return {name: value for name, value in values.items() if value}


def _filled(pattern: str, values: Mapping[str, str]) -> str | None:
    parts: list[str] = []
    for literal, field in _parsed(pattern):
        parts.append(literal)
        if field is not None:
            if field not in values:
                return None
            parts.append(values[field])
    return "".join(parts)


@lru_cache(256)
def _parsed(pattern: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, field) for literal, field, _, _ in Formatter().parse(pattern))
