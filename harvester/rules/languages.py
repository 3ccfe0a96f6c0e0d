"""Language codes: ISO 639-1, else 639-3. Crossref takes neither regions nor ISO 639-2/B."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from iso639 import iter_langs

from harvester.model import Abstract, Article, Contributor, Finding, Keyword, LangText, Policy, Title
from harvester.rules.rule import Rule

InLanguage = Title | Abstract | Contributor | Keyword | LangText


def languages_are_taken(article: Article, _: Policy) -> Iterator[Finding]:
    known = _codes()
    for path, number, code in _languages(article):
        if code is not None and code not in known:
            yield Finding("language-refused", path.format(*number), code)


def _languages(article: Article) -> Iterator[tuple[str, tuple[int, ...], str | None]]:
    """Every code with the pattern of its path and the numbers in it."""
    yield "language", (), article.language
    yield "journal.language", (), article.journal.language
    for path, values in _with_language(article):
        for number, value in enumerate(values):
            yield path, (number,), value.lang
    for number, person in enumerate(article.contributors):
        for other, name in enumerate(person.alt_names):
            yield "contributors[{}].alt_names[{}].lang", (number, other), name.lang


def _with_language(article: Article) -> Iterator[tuple[str, Sequence[InLanguage]]]:
    yield "titles[{}].lang", article.titles
    yield "abstracts[{}].lang", article.abstracts
    yield "contributors[{}].lang", article.contributors
    yield "keywords[{}].lang", article.keywords
    yield "journal.titles[{}].lang", article.journal.titles


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for language in iter_langs() for code in (language.pt1, language.pt3) if code)


RULES: tuple[Rule, ...] = (languages_are_taken,)
