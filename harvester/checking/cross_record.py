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


_MANY = 10_000  # DOIs; the whole store is read faster than so many are looked up


def refresh_touched_findings(store: Store, sources: Collection[str]) -> None:
    """Brings the findings up to date that depend on the articles which were saved since the last refresh.

    What a killed process saved is not among them. It comes with the next refresh of all, before an export at the
    latest.
    """
    touched = store.articles.take_touched()
    _refresh(store, sources, touched if len(touched) <= _MANY else None)


def refresh_cross_record_findings(store: Store, sources: Collection[str]) -> None:
    """Brings the findings about shared DOIs, deleted deposits and metadata that is lost with a redeposit up to date.

    `sources` are those that are configured. The records of any other compete with nothing, and neither do those that do
    not belong to their source.
    """
    store.articles.take_touched()
    _refresh(store, sources, None)


def _refresh(store: Store, sources: Collection[str], dois: Collection[str] | None) -> None:
    store.minting.refresh_planned_dois(sources)
    store.cross_record.replace_deletion_findings(sources, deletions.CODES, _deleted_after_deposit, dois=dois)
    store.cross_record.replace_redeposit_findings(sources, redeposits.CODES, _metadata_lost, dois=dois)
    store.cross_record.replace_shared_doi_findings(
        sources, duplicates.CODES, shared_doi_findings, without=membership.CODES, dois=dois
    )


def _deleted_after_deposit(deleted: DeletedDeposit) -> Finding:
    file = PurePath(deleted.file).name if deleted.file else None
    return deletions.deleted_after_deposit(deleted.doi, f"{deleted.moment:%Y-%m-%d}", file)


def _metadata_lost(changed: ChangedDeposit) -> Finding | None:
    """The finding about an article with less metadata than its last deposit for a target."""
    article = changed.article.article
    return redeposits.metadata_lost(article, changed.counts_by_kind, changed.target) if article else None
