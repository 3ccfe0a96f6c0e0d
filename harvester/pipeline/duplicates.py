"""One DOI in several records: found over the whole store, since no record shows it alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harvester.model import Finding
from harvester.rules.duplicates import CODES, Claim, duplicates
from harvester.store import DuplicateDoi, StoredArticle

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened
from harvester.text import plain


def mark_duplicates(store: Store) -> None:
    """Brings the findings about shared DOIs up to date, in both directions."""
    wanted: dict[int, list[Finding]] = {}
    articles: dict[int, StoredArticle] = {}
    for article, finding in _found(store):
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


def _found(store: Store) -> Iterator[tuple[StoredArticle, Finding]]:
    for shared in store.duplicate_dois():
        claims = {claim: article for article, claim in _claims(store, shared)}
        for claim, finding in duplicates(shared.doi, list(claims)):
            yield claims[claim], finding


def _claims(store: Store, shared: DuplicateDoi) -> Iterator[tuple[StoredArticle, Claim]]:
    for source, identifier in shared.records:
        for stored in store.article(identifier, source):
            if stored.article is not None:
                titles = stored.article.titles
                yield (
                    stored,
                    Claim(
                        source=source,
                        identifier=identifier,
                        title=plain(titles[0].text) if titles else "",
                        fingerprint=stored.fingerprint or "",
                    ),
                )
