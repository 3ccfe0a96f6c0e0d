"""Findings that no record shows alone: kept with the records, and brought up to date in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from harvester.model import Finding
from harvester.pipeline import duplicates
from harvester.rules import duplicates as duplicate_rules
from harvester.rules import thinner
from harvester.store import StoredArticle

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

CODES = (*duplicate_rules.CODES, *thinner.CODES)


def mark(store: Store) -> None:
    """Brings the findings about shared DOIs and about thinner deposits up to date."""
    _replace(store, chain(duplicates.found(store), _thinner(store)))


def _replace(store: Store, found: Iterable[tuple[StoredArticle, Finding]]) -> None:
    wanted: dict[int, list[Finding]] = {}
    articles: dict[int, StoredArticle] = {}
    for article, finding in found:
        articles[article.id] = article
        wanted.setdefault(article.id, []).append(finding)
    for row in store.findings(codes=CODES):
        for article in store.article(row.identifier, row.source):
            articles.setdefault(article.id, article)
    changed = {}
    for article in articles.values():
        findings = (*(f for f in article.findings if f.code not in CODES), *wanted.get(article.id, ()))
        if findings != article.findings:
            changed[article.id] = findings
    if changed:
        store.replace_findings(changed)


def _thinner(store: Store) -> Iterator[tuple[StoredArticle, Finding]]:
    for stored, deposited in store.changed_since_deposit():
        if stored.article is not None and (finding := thinner.thinner(stored.article, deposited)):
            yield stored, finding
