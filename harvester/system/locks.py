"""Locks over all processes: for a source, the export, the daemon.

Those of a store that is a file are files next to it. A store in a database has its locks there (`LockServer`), where
the processes of all machines see them.

A lock file is locked with flock(2). The kernel releases it when its process ends for any reason, so there is never a
stale lock to remove. The file stays: if it were removed, two processes could lock two files of one name.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol, Self
from urllib.parse import quote, unquote

import msgspec

from harvester.errors import BusyError, StoreError
from harvester.system.files import give_to_owner, make_folder

# Most file systems allow 255 bytes in a name; this leaves space for the digest and the ending.
_LONGEST_NAME = 200
_RETRY_AFTER = 0.05  # seconds: a process that only looks at a lock, with `holder`, has it for an instant


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock. It is written next to the lock, for others who want it. `since` is UTC."""

    pid: int
    host: str
    since: datetime
    what: str

    @classmethod
    def mine(cls, what: str) -> Self:
        """This process, now."""
        return cls(os.getpid(), socket.gethostname(), datetime.now(UTC).replace(microsecond=0), what)

    def __str__(self) -> str:
        return f"{self.what} (process {self.pid} on {self.host}, since {self.since:%Y-%m-%d %H:%M:%S} UTC)"


class LockServer(Protocol):
    """Where locks are that are not files. All of it raises `StoreError`, too."""

    def hold(self, name: str, *, what: str) -> AbstractContextManager[None]:
        """As `hold` below."""

    def holder(self, name: str) -> Holder | None:
        """As `holder` below."""

    def names(self) -> list[str]:
        """As `names` below."""


Place = Path | LockServer  # a folder of lock files, or a server


def hold(place: Place, name: str, *, what: str) -> AbstractContextManager[None]:
    """Holds the lock of this name for the block; `what` describes the work in a few words.

    Raises `BusyError`, which names the holder, if another process or this one holds the lock already.
    """
    return _hold_file(place, name, what) if isinstance(place, Path) else place.hold(name, what=what)


@contextmanager
def _hold_file(folder: Path, name: str, what: str) -> Iterator[None]:
    path = folder / f"{safe_file_name(name)}.lock"
    with _opened(path) as file:
        _take(file, path)
        _write(file, path, Holder.mine(what))
        try:
            yield
        finally:
            with suppress(OSError):  # a holder that stays in the file means nothing without the lock
                file.truncate(0)  # closing the file releases the lock


def names(place: Place) -> list[str]:
    """The names of the locks that are held there, and perhaps of some that were held, and of no others."""
    if not isinstance(place, Path):
        return place.names()
    return sorted(
        unquote(path.stem) for path in place.glob("*.lock") if safe_file_name(unquote(path.stem)) == path.stem
    )


def holder(place: Place, name: str) -> Holder | None:
    """Who holds the lock; `None` if nobody does, or the holder has not written its name yet. Takes no lock."""
    if not isinstance(place, Path):
        return place.holder(name)
    try:
        with (place / f"{safe_file_name(name)}.lock").open("rb", buffering=0) as file:
            return None if _is_free(file) else _read(file)
    except OSError:
        return None


def _is_free(file: IO[bytes]) -> bool:
    """Whether nobody holds the lock. A name in the file proves nothing, because a killed process leaves its own."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def safe_file_name(name: str) -> str:
    """A file name for any name: readable if possible, and different for different names."""
    quoted = quote(name, safe=" ") or "%"
    if len(quoted) <= _LONGEST_NAME:
        return quoted
    return f"{quoted[:_LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _opened(path: Path) -> IO[bytes]:
    try:
        make_folder(path.parent)
        opened = path.open("a+b", buffering=0)  # not "w": it would wipe what the holder has written
        give_to_owner(path)
        return opened
    except OSError as error:
        raise _unusable(path, error) from error


def _take(file: IO[bytes], path: Path) -> None:
    try:
        _lock(file)
    except BlockingIOError as error:
        other = _read(file)
        raise BusyError(f"Busy: {other or 'another process'} holds {path}. Wait for it to end, or end it.") from error
    except OSError as error:
        raise _unusable(path, error) from error


def _lock(file: IO[bytes]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(_RETRY_AFTER)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _write(file: IO[bytes], path: Path, mine: Holder) -> None:
    try:
        file.seek(0)
        file.truncate()
        file.write(msgspec.json.encode(mine))
    except OSError as error:
        raise _unusable(path, error) from error


def _read(file: IO[bytes]) -> Holder | None:
    file.seek(0)
    try:
        return msgspec.json.decode(file.read(), type=Holder)
    except msgspec.DecodeError:  # the holder has not written its name yet
        return None


def _other_owner(path: Path) -> str | None:
    """The user that owns the file, or its folder if there is no file; `None` if that is us, or cannot be seen."""
    try:
        owner = (path if path.exists() else path.parent).stat().st_uid
    except OSError:
        return None
    return None if owner == os.geteuid() else _name_of(owner)


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _unusable(path: Path, error: OSError) -> StoreError:
    if isinstance(error, PermissionError) and (owner := _other_owner(path)):
        return StoreError(
            f"The lock file {path} belongs to {owner}: a command was run as that user. Give all files back to the user "
            f"of this program: sudo chown --recursive {_name_of(os.geteuid())} {path.parent.parent}"
        )
    return StoreError(
        f"The lock file {path} cannot be used: {error.strerror}. Its folder must be writable, and have room."
    )
