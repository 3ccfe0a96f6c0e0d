"""Findings that need more than one record or the last deposit. They are stored with the records like all others."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePath
from typing import TYPE_CHECKING

from harvester.checking.shared_dois import shared_doi_findings
from harvester.mapping import membership
from harvester.model import Finding
from harvester.rules import deletions, duplicates, redeposits
from harvester.store import ChangedDeposit, DeletedDeposit

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


def refresh_cross_record_findings(store: Store, sources: Collection[str]) -> None:
    """Brings the findings about shared DOIs, deleted deposits and metadata that is lost with a redeposit up to date.

    `sources` are those that are configured. The records of any other compete with nothing, and neither do those that do
    not belong to their source.
    """
    store.minting.refresh_planned_dois(sources)
    store.cross_record.replace_deletion_findings(sources, deletions.CODES, _deleted_after_deposit)
    store.cross_record.replace_redeposit_findings(sources, redeposits.CODES, _metadata_lost)
    store.cross_record.replace_shared_doi_findings(
        sources, duplicates.CODES, shared_doi_findings, without=membership.CODES
    )


def _deleted_after_deposit(deleted: DeletedDeposit) -> Finding:
    file = PurePath(deleted.file).name if deleted.file else None
    return deletions.deleted_after_deposit(deleted.doi, f"{deleted.moment:%Y-%m-%d}", file)


def _metadata_lost(changed: ChangedDeposit) -> Finding | None:
    """The finding about an article with less metadata than its last deposit for a target."""
    article = changed.article.article
    return redeposits.metadata_lost(article, changed.counts_by_kind, changed.target) if article else None
