"""Files that are whole or absent, whatever ends the process or the power."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file so that its name appears only once all its bytes are on the disk; replaces what was there.

    Raises `OSError`; nothing is left behind then but perhaps the temporary file of `temporary_of`.
    """
    temporary = temporary_of(path)
    try:
        temporary.write_bytes(data)
        publish(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def publish(temporary: Path, final: Path) -> None:
    """Gives a finished file its name: file first, then name, then folder reach the disk. Both are in one folder."""
    sync(temporary)
    temporary.replace(final)
    sync(final.parent)


def temporary_of(path: Path) -> Path:
    """Where a file grows before it has its name: one place for each name, so a crash leaves at most one."""
    return path.with_name(f".{path.name}.part")


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it, so that they too outlive a power cut."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


def sync(path: Path) -> None:
    """Waits until a file's bytes, or a folder's names, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
