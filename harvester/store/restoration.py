"""Puts a copy in the place of the store, together with nothing of the store before it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from harvester.errors import BusyError, StoreError
from harvester.store import migrations
from harvester.store.location import DATABASE_FILES, store_error
from harvester.system import files

_TIMEOUT = 30.0  # seconds, for a copy that is a store in use
_SHARED = 0x40000002, 510  # the bytes that every connection of SQLite has a lock on (os.h of SQLite: SHARED_FIRST)


def restore(copy: Path, store: Path) -> Path | None:
    """Puts a copy in the place of the store; returns the new name of the store that was there, if there was one.

    The caller holds the locks of the program. Raises `StoreError` if the copy is damaged or is not a store, and
    `BusyError` if another program has the store open. Then nothing is changed.
    """
    temporary = files.temporary_of(store)
    try:
        _check_names(copy, store)
        temporary.unlink(missing_ok=True)
        _write_checked(copy, temporary)
        _give_to_owner(temporary, store)
        with _unused(store):
            kept = _move_away(store)
            files.publish(temporary, store)
    except OSError as error:
        name = error.filename or store
        raise StoreError(f"{copy} cannot be put in the place of {store}: {name}: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    return kept


def _check_names(copy: Path, store: Path) -> None:
    if not copy.is_file():
        raise StoreError(f"{copy} is not a file; name a copy that `harvester backup` has written.")
    if copy.resolve() in {store.resolve().with_name(store.resolve().name + ending) for ending in DATABASE_FILES}:
        raise StoreError(f"{copy} belongs to the store itself; name the copy to restore.")


def _write_checked(copy: Path, temporary: Path) -> None:
    """Writes what the copy holds, with its own log if it has one, as one file that was checked."""
    try:
        with closing(sqlite3.connect(_address(copy), uri=True, timeout=_TIMEOUT)) as connection:
            _check_revision(connection, copy)
            connection.execute("VACUUM INTO ?", (str(temporary),))
        with closing(sqlite3.connect(temporary)) as connection:
            faults = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
            faults += [f"{row[0]} points to nothing" for row in connection.execute("PRAGMA foreign_key_check")]
    except sqlite3.DatabaseError as error:
        if "is full" in str(error):
            raise StoreError(f"There is no room for a copy of {copy}; make some in {temporary.parent}.") from error
        if "malformed" in str(error) or "not a database" in str(error):
            faults = [str(error)]
        else:
            raise store_error(str(error), copy, _TIMEOUT) from error
    if faults:
        raise StoreError(f"{copy} is damaged ({faults[0]}), and the store was left as it is. Restore another copy.")


def _address(copy: Path) -> str:
    """Opened as it is, for a disk that is read only; a copy with a log is opened with it."""
    log = copy.with_name(f"{copy.name}-wal")
    alone = not log.exists() or log.stat().st_size == 0
    return f"file:{quote(str(copy.absolute()))}?{'immutable=1' if alone else 'mode=rw'}"


def _check_revision(connection: sqlite3.Connection, copy: Path) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "record", "payload"} <= tables:
        raise StoreError(f"{copy} is not a store of this program; name a copy that `harvester backup` has written.")
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    if revision not in migrations.REVISIONS:
        raise StoreError(f"{copy} was written by a newer version of this program; upgrade the program.")


def _give_to_owner(temporary: Path, store: Path) -> None:
    """The restored store belongs to whom the store before it belonged, also if root restores it."""
    model = store if store.exists() else store.parent
    if os.geteuid() == 0:
        shutil.chown(temporary, model.stat().st_uid, model.stat().st_gid)
    if model is store:
        shutil.copymode(store, temporary)


@contextmanager
def _unused(store: Path) -> Iterator[None]:
    """Holds the lock of SQLite that every program with the store open shares. Our own must not have it open."""
    if not store.exists():
        yield
        return
    with store.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED[1], _SHARED[0])
        except (BlockingIOError, PermissionError) as error:
            raise BusyError(f"Busy: another program has {store} open. End it, and restore again.") from error
        yield


def _move_away(store: Path) -> Path | None:
    """Renames the store and its log, which stay together. Without its store a log is noticed after a crash."""
    kept = store.with_name(f"{store.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    for ending in DATABASE_FILES:
        with suppress(FileNotFoundError):
            store.with_name(store.name + ending).rename(kept.with_name(kept.name + ending))
    files.sync(store.parent)
    return next((kept for ending in DATABASE_FILES if kept.with_name(kept.name + ending).exists()), None)
