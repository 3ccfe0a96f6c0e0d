"""Language codes: ISO 639-1, else 639-3. Crossref accepts neither regions nor ISO 639-2/B."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from iso639 import is_language

from harvester.crossref.limits import LANGUAGE_CODES
from harvester.model import Abstract, AltName, Article, Contributor, Finding, Keyword, LangText, Policy, Title
from harvester.rules.rule import Rule

InLanguage = Title | Abstract | Contributor | AltName | Keyword | LangText


def languages_are_accepted(article: Article, _: Policy) -> Iterator[Finding]:
    for path, code in (("language", article.language), ("journal.language", article.journal.language)):
        if code and not _is_accepted(code):
            yield Finding("language-refused", path, code)
    for path, values in _with_language(article):
        for number, value in enumerate(values):
            if value.lang and not _is_accepted(value.lang):
                yield Finding("language-refused", f"{path}[{number}].lang", value.lang)


def _with_language(article: Article) -> Iterator[tuple[str, Sequence[InLanguage]]]:
    yield "titles", article.titles
    yield "abstracts", article.abstracts
    yield "contributors", article.contributors
    yield "keywords", article.keywords
    yield "journal.titles", article.journal.titles
    for number, person in enumerate(article.contributors):
        if person.alt_names:
            yield f"contributors[{number}].alt_names", person.alt_names


@lru_cache(1 << 12)
def _is_accepted(code: str) -> bool:
    return is_language(code, LANGUAGE_CODES)


RULES: tuple[Rule, ...] = (languages_are_accepted,)
