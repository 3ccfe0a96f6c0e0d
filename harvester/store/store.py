"""The store as a whole: its rooms in one, and the one transaction that spans them."""

from __future__ import annotations

from harvester.store.articles import Articles, save_articles
from harvester.store.ledger import Ledger
from harvester.store.reading import Reading
from harvester.store.records import Records, save_records, save_rejected
from harvester.store.runs import Runs, count_page, set_checkpoint
from harvester.store.structs import PageToSave
from harvester.store.watch import Watch


class Store(Runs, Records, Articles, Ledger, Reading, Watch):
    """The only door to the database. Open it with `store.connect`."""

    def save_page(self, run_id: int, window_id: int | None, save: PageToSave) -> None:
        """Keeps all of one page and the way to the next one, or nothing: a killed run goes on behind its last page.

        Without a window no checkpoint moves: these records would be asked for again.
        """
        with self._write() as connection:
            if window_id is not None:
                set_checkpoint(connection, run_id, window_id, save)
            count_page(connection, run_id, save)
            save_records(connection, run_id, save.records)
            save_rejected(connection, run_id, save.bad)
            save_articles(connection, save.articles)
