"""Locks over all processes of all machines that use one PostgreSQL database.

They are advisory locks of one session of each process. The server releases them when the session ends for any reason,
so there is never a stale lock to remove. Who holds them is written into a table, for people only.

A session can end while its process goes on working, as when a cable is cut. So a lock prevents double work, and does
not protect the store: a run that another process took up is protected by `Store.apply`.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import msgspec
import psycopg

from harvester.errors import BusyError, StoreError
from harvester.system.locks import Holder
from harvester.system.postgresql import OPTIONS, place_of


class AdvisoryLocks:
    """The locks in one database. All threads of a process share it."""

    def __init__(self, url: str) -> None:
        self._url, self._where = url, place_of(url)
        self._guard = threading.RLock()
        self._session: psycopg.Connection[Any] | None = None
        self._process = 0  # that has opened the session
        self._held: set[str] = set()  # by this process

    @contextmanager
    def hold(self, name: str, *, what: str) -> Iterator[None]:
        """Holds the lock for the block (`locks.hold`). Raises `BusyError`."""
        with self._guard:
            if not self._take(name):
                raise BusyError(
                    f"Busy: {self.holder(name) or 'another process'} holds the lock {name} in {self._where}. "
                    "Wait for it to end, or end it."
                )
            self._held.add(name)
            self._ask(_NOTE, (name, msgspec.json.encode(Holder.mine(what)).decode()))
        try:
            yield
        finally:
            with self._guard:
                self._held.discard(name)
                with suppress(StoreError):  # the session is gone, and the lock with it
                    self._ask(_FORGET, (name,))
                    self._ask(_RELEASE, (_key(name),))
                if not self._held:
                    self.close()  # a process that waits for work takes no connection of the server

    def holder(self, name: str) -> Holder | None:
        """Who holds the lock; `None` if nobody does. Takes no lock. Raises `StoreError`."""
        rows = self._ask(_HOLDER, (name, _key(name)))
        if not rows:
            return None
        session, address, since, written = rows[0]
        try:
            return msgspec.json.decode(written or "", type=Holder)
        except msgspec.DecodeError:  # the holder has not written its name yet
            return Holder(session, str(address or "the server"), since, "session of another process")

    def names(self) -> list[str]:
        """The names of the locks that are held."""
        return [name for (name,) in self._ask(_NAMES, ())]

    def close(self) -> None:
        """Ends the session. It is opened again when it is needed."""
        with self._guard:
            if self._session is not None and self._process == os.getpid():
                self._session.close()
            self._session = None

    def _take(self, name: str) -> bool:
        """A session may take its own lock again, so that is prevented here."""
        return name not in self._held and bool(self._ask(_TAKE, (_key(name),))[0][0])

    def _ask(self, statement: str, values: Sequence[Any]) -> list[Any]:
        with self._guard:
            try:
                return self._ask_once(statement, values)
            except psycopg.OperationalError:
                self.close()  # it was cut: a new one is tried once
            except psycopg.Error as error:
                raise StoreError(f"The locks in {self._where} cannot be used: {_words(error)}.") from error
            try:
                return self._ask_once(statement, values)
            except psycopg.Error as error:
                raise StoreError(
                    f"The locks in {self._where} cannot be used: {_words(error)}. Check that the server runs, and "
                    "start again."
                ) from error

    def _ask_once(self, statement: str, values: Sequence[Any]) -> list[Any]:
        if self._session is None or self._session.closed or self._process != os.getpid():
            self._connect()
        assert self._session is not None
        cursor = self._session.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def _connect(self) -> None:
        """Opens a session. Takes what this process holds again, unless another was quicker."""
        if self._process != os.getpid():
            self._held, self._process = set(), os.getpid()
        options = {**OPTIONS, "prepare_threshold": None, "autocommit": True}
        self._session = psycopg.connect(self._url, **options)
        with self._session.transaction():  # two that make the table at once would fail
            self._session.execute(_ALONE, (_key("the table of locks"),))
            self._session.execute(_TABLE)
        for name in self._held:
            self._session.execute(_TAKE, (_key(name),))


@cache
def locks_at(url: str) -> AdvisoryLocks:
    """The locks in this database, one object for the whole process."""
    found = AdvisoryLocks(url)
    atexit.register(found.close)
    return found


TABLE = "lock_holder"  # not a part of the store, and may be there before it
_TABLE = f"CREATE TABLE IF NOT EXISTS {TABLE} (name text PRIMARY KEY, holder text NOT NULL)"
_ALONE = "SELECT pg_advisory_xact_lock(%s # hashtext(current_schema()))"
_TAKE = "SELECT pg_try_advisory_lock(%s # hashtext(current_schema()))"
_RELEASE = "SELECT pg_advisory_unlock(%s # hashtext(current_schema()))"
_NOTE = f"INSERT INTO {TABLE} VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder"  # noqa: S608
_FORGET = f"DELETE FROM {TABLE} WHERE name = %s"  # noqa: S608
_NAMES = f"SELECT name FROM {TABLE} ORDER BY name"  # noqa: S608
# The server shows a key of 64 bits in two halves (the documentation of pg_locks).
_HOLDER = f"""
SELECT session.pid, session.client_addr, session.backend_start, {TABLE}.holder
  FROM pg_locks held JOIN pg_stat_activity session ON session.pid = held.pid
  LEFT JOIN {TABLE} ON {TABLE}.name = %s
 WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
   AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND (held.classid::bigint << 32) | held.objid::bigint = %s # hashtext(current_schema())
"""  # noqa: S608


def _key(name: str) -> int:
    """A number of 64 bits for the name."""
    return int.from_bytes(hashlib.sha256(f"harvester {name}".encode()).digest()[:8], signed=True)


def _words(error: psycopg.Error) -> str:
    return " ".join(str(error).split()).rstrip(".")
