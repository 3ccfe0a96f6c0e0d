"""Findings about one DOI in several records, which need the whole store."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.model import Finding
from harvester.rules.duplicates import Claim, duplicates
from harvester.store import DoiHolder, DuplicateDoi


def shared_doi_findings(shared: DuplicateDoi) -> Iterator[tuple[int, Finding]]:
    """The id of each article that shares its DOI with another one, with the finding about it."""
    claims = {_claim(holder): holder.article_id for holder in shared.holders}
    for claim, finding in duplicates(shared.doi, list(claims)):
        yield claims[claim], finding


def _claim(holder: DoiHolder) -> Claim:
    return Claim(source=holder.source, identifier=holder.identifier, title=holder.title, fingerprint=holder.fingerprint)
