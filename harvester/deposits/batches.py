"""The batches of one export in the ledger.

A batch is planned in the ledger before it is built, and marked when its file has its name. A crash in between leaves a
planned batch. The next export marks its file, or builds it again under the same id and timestamp.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.identifiers import doi_prefix
from harvester.rules.redeposits import counts_by_kind
from harvester.store import BatchMember, PlannedBatch, StoredArticle

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


def timestamp(moment: datetime) -> int:
    """A moment as 17 digits, YYYYMMDDHHMMSSmmm, in UTC."""
    utc = moment.astimezone(UTC)
    return int(utc.strftime("%Y%m%d%H%M%S") + f"{utc.microsecond // 1000:03}")


class Batches:
    """The batches of one export to one target. A dry run writes nothing into the ledger."""

    def __init__(
        self, store: Store, target: str, version: str, *, now: Callable[[], datetime], dry_run: bool = False
    ) -> None:
        """`version` is the version of the target's schema for new batches."""
        self._store, self._target, self._version = store, target, version
        self._now, self._dry_run = now, dry_run
        self._last = store.ledger.last_timestamp()

    def planned(self) -> Iterator[tuple[PlannedBatch, list[StoredArticle]]]:
        """What a crash left planned, with those of its articles that have not changed since."""
        for planned in () if self._dry_run else self._store.ledger.planned(self._target):
            before = {member.article_id: member.fingerprint for member in planned.members}
            articles = self._articles(planned)
            yield planned, [one for one in articles if one.state == "ready" and before[one.id] == one.fingerprint]

    def unfinished(self, configured: Collection[str]) -> Iterator[tuple[PlannedBatch, list[StoredArticle]]]:
        """What a crash left planned, with its articles.

        Abandons batches whose articles have changed since, or are of sources that are not `configured` any more.
        """
        for planned in () if self._dry_run else self._store.ledger.planned(self._target):
            articles = self._articles(planned)
            ready = [one.fingerprint for one in articles if one.state == "ready" and one.source in configured]
            if ready == [member.fingerprint for member in planned.members]:
                yield planned, articles
            else:
                self.abandon(planned)

    def _articles(self, planned: PlannedBatch) -> list[StoredArticle]:
        ids = [member.article_id for member in planned.members if member.article_id is not None]
        return self._store.articles.by_id(ids)

    def plan(self, articles: Sequence[StoredArticle]) -> PlannedBatch:
        """A new batch of these articles, with an id and a timestamp that no other batch has."""
        now = self._now()
        self._last = candidate = max(timestamp(now), self._last + 1)
        batch_id = f"{doi_prefix(articles[0].doi or '')}-{candidate}"
        members = tuple(map(_member, articles))
        if not self._dry_run:
            candidate = self._store.ledger.plan(self._target, batch_id, candidate, self._version, members, now)
        return PlannedBatch(
            id=batch_id, timestamp=candidate, schema_version=self._version, planned=now, members=members
        )

    def mark(self, planned: PlannedBatch, path: Path, data: bytes) -> None:
        """Records that the file at `path` exists and contains `data`."""
        self._store.ledger.mark_exported(
            planned.id, str(path), hashlib.sha256(data).hexdigest(), len(data), self._now()
        )

    def abandon(self, planned: PlannedBatch) -> None:
        if not self._dry_run:
            self._store.ledger.abandon(planned.id)


def _member(stored: StoredArticle) -> BatchMember:
    counts = counts_by_kind(stored.article) if stored.article else {}
    return BatchMember(stored.id, stored.doi or "", stored.fingerprint or "", counts)
