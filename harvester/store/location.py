"""The file of the store, and the errors for a person when SQLite cannot use it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import quote

from harvester.errors import QueryTimeout, StoreError, StoreLocked
from harvester.store import wal

_MESSAGES = {  # by a part of what SQLite reports
    "locked": "The store {path} is locked: another program has been writing to it for {timeout:g} s; wait for it to "
    "end, or end it, and start again.",
    "not a database": "{path} is not a database; name another file in [store] url, or put a backup in "
    "its place with `harvester restore FILE`.",
    "malformed": "The store {path} is damaged, perhaps because a copy was put in its place next to {path}-wal, the log "
    "of the store before it; stop this program and put a backup in its place: `harvester restore FILE`. Without one, "
    "move {path}, {path}-wal and {path}-shm away and harvest again; what was deposited will then be deposited again.",
    "readonly": "The store {path} cannot be written; give this user write permission on it and on {folder}.",
    "unable to open": "The store {path} cannot be opened; give this user write permission on it and on {folder}.",
    "is full": "The disk is full, and nothing was lost: the store {path} could not be written; make room in {folder} "
    "and start again.",
    "interrupted": "Reading this from the store {path} takes too long; ask for less of it.",
    "disk I/O error": "The disk under the store {path} answers with errors; check the disk and its free space.",
}

_CLASSES = {"locked": StoreLocked, "interrupted": QueryTimeout}


def path_of(url: str) -> Path:
    """The path in `sqlite:///path`, unchanged: SQLAlchemy 2.1 would decode %20 in it, 2.0 would not."""
    path = url.removeprefix("sqlite:///")
    if path in (url, "", ":memory:"):
        raise StoreError("The store is a SQLite file; write sqlite:///path/to/store.sqlite as its url.")
    return Path(path)


def check_log(path: Path) -> None:
    """Raises `StoreError` if the write-ahead log next to the store belongs to another file.

    SQLite would write it into the store. A crash leaves it, and it is forgotten when a backup is put in place.
    """
    log = path.with_name(f"{path.name}-wal")
    if not _size(log):
        return
    if not _size(path):
        raise StoreError(
            f"The store {path} is missing, but its log {log} is there and may hold records. Put the store back next "
            f"to it. If you want to start with a new store or a backup, move {log} and {path}-shm away first."
        )
    head = _head(path)
    if head[_VERSIONS] == _WITHOUT_LOG or not wal.belongs(head, log):
        raise StoreError(
            f"The store {path} is a copy, and the log next to it, {log}, is the one of the store before it. Nothing "
            f"was changed. Stop this program, move {log} and {path}-shm away, and start again. Next time, use "
            "`harvester restore FILE`, which does all that."
        )


def is_read_only(path: Path) -> bool:
    """Whether there is a store that this user may read only. SQLite makes files next to it even to read."""
    effective = os.access in os.supports_effective_ids
    writable = (os.access(one, os.W_OK, effective_ids=effective) for one in (path, path.parent))
    return path.is_file() and not all(writable)


def read_only_uri(path: Path) -> str:
    """The URI that opens the store without ever writing, not even a file next to it.

    If nobody has the store open, its log is missing and cannot be made, so the file is read as one that stays as it is.
    """
    log = path.with_name(f"{path.name}-wal")
    return f"file:{quote(str(path.absolute()))}?mode=ro{'' if log.exists() else '&immutable=1'}"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


_VERSIONS = slice(18, 20)  # the bytes of the format versions (SQLite's file format, section 1.3)
_WITHOUT_LOG = b"\1\1"  # of a backup; a store that was ever opened has 2


def _head(path: Path) -> bytes:
    """The beginning of the database file, empty if it cannot be read.

    Read by another process: when this one closes a file, it loses all its locks on that file, SQLite's too (fcntl(2)).
    """
    command = ["head", "-c", str(wal.HEAD), str(path.absolute())]
    try:
        return subprocess.run(command, check=False, capture_output=True).stdout  # noqa: S603
    except OSError:
        return b""


def check_backup(path: Path, store: Path) -> None:
    """Raises `StoreError` if a backup at `path` would overwrite the store itself or something that is not a backup."""
    path, store = path.resolve(), store.resolve()
    if path in {store.with_name(store.name + ending) for ending in DATABASE_FILES}:
        raise StoreError(f"{path} belongs to the store itself; name another file for the copy.")
    if path.exists() and not _may_be_backup(path):
        raise StoreError(f"{path} is there and no backup; it is left as it is. Name another file for the copy.")


DATABASE_FILES = ("", "-wal", "-shm", "-journal")  # the name endings of the files of one SQLite database


def _may_be_backup(path: Path) -> bool:
    """Whether it is a database or an empty file. A device is neither, whatever can be read from it."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) in (b"", _MAGIC)


_MAGIC = b"SQLite format 3\0"


def store_error(reported: str, path: Path, timeout: float) -> StoreError:
    """The error to raise for what SQLite reported; `timeout` is how many seconds it waited for a lock."""
    for part, message in _MESSAGES.items():
        if part in reported:
            return _CLASSES.get(part, StoreError)(message.format(path=path, folder=path.parent, timeout=timeout))
    return StoreError(f"The store {path} cannot be used: {reported}.")
