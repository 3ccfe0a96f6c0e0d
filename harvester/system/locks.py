"""One holder at a time, over all processes of this machine: of a source, the store, the export.

The lock is flock(2) on a small file. The kernel drops it with the process that held it, however that ended, so there
is never a stale one to remove; the file stays, since removing it would let two hold two files of one name.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import quote

import msgspec

from harvester.errors import BusyError, StoreError

# Most file systems take 255 bytes; this leaves room for the digest and the ending.
_LONGEST = 200
_GLANCE = 0.05  # seconds: whoever looks at a lock, as `holder` does, has it for an instant


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock: written into its file for the one who finds it taken. `since` is UTC."""

    pid: int
    host: str
    since: datetime
    what: str

    def __str__(self) -> str:
        return f"{self.what} (process {self.pid} on {self.host}, since {self.since:%Y-%m-%d %H:%M:%S} UTC)"


@contextmanager
def hold(folder: Path, name: str, *, what: str) -> Iterator[None]:
    """Holds `<folder>/<name>.lock` for the block; `what` says in a few words what is being done.

    Raises `BusyError`, naming the holder, when it is held already, also by this process.
    """
    path = folder / f"{safe(name)}.lock"
    with _opened(path) as file:
        _take(file, path)
        _write(file, path, Holder(os.getpid(), socket.gethostname(), datetime.now(UTC).replace(microsecond=0), what))
        try:
            yield
        finally:
            with suppress(OSError):  # a name left behind says nothing without the lock
                file.truncate(0)  # closing the file lets go of the lock


def holder(folder: Path, name: str) -> Holder | None:
    """Who holds it, for those who only look; `None` where nobody does, or it has not yet written who it is."""
    try:
        with (folder / f"{safe(name)}.lock").open("rb", buffering=0) as file:
            return None if _is_free(file) else _read(file)
    except OSError:
        return None


def _is_free(file: IO[bytes]) -> bool:
    """Whether nobody holds it. A name in the file proves nothing: who was killed left its own there."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def safe(name: str) -> str:
    """A file name for any name, readable where it can be, and another one for another name."""
    quoted = quote(name, safe=" ") or "%"
    if len(quoted) <= _LONGEST:
        return quoted
    return f"{quoted[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _opened(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+b", buffering=0)  # not "w": it would wipe what the holder has written
    except OSError as error:
        raise _unusable(path, error) from error


def _take(file: IO[bytes], path: Path) -> None:
    try:
        _lock(file)
    except BlockingIOError as error:
        found = _read(file)
        raise BusyError(f"Busy: {found or 'another process'} holds {path}. Wait for it to end, or end it.") from error
    except OSError as error:
        raise _unusable(path, error) from error


def _lock(file: IO[bytes]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(_GLANCE)
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
    except msgspec.DecodeError:  # it has the lock, and not yet written who it is
        return None


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The lock file {path} cannot be used: {error.strerror}. Its folder must be writable, and have room."
    )
