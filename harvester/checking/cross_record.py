"""Findings that no record shows alone: kept with the records, and brought up to date in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from harvester.checking import shared_dois
from harvester.model import Finding
from harvester.rules import duplicates as duplicate_rules
from harvester.rules import thinner
from harvester.store import StoredArticle

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

CODES = (*duplicate_rules.CODES, *thinner.CODES)


def refresh_cross_record_findings(store: Store) -> None:
    """Brings the findings about shared DOIs and about thinner deposits up to date."""
    _replace(store, chain(shared_dois.found(store), _thinner(store)))


def _replace(store: Store, found: Iterable[tuple[StoredArticle, Finding]]) -> None:
    """Gives these findings to their records, and takes those of `CODES` that are not among them from the others."""
    wanted: dict[tuple[str, str], list[Finding]] = {}
    held: dict[tuple[str, str], tuple[int, tuple[Finding, ...]]] = {}
    for article, finding in found:
        key = (article.source, article.identifier)
        held[key] = (article.id, article.findings)
        wanted.setdefault(key, []).append(finding)
    for row in store.findings(codes=CODES):
        key = (row.source, row.identifier)
        if key not in held:
            [article] = (
                one for one in store.find_articles(row.identifier, row.source) if one.identifier == row.identifier
            )
            held[key] = (article.id, article.findings)
    changed = {}
    for key, (article_id, said) in held.items():
        findings = (*(one for one in said if one.code not in CODES), *wanted.get(key, ()))
        if findings != said:
            changed[article_id] = findings
    if changed:
        store.replace_findings(changed)


def _thinner(store: Store) -> Iterator[tuple[StoredArticle, Finding]]:
    for stored, deposited in store.changed_since_deposit():
        if stored.article is not None and (finding := thinner.thinner(stored.article, deposited)):
            yield stored, finding
