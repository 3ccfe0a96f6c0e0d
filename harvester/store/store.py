"""The store as a whole: its parts in one class, and the one transaction that spans several of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harvester.store.alerts import Alerts
from harvester.store.articles import Articles, save_articles
from harvester.store.cross_record import CrossRecord
from harvester.store.deposits import Deposits
from harvester.store.digests import Digests
from harvester.store.ledger import Ledger
from harvester.store.minting import Minting
from harvester.store.queries import Queries
from harvester.store.records import Records, resolve_rejections, save_records, save_rejected
from harvester.store.retention import Retention
from harvester.store.runs import Runs, apply_transition, count_page
from harvester.store.sources import Sources
from harvester.store.structs import PageToSave, Transition


class Store(
    Sources, Runs, Records, Articles, CrossRecord, Ledger, Deposits, Minting, Queries, Alerts, Digests, Retention
):
    """The only access to the database. Open it with `store.connect`."""

    def apply(
        self,
        run_id: int,
        transitions: Sequence[Transition] = (),
        page: PageToSave | None = None,
        resolved: Collection[str] = (),
    ) -> None:
        """Writes one step of a run, or nothing: the transitions of its windows, a page, and the resolved rejections.

        A run that is killed resumes after its last step. `resolved` has the identifiers of records that this run has
        shown to be right as they are stored.
        Raises `LookupError` for a window that is not of this run.
        """
        with self._write() as connection:
            for transition in transitions:
                apply_transition(connection, run_id, transition)
            if page is not None:
                count_page(connection, run_id, page)
                save_records(connection, run_id, page.records)
                save_rejected(connection, run_id, page.bad)
                save_articles(connection, page.articles)
            resolve_rejections(connection, run_id, resolved)
