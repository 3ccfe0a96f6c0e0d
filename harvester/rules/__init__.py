"""The checks of an article before it may become a deposit.

A rule is a small function from an article and the policy to findings. If the schema accepts an article and no finding
has the severity `error`, its deposit is valid in every version of Crossref's schema, and Crossref has no other reason
to refuse it (mapping C9).
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
    scripts,
    undeposited,
    urls,
)
from harvester.rules.rule import Rule

__all__ = ["RULES", "Rule", "check", "check_all"]

# In the order in which people read a record.
RULES: tuple[Rule, ...] = (
    *document.RULES,
    *doi.RULES,
    *urls.RULES,
    *essentials.RULES,
    *journal.RULES,
    *dates.RULES,
    *people.RULES,
    *languages.RULES,
    *scripts.RULES,
    *formulas.RULES,
    *references.RULES,
    *relations.RULES,
    *lengths.RULES,
    *undeposited.RULES,
)


def check(article: Article, policy: Policy) -> tuple[Finding, ...]:
    """The findings of all rules about the article."""
    (findings,) = check_all([article], policy)
    return tuple(findings)


def check_all(articles: Sequence[Article], policy: Policy) -> list[list[Finding]]:
    """The findings of all rules about each article. Runs rule by rule, for the reason given in `formats.reader`."""
    results: list[list[Finding]] = [[] for _ in articles]
    for rule in RULES:
        for article, findings in zip(articles, results, strict=True):
            findings += rule(article, policy)
    return results
