"""The article's DOI: it exists, has an allowed DOI prefix and allowed characters, and fits the journal's pattern."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from harvester import patterns
from harvester.crossref.limits import DOI_CHARACTERS, LONGEST_DOI_SUFFIX, doi_suffix_fits
from harvester.findings import PLANNED_DOI
from harvester.identifiers import doi_prefix, fold_doi
from harvester.model import Article, Finding, JournalFacts, Policy
from harvester.rules.rule import Rule

_BAD_CHARACTER = re.compile(f"[^{DOI_CHARACTERS}]")


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
    if article.doi and policy.doi_prefixes and doi_prefix(article.doi) not in policy.doi_prefixes:
        yield Finding("doi-foreign-prefix", "doi", article.doi, {"prefixes": ", ".join(policy.doi_prefixes)})


def doi_has_allowed_characters(article: Article, _: Policy) -> Iterator[Finding]:
    """Crossref: "contains invalid characters". Characters are named, because some look like allowed ones."""
    if article.doi and (bad := dict.fromkeys(_BAD_CHARACTER.findall(article.doi))):
        yield Finding("doi-characters", "doi", article.doi, {"characters": ", ".join(map(_described, bad))})


def _described(character: str) -> str:
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    return name if character.isspace() or not character.isprintable() else f"{character} ({name})"


def doi_is_not_too_long(article: Article, _: Policy) -> Iterator[Finding]:
    if article.doi and not doi_suffix_fits(article.doi):
        yield Finding("value-too-long", "doi", article.doi, {"limit": str(LONGEST_DOI_SUFFIX)})


def doi_fits_the_pattern(article: Article, policy: Policy) -> Iterator[Finding]:
    """If the configuration has the pattern of the journal's DOIs, a DOI of another form is suspicious."""
    facts = patterns.facts_of(article, policy.journals)
    if article.doi is None or facts is None or facts.doi_pattern is None:
        return
    expected = list(patterns.dois(article, facts))
    if expected and fold_doi(article.doi) not in map(fold_doi, expected):
        yield Finding("doi-pattern-mismatch", "doi", article.doi, {"expected": expected[0]})


RULES: tuple[Rule, ...] = (
    has_a_doi,
    doi_has_our_prefix,
    doi_has_allowed_characters,
    doi_is_not_too_long,
    doi_fits_the_pattern,
)
