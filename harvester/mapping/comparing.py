"""When two formats of one record say the same: DOIs, titles, volumes, issues and names, however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from harvester.identifiers import fold_doi
from harvester.journals import letters
from harvester.model import Article, Contributor, Title
from harvester.text import Math, plain

__all__ = ["agree_on_doi", "agree_on_issue", "letters", "may_be_same", "same_number", "title_wordings"]

_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212/]\s*")
_LEADING_ZEROS = re.compile(r"\b0+(?=\d)")


def agree_on_doi(article: Article, other: Article) -> bool:
    """Whether the articles have the same DOI, or one of them has none."""
    return not article.doi or not other.doi or fold_doi(article.doi) == fold_doi(other.doi)


def agree_on_issue(article: Article, other: Article) -> bool:
    """Whether volume and issue are the same where both articles have them."""
    pairs = ((article.volume, other.volume), (article.issue, other.issue))
    return all(not ours or not theirs or same_number(ours, theirs) for ours, theirs in pairs)


def same_number(ours: str, theirs: str) -> bool:
    """Whether two spellings of a volume, an issue or a page are the same: `1-2` and `1\u20132`, `03` and `3`."""
    return _number(ours) == _number(theirs)


def _number(value: str) -> str:
    return _LEADING_ZEROS.sub("", _DASHES.sub("-", value.casefold())).replace(".", "").replace(" ", "")


def title_wordings(titles: Iterable[Title]) -> dict[str, str]:
    """The titles, with and without subtitle, by their letters and digits; none if one contains a formula.

    Dublin Core has title and subtitle in one element, and writes formulas differently.
    """
    titles = tuple(titles)
    if any(isinstance(part, Math) for title in titles for part in (*title.text, *title.subtitle)):
        return {}
    return {letters(form): form for title in titles for form in _wordings(title) if letters(form)}


def _wordings(title: Title) -> Iterator[str]:
    yield plain(title.text)
    if title.subtitle:
        yield f"{plain(title.text)}: {plain(title.subtitle)}"


def may_be_same(person: Contributor, other: Contributor) -> bool:
    """Whether two formats may name the same contributor here: all words of the shorter name are in the longer one."""
    ours, theirs = _words(person), _words(other)
    return ours <= theirs or theirs <= ours


def _words(person: Contributor) -> set[str]:
    whole = " ".join(filter(None, (person.given, person.surname, person.suffix, person.name)))
    return set(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", whole).casefold()))
