"""Findings that need more than one record or the last deposit. They are stored with the records like all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from harvester.checking.shared_dois import shared_doi_findings
from harvester.model import Finding
from harvester.rules import duplicates, redeposits
from harvester.store import StoredArticle

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

CODES = (*duplicates.CODES, *redeposits.CODES)


def refresh_cross_record_findings(store: Store) -> None:
    """Brings the findings about shared DOIs, and about metadata that the next deposit would lose, up to date."""
    _replace(store, chain(shared_doi_findings(store), _metadata_lost(store)))


def _replace(store: Store, current: Iterable[tuple[StoredArticle, Finding]]) -> None:
    """Makes `current` the only stored findings with one of `CODES`; writes only the articles that change."""
    to_add: dict[tuple[str, str], list[Finding]] = {}
    stored: dict[tuple[str, str], tuple[int, tuple[Finding, ...]]] = {}
    for article, finding in current:
        key = (article.source, article.identifier)
        stored[key] = (article.id, article.findings)
        to_add.setdefault(key, []).append(finding)
    for row in store.findings(codes=CODES):
        key = (row.source, row.identifier)
        if key not in stored:
            candidates = store.find_articles(row.identifier, row.source)
            [article] = (candidate for candidate in candidates if candidate.identifier == row.identifier)
            stored[key] = (article.id, article.findings)
    changed = {}
    for key, (article_id, before) in stored.items():
        findings = (*(finding for finding in before if finding.code not in CODES), *to_add.get(key, ()))
        if findings != before:
            changed[article_id] = findings
    if changed:
        store.replace_findings(changed)


def _metadata_lost(store: Store) -> Iterator[tuple[StoredArticle, Finding]]:
    """Each article with less metadata than its last deposit for a target, with the finding about it."""
    for changed in store.changed_since_deposit():
        article = changed.article.article
        if article and (finding := redeposits.metadata_lost(article, changed.counts_by_kind, changed.target)):
            yield changed.article, finding
