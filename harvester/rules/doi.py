"""The article's DOI: it exists, is complete, has an allowed prefix and characters, and fits the journal's pattern."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from harvester import patterns
from harvester.crossref.limits import DOI_CHARACTERS, LONGEST_DOI_SUFFIX, doi_suffix_fits
from harvester.findings import PLANNED_DOI
from harvester.identifiers import DoiProblem, doi_prefix, doi_problem, fold_doi
from harvester.model import Article, Finding, JournalFacts, Policy
from harvester.rules.rule import Rule
from harvester.tomltext import as_toml

_BAD_CHARACTER = re.compile(f"[^{DOI_CHARACTERS}]")
_PROBLEMS: dict[DoiProblem, str] = {
    "end": "ends in punctuation",
    "slashes": "has two slashes in a row",
    "brackets": "has a bracket without its partner",
    "second": "contains another DOI",
    "unfilled": "has a part that was never filled in",
    "view": "ends like the address of a page or file",
}


def has_a_doi(article: Article, policy: Policy) -> Iterator[Finding]:
    """Without one it gets one at its first export, if its journal has a pattern for that (mapping D1)."""
    if article.doi is not None:
        return
    facts = patterns.facts_of(article, policy.journals)
    if facts is None or facts.doi_pattern is None or not facts.mint_dois:
        yield Finding("doi-missing", "doi")
    elif missing := patterns.lacking(article, facts):
        yield Finding("doi-pattern-incomplete", "doi", facts.doi_pattern, {"missing": ", ".join(missing)})
    else:
        yield _planned(article, facts, policy)


def _planned(article: Article, facts: JournalFacts, policy: Policy) -> Finding:
    """The DOI that the pattern gives to the article, if Crossref would accept it."""
    doi = next(patterns.dois(article, facts), None)
    if doi is None:
        return Finding("doi-pattern-invalid", "doi", next(patterns.unchecked_dois(article, facts), ""))
    if policy.doi_prefixes and doi_prefix(doi) not in policy.doi_prefixes:
        return Finding("doi-foreign-prefix", "doi", doi, {"prefixes": ", ".join(policy.doi_prefixes)})
    return Finding(PLANNED_DOI, "doi", doi)


# The findings about an article without a DOI; that the source names several is said by another one.
WITHOUT_DOI = ("doi-missing", PLANNED_DOI, "doi-pattern-incomplete", "doi-pattern-invalid")


def doi_has_our_prefix(article: Article, policy: Policy) -> Iterator[Finding]:
    """Crossref: "User not allowed to add records for prefix". Repositories hold copies (mapping D1)."""
    ours = policy.doi_prefixes
    if article.doi and ours and (prefix := doi_prefix(article.doi)) not in ours:
        detail = {"prefixes": ", ".join(ours), "more": as_toml((*ours, prefix))}
        yield Finding("doi-foreign-prefix", "doi", article.doi, detail)


def doi_is_complete(article: Article, policy: Policy) -> Iterator[Finding]:
    """A DOI is permanent, so a doubtful one is never registered, and never changed: it may be registered already."""
    if article.doi and not _is_registered(article.doi, policy) and (problem := doi_problem(article.doi)):
        yield Finding("doi-suspect", "doi", article.doi, {"problem": _PROBLEMS[problem]})


def doi_has_allowed_characters(article: Article, policy: Policy) -> Iterator[Finding]:
    """Crossref: "contains invalid characters". Characters are named, because some look like allowed ones."""
    if not article.doi or _is_registered(article.doi, policy):
        return
    if bad := dict.fromkeys(_BAD_CHARACTER.findall(article.doi)):
        yield Finding("doi-characters", "doi", article.doi, {"characters": ", ".join(map(_described, bad))})


def _is_registered(doi: str, policy: Policy) -> bool:
    """Whether the configuration says that the DOI exists. Crossref takes updates of old DOIs with any characters."""
    return any(_registered_pattern(pattern).fullmatch(doi) for pattern in policy.registered_dois)


@lru_cache(256)
def _registered_pattern(pattern: str) -> re.Pattern[str]:
    """The DOIs of a `registered_dois` entry, in which * is any characters."""
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE)


def _described(character: str) -> str:
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    return name if character.isspace() or not character.isprintable() else f"{character} ({name})"


def doi_is_not_too_long(article: Article, _: Policy) -> Iterator[Finding]:
    if article.doi and not doi_suffix_fits(article.doi):
        yield Finding("value-too-long", "doi", article.doi, {"limit": str(LONGEST_DOI_SUFFIX)})


def doi_fits_the_pattern(article: Article, policy: Policy) -> Iterator[Finding]:
    """If the configuration has the pattern of the journal's DOIs, a DOI that differs from it is suspicious.

    Where this program assigns the DOIs by the pattern, one of another form comes from elsewhere, such as the journal
    system before that, and is right as it is. So only DOIs of the pattern's form are compared with it.
    """
    facts = patterns.facts_of(article, policy.journals)
    if article.doi is None or facts is None or facts.doi_pattern is None or _is_registered(article.doi, policy):
        return
    if facts.mint_dois and not patterns.has_form(article.doi, facts):
        return
    expected = list(patterns.dois(article, facts))
    if expected and fold_doi(article.doi) not in map(fold_doi, expected):
        yield Finding("doi-pattern-mismatch", "doi", article.doi, {"expected": expected[0]})


RULES: tuple[Rule, ...] = (
    has_a_doi,
    doi_has_our_prefix,
    doi_is_complete,
    doi_has_allowed_characters,
    doi_is_not_too_long,
    doi_fits_the_pattern,
)
