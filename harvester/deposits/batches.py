"""The batches of one export in the ledger.

A batch is planned in the ledger before it is built, and marked when its file has its name. A crash in between leaves a
planned batch. The next export marks its file, or builds it again under the same id and timestamp.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.answers import System
from harvester.identifiers import doi_prefix, fold_doi
from harvester.rules.redeposits import counts_by_kind
from harvester.store import BatchMember, PlannedBatch, StoredArticle

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

HIGHEST = 2**63 - 1  # the highest version that the store can keep
_WITH_18_DIGITS = 10**17

log = logging.getLogger(__name__)


def timestamp(moment: datetime) -> int:
    """A moment as 17 digits, YYYYMMDDHHMMSSmmm, in UTC."""
    utc = moment.astimezone(UTC)
    return int(utc.strftime("%Y%m%d%H%M%S") + f"{utc.microsecond // 1000:03}")


def above(floor: int, moment: datetime) -> int:
    """A version above the floor: by the clock in 19 digits if it has more than 17, else the next number."""
    return floor + 1 if floor < _WITH_18_DIGITS else max(timestamp(moment) * 100, floor + 1)


class Batches:
    """The batches of one export to one target. A dry run writes nothing into the ledger."""

    def __init__(
        self,
        store: Store,
        target: str,
        version: str,
        *,
        now: Callable[[], datetime],
        dry_run: bool = False,
        system: System = "live",
    ) -> None:
        """`version` is the version of the target's schema for new batches, `system` where they are sent."""
        self._store, self._target, self._version, self._system = store, target, version, system
        self._now, self._dry_run = now, dry_run
        self._last = store.ledger.last_timestamp()

    def unfinished(self, configured: Collection[str]) -> Iterator[tuple[PlannedBatch, list[StoredArticle]]]:
        """What a crash left planned, with its articles.

        Abandons batches whose articles have changed since, or are of sources that are not `configured` any more.
        """
        for planned in () if self._dry_run else self._store.ledger.planned(self._target):
            ids = [member.article_id for member in planned.members if member.article_id is not None]
            articles = self._store.articles.by_id(ids)
            ready = [one.fingerprint for one in articles if one.state == "ready" and one.source in configured]
            if ready == [member.fingerprint for member in planned.members]:
                yield planned, articles
            else:
                self.abandon(planned)

    def by_floor(self, articles: Sequence[StoredArticle]) -> Iterator[tuple[list[StoredArticle], int]]:
        """The articles with the floor of their next version, which is 0 for those by the clock, as nearly all are.

        Another program may have deposited a DOI with a version that our clock does not reach, for example with 19
        digits. These articles need files of their own: were the others raised with them, the former program could
        never update any of them again. Without the DOIs whose version cannot be raised any more.
        """
        floors = self._store.registrations.floors(self._target, self._system, [one.doi or "" for one in articles])
        reached = max(timestamp(self._now()), self._last + 1)
        by_clock: list[StoredArticle] = []
        raised: dict[bool, list[tuple[StoredArticle, int]]] = {}
        for one in articles:
            floor = floors.get(fold_doi(one.doi or ""), 0)
            if floor >= HIGHEST:
                log.error("%s: Crossref holds the version %d, which nothing is above; ask for a reset", one.doi, floor)
            elif floor < reached:
                by_clock.append(one)
            else:
                raised.setdefault(floor >= _WITH_18_DIGITS, []).append((one, floor))
        if by_clock:
            yield by_clock, 0
        for group in raised.values():
            yield [one for one, _ in group], max(floor for _, floor in group)

    def plan(self, articles: Sequence[StoredArticle], floor: int = 0) -> PlannedBatch:
        """A new batch of these articles, with an id and a timestamp that no other batch has, above the floor."""
        now = self._now()
        if floor:
            candidate = above(floor, now)
        else:
            self._last = candidate = max(timestamp(now), self._last + 1)
        batch_id = f"{doi_prefix(articles[0].doi or '')}-{candidate}"
        members = tuple(map(_member, articles))
        if not self._dry_run:
            ledger = self._store.ledger
            candidate = ledger.plan(self._target, batch_id, candidate, self._version, members, now, raised=bool(floor))
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
