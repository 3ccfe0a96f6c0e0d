"""Where the store is, and what a person can do when SQLite cannot work there."""

from __future__ import annotations

from pathlib import Path

from harvester.errors import StoreError, StoreLocked

_FAULTS = {
    "locked": "The store {path} is locked: another program has been writing to it for {patience:g} s; wait for it to "
    "end, or end it, and start again.",
    "not a database": "{path} is not a database; name another file in [store] url, or put a backup in its place.",
    "malformed": "The store {path} is damaged; put a backup in its place. Without one, move it away "
    "and harvest again; what was deposited will then be deposited once more.",
    "readonly": "The store {path} cannot be written; give this user write permission on it and on {folder}.",
    "unable to open": "The store {path} cannot be opened; give this user write permission on it and on {folder}.",
    "is full": "The disk is full, and nothing was lost: the store {path} could not be written; make room in {folder} "
    "and start again.",
    "disk I/O error": "The disk under the store {path} answers with errors; check the disk and its free space.",
}


def path_of(url: str) -> Path:
    """The file of a `sqlite:///path`, taken as it stands: SQLAlchemy 2.1 would decode %20 in it, 2.0 would not."""
    path = url.removeprefix("sqlite:///")
    if path in (url, "", ":memory:"):
        raise StoreError("The store is a SQLite file; write sqlite:///path/to/store.sqlite as its url.")
    return Path(path)


def check_backup(path: Path, store: Path) -> None:
    """Raises `StoreError` where a copy of the store would take the place of something else than an older one."""
    path, store = path.resolve(), store.resolve()
    if path in {store.with_name(store.name + ending) for ending in _ITS_OWN}:
        raise StoreError(f"{path} belongs to the store itself; name another file for the copy.")
    if path.exists() and not _may_be_copy(path):
        raise StoreError(f"{path} is there and no backup; it is left as it is. Name another file for the copy.")


_ITS_OWN = ("", "-wal", "-shm", "-journal")  # by which SQLite calls the files of one database


def _may_be_copy(path: Path) -> bool:
    """Whether it is a database, or a file without anything in it; no device, whatever can be read from it."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) in (b"", _MAGIC)


_MAGIC = b"SQLite format 3\0"


def fault(said: str, path: Path, patience: float) -> StoreError:
    """What a person can do about what SQLite says; `patience` is how many seconds it waited for a lock."""
    for sign, words in _FAULTS.items():
        if sign in said:
            kind = StoreLocked if sign == "locked" else StoreError
            return kind(words.format(path=path, folder=path.parent, patience=patience))
    return StoreError(f"The store {path} cannot be used: {said}.")
