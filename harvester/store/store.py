"""The store as a whole: its parts, and the one transaction that spans several of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harvester.store import integrity
from harvester.store.alerts import Alerts
from harvester.store.articles import Articles, save_articles
from harvester.store.cross_record import CrossRecord
from harvester.store.database import Database
from harvester.store.deposits import Deposits
from harvester.store.digests import Digests
from harvester.store.findings import Findings
from harvester.store.held_records import HeldRecords
from harvester.store.ledger import Ledger
from harvester.store.minting import Minting
from harvester.store.overview import Overview
from harvester.store.ready import Ready
from harvester.store.records import Records, resolve_rejections, save_records, save_rejected
from harvester.store.registrations import Registrations
from harvester.store.retention import Retention
from harvester.store.run_structs import Transition
from harvester.store.runs import Runs, apply_transition, check_taken, count_page
from harvester.store.search import Search
from harvester.store.sources import Sources
from harvester.store.structs import PageToSave, SourceStatus
from harvester.store.submissions import Submissions
from harvester.store.wishes import Wishes
from harvester.system.progress import report


class Store:
    """The only access to the database, in parts, each about one idea. Open it with `store.connect`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.alerts = Alerts(database)
        self.articles = Articles(database)
        self.cross_record = CrossRecord(database)
        self.deposits = Deposits(database)
        self.digests = Digests(database)
        self.ledger = Ledger(database)
        self.minting = Minting(database)
        self.findings = Findings(database)
        self.held_records = HeldRecords(database)
        self.ready = Ready(database)
        self.records = Records(database)
        self.registrations = Registrations(database)
        self.retention = Retention(database)
        self.runs = Runs(database)
        self.search = Search(database)
        self.sources = Sources(database)
        self.submissions = Submissions(database)
        self.wishes = Wishes(database)

    @property
    def where(self) -> str:
        """The file of the store, or its address without a password."""
        return self._database.where

    @property
    def read_only(self) -> bool:
        """Whether this user may only read it. Then nothing is ever written."""
        return self._database.read_only

    def close(self) -> None:
        self._database.close()

    def backup(self, path: Path) -> None:
        """Writes a complete, compact copy of the store, replacing an older copy (`Database.backup`)."""
        self._database.backup(path)

    def apply(
        self,
        run_id: int,
        transitions: Sequence[Transition] = (),
        page: PageToSave | None = None,
        resolved: Collection[str] = (),
        *,
        taken: int | None = None,
    ) -> None:
        """Writes one step of a run, or nothing: the transitions of its windows, a page, and the resolved rejections.

        A run that is killed resumes after its last step. `resolved` has the identifiers of records that this run has
        shown to be right as they are stored. With `taken`, the `Run.taken` of the caller, a process that has lost the
        lock of the source without knowing it cannot write into a run that another one took up.
        Raises `LookupError` for a window that is not of this run, and `RunTaken`.
        """
        with self._database.write_run(run_id) as connection:
            check_taken(connection, run_id, taken)
            for transition in transitions:
                apply_transition(connection, run_id, transition)
            if page is not None:
                count_page(connection, run_id, page)
                save_rejected(connection, run_id, page.bad)  # first: a record of the same page resolves it
                save_records(connection, run_id, page.records)
                self.articles.touch(save_articles(connection, page.articles))
            resolve_rejections(connection, run_id, resolved)

    def status(self) -> tuple[SourceStatus, ...]:
        """Every source with its articles by state, its records by format and its last runs."""
        with self.overview() as overview:
            return overview.status()

    @contextmanager
    def overview(self) -> Iterator[Overview]:
        """What the store knows without reading records, as it is now."""
        with self._database.read() as connection:
            yield Overview(self._database.plain(connection))

    def check_integrity(self, *, deep: bool = False) -> list[str]:
        """What is wrong with the file, one sentence each.

        `deep` reads every payload, because SQLite's own check does not see damage inside one.
        """
        report("checking the structure of the store")
        with self._database.read() as connection:
            return self._database.faults(connection) + integrity.faults(connection, deep=deep)
