"""Files that are complete or absent, even after a crash or a power cut."""

from __future__ import annotations

import codecs
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file whose name appears only after all its bytes are on the disk, replacing an earlier file.

    Of several processes that write it at once, one comes after the other. Raises `OSError`. Then at most the file of
    `temporary_of` is left.
    """
    temporary = temporary_of(path)
    with _alone_with(temporary):
        try:
            temporary.write_bytes(data)
            give_to_owner(temporary)
            publish(temporary, path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def _alone_with(path: Path) -> Iterator[None]:
    """Keeps other processes from writing this file, which is created. One that was just renamed is another file."""
    while True:
        with path.open("ab") as file:
            with suppress(OSError):  # on a network disk without locks
                fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(path, file):
                yield
                return


def _is_at(path: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def replace_text(path: Path, text: str) -> None:
    """Replaces a text file of a person by a whole one, with its mode, its line ends and its byte order mark.

    Raises `OSError`.
    """
    path = path.resolve()  # a link stays one
    before, mode = path.read_bytes(), path.stat().st_mode
    data = text.replace("\n", "\r\n" if b"\r\n" in before else "\n").encode()
    write_whole(path, (codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b"") + data)
    path.chmod(mode)


def publish(temporary: Path, final: Path) -> None:
    """Renames a finished file in its folder. The disk gets its bytes first, then the name, then the folder."""
    sync(temporary)
    temporary.replace(final)
    sync(final.parent)


def temporary_of(path: Path) -> Path:
    """The path at which a file is written before it gets its name: one for each name, so a crash leaves at most one."""
    return path.with_name(f".{path.name}.part")


def make_folder(folder: Path) -> None:
    """Creates a folder and its parents, which then survive a power cut too."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        give_to_owner(folder)
        sync(folder.parent)


def give_to_owner(path: Path) -> None:
    """Gives what root has made in the folder of another user to that user, who could not write it otherwise.

    Otherwise one command with sudo would lock out the service. Raises `OSError`.
    """
    folder = path.parent.stat()
    if os.geteuid() == 0 and folder.st_uid != 0 and path.stat().st_uid == 0:
        os.chown(path, folder.st_uid, folder.st_gid)


def sync(path: Path) -> None:
    """Waits until the bytes of a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
