"""Findings about one DOI in several records, which need the whole store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harvester.model import Finding
from harvester.rules.duplicates import Claim, duplicates
from harvester.store import DuplicateDoi, StoredArticle
from harvester.text import plain

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


def shared_doi_findings(store: Store) -> Iterator[tuple[StoredArticle, Finding]]:
    """Each article that shares its DOI with another one, with the finding about it."""
    for shared in store.duplicate_dois():
        claims = {claim: article for article, claim in _claims(store, shared)}
        for claim, finding in duplicates(shared.doi, list(claims)):
            yield claims[claim], finding


def _claims(store: Store, shared: DuplicateDoi) -> Iterator[tuple[StoredArticle, Claim]]:
    for source, identifier in shared.records:
        for stored in store.find_articles(identifier, source):
            # `find_articles` also finds an article whose DOI is this identifier.
            if stored.article is not None and stored.identifier == identifier:
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
