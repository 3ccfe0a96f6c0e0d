"""The configured patterns of a journal's landing pages and DOIs, filled in from an article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from string import Formatter
from urllib.parse import quote

from harvester.crossref.limits import DOI_CHARACTERS, LONGEST_DOI_SUFFIX
from harvester.model import Article, JournalFacts

_GOOD_DOI = re.compile(rf"10\.[0-9]{{4,9}}/[{DOI_CHARACTERS}]{{1,{LONGEST_DOI_SUFFIX}}}")
_URL_SAFE = "/-._~;():,@!$&'*+="


def facts_of(article: Article, journals: Mapping[str, JournalFacts]) -> JournalFacts | None:
    """The configured facts of the article's journal, found by any of its ISSNs."""
    return next((journals[issn.value] for issn in article.journal.issns if issn.value in journals), None)


def landing_page(article: Article, facts: JournalFacts) -> str | None:
    """The landing page by the journal's pattern; `None` without a pattern or if the article lacks a value for it."""
    if facts.landing_page is None:
        return None
    values = {name: quote(value, safe=_URL_SAFE) for name, value in _values(article).items()}
    return _filled(facts.landing_page, values)


def landing_page_lacks(article: Article, facts: JournalFacts) -> list[str]:
    """The fields of the journal's landing-page pattern for which the article has no value."""
    fields = dict.fromkeys(field for _, field in _parsed(facts.landing_page or "") if field is not None)
    return [field for field in fields if field not in _values(article)]


def dois(article: Article, facts: JournalFacts) -> Iterator[str]:
    """The DOIs of the article by the journal's pattern, one for each of its ISSNs, the print ISSN first.

    There are none without a pattern or if the article lacks a value for it. DOIs that Crossref rejects are left out.
    """
    yield from filter(_GOOD_DOI.fullmatch, unchecked_dois(article, facts))


def unchecked_dois(article: Article, facts: JournalFacts) -> Iterator[str]:
    """As `dois`, with those that Crossref rejects."""
    if facts.doi_pattern is None:
        return
    values = _doi_values(article, facts)
    issns = [facts.issn_print, facts.issn_electronic, *(issn.value for issn in article.journal.issns)]
    for issn in dict.fromkeys(issn for issn in issns if issn):
        if doi := _filled(facts.doi_pattern, {**values, "issn": issn}):
            yield doi


def has_form(doi: str, facts: JournalFacts) -> bool:
    """Whether the DOI can be one of the journal's pattern, with whatever values."""
    return bool(_form(facts.doi_pattern or "", facts.doi_prefix or "").fullmatch(doi))


def lacking(article: Article, facts: JournalFacts) -> list[str]:
    """The fields of the journal's DOI pattern for which the article has no value."""
    values = _doi_values(article, facts).keys() | {"issn"}
    fields = (field for _, field in _parsed(facts.doi_pattern or ""))
    return [field for field in dict.fromkeys(fields) if field is not None and field not in values]


def in_our_words(pattern: str) -> str:
    """The pattern with our fields in the place of those of OJS, such as `%v`."""
    return re.sub("|".join(OJS_FIELDS), lambda match: f"{{{OJS_FIELDS[match[0]]}}}", pattern)


# Custom patterns for DOIs in OJS, by its documentation: "%p" is the whole range of pages.
OJS_FIELDS = {"%v": "volume", "%i": "issue", "%Y": "year", "%a": "article_id", "%p": "pages"}
_ARTICLE_ID = re.compile(r"/article/(?:view/|id/)?([0-9]+)/?$")  # OJS, Janeway


_NUMBER = r"(?:[A-Z]{0,2}[0-9]+[A-Z]{0,2}|[IVXLCDM]+)"  # 12, S1, e10, 3A, XII
_FORMS = {
    "issn": r"[0-9]{4}-?[0-9]{3}[0-9X]",
    "year": r"[0-9]{4}",
    "article_id": r"[0-9]+",
    "identifier": r".+",
    "issue": rf"{_NUMBER}(?:[-_]{_NUMBER})?",  # double issues
    "pages": rf"{_NUMBER}(?:-{_NUMBER})?",
}


@lru_cache(256)
def _form(pattern: str, prefix: str) -> re.Pattern[str]:
    """The DOIs that a pattern can give."""
    forms = {**_FORMS, "prefix": re.escape(prefix)}
    parts = (re.escape(text) + ("" if field is None else forms.get(field, _NUMBER)) for text, field in _parsed(pattern))
    return re.compile("".join(parts), re.IGNORECASE)


def _doi_values(article: Article, facts: JournalFacts) -> dict[str, str]:
    values = _values(article)
    return {**values, "prefix": facts.doi_prefix} if facts.doi_prefix else values


def _values(article: Article) -> dict[str, str]:
    """The values of an article by the fields of a pattern, without those it lacks."""
    years = [str(date.year) for date in article.dates]
    values = {
        "doi": article.doi,
        "volume": article.volume,
        "issue": article.issue,
        "first_page": article.first_page,
        "last_page": article.last_page,
        "pages": "-".join(filter(None, (article.first_page, article.last_page))),
        "article_id": _article_id(article),
        "year": years[0] if len(set(years)) == 1 else None,
        "identifier": article.identifiers[0] if article.identifiers else None,
    }
    return {name: value for name, value in values.items() if value}


def _article_id(article: Article) -> str | None:
    """The number of the article in its journal system, which is in the address of its page."""
    found = _ARTICLE_ID.search(article.landing_page or "")
    return found[1] if found else None


def _filled(pattern: str, values: Mapping[str, str]) -> str | None:
    """The pattern with its values, `None` if one is missing."""
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
