"""Sessions that can only read the store, for programs that read it again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from harvester.errors import StoreError
from harvester.store import migrations
from harvester.store.database import Database
from harvester.store.engines import Access, StoreEngine, engine_of
from harvester.store.limits import one_session
from harvester.store.store import Store
from harvester.store.tables import alembic_version


class Reader:
    """Opens sessions. A program has one for all its threads.

    What is compiled for a statement is kept, but each session has a connection of its own.
    """

    def __init__(self, url: str, *, timeout: float = 5.0, limit: float = 1.0) -> None:
        """`timeout`: seconds to wait for a lock. `limit`: seconds that one query may take."""
        self._store_engine = engine_of(url, timeout)
        self._limit = limit
        self._engine = self._store_engine.reading(limit)

    @contextmanager
    def session(self) -> Iterator[Store]:
        """The store as it is now, in one read transaction. It is to last for a moment only.

        Raises `StoreError` if the store is missing, of another version, or asked to write, and `QueryTimeout`.
        """
        outside = Database(self._store_engine, self._engine)
        with outside._store_errors(), self._engine.connect() as connection:
            self._store_engine.begin(connection, "read")
            session = _Session(self._store_engine, self._engine, connection)
            session.check_revision()
            with one_session(self._limit):
                yield Store(session)


class _Session(Database):
    """The database in one read transaction, whose parts all see the same moment."""

    def __init__(self, store_engine: StoreEngine, engine: Engine, connection: Connection) -> None:
        super().__init__(store_engine, engine)
        self._connection = connection

    def check_revision(self) -> None:
        with self.read() as connection:
            revision = connection.execute(alembic_version.select()).scalar()
        if revision != migrations.HEAD:
            raise StoreError(
                f"The store {self.where} is of another version of this program. Stop this one, upgrade it, and start "
                "it again."
            )

    @contextmanager
    def _transaction(self, access: Access) -> Iterator[Connection]:
        if access != "read":
            raise StoreError("This session only reads the store.")
        with self._store_errors():
            yield self._connection
