"""What an article is held against before it may become a deposit.

A rule is a small function from an article and the policy to the findings it has. An article that the schema accepts
and that has no finding of severity `error` gives a deposit that is valid in every version of Crossref's schema, and
that Crossref has no reason of its own to refuse (mapping C9).
"""

from __future__ import annotations

from collections.abc import Sequence

from harvester.model import Article, Finding, Policy
from harvester.rules import (
    dates,
    document,
    doi,
    essentials,
    formulas,
    journal,
    languages,
    lengths,
    people,
    references,
    relations,
    undeposited,
    urls,
)
from harvester.rules.rule import Rule

__all__ = ["RULES", "Rule", "check", "check_all"]

# In the order in which a person reads a record.
RULES: tuple[Rule, ...] = (
    *document.RULES,
    *doi.RULES,
    *urls.RULES,
    *essentials.RULES,
    *journal.RULES,
    *dates.RULES,
    *people.RULES,
    *languages.RULES,
    *formulas.RULES,
    *references.RULES,
    *relations.RULES,
    *lengths.RULES,
    *undeposited.RULES,
)


def check(article: Article, policy: Policy) -> tuple[Finding, ...]:
    """Everything the rules have to say about the article."""
    (found,) = check_all([article], policy)
    return tuple(found)


def check_all(articles: Sequence[Article], policy: Policy) -> list[list[Finding]]:
    """Everything they have to say about each of the articles, rule by rule: as `formats.steps` does its work."""
    found: list[list[Finding]] = [[] for _ in articles]
    for rule in RULES:
        for article, said in zip(articles, found, strict=True):
            said += rule(article, policy)
    return found
