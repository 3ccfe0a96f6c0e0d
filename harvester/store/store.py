"""The store as a whole: its rooms in one, and the one transaction that spans them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harvester.store.articles import Articles, save_articles
from harvester.store.ledger import Ledger
from harvester.store.reading import Reading
from harvester.store.records import Records, resolve_rejections, save_records, save_rejected
from harvester.store.runs import Runs, change_ledger, count_page
from harvester.store.structs import PageToSave, Transition
from harvester.store.watch import Watch


class Store(Runs, Records, Articles, Ledger, Reading, Watch):
    """The only door to the database. Open it with `store.connect`."""

    def apply(
        self,
        run_id: int,
        transitions: Sequence[Transition] = (),
        page: PageToSave | None = None,
        resolved: Collection[str] = (),
    ) -> None:
        """Writes one step of a run, or nothing: what a page brought, how its windows go on, and which rejections are
        resolved. A run that is killed resumes after its last step.

        Raises `LookupError` for a window that is not of this run.
        """
        with self._write() as connection:
            for transition in transitions:
                change_ledger(connection, run_id, transition)
            if page is not None:
                count_page(connection, run_id, page)
                save_records(connection, run_id, page.records)
                save_rejected(connection, run_id, page.bad)
                save_articles(connection, page.articles)
            resolve_rejections(connection, run_id, resolved)
