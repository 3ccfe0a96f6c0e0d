"""An empty file whose dates are the memory: a full disk has no space for content, but a file's dates can be set."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from harvester.system.files import give_to_owner


class Dates(NamedTuple):
    """The dates of a file (mtime and atime)."""

    modified: datetime
    accessed: datetime


def read(path: Path) -> Dates | None:
    """The dates of the file; `None` if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Dates(*(datetime.fromtimestamp(date, UTC) for date in (status.st_mtime, status.st_atime)))


def write(path: Path, dates: Dates) -> None:
    """Creates the file and sets its dates. If that is not possible, nothing is remembered."""
    with suppress(OSError):
        path.touch()
        give_to_owner(path)
        os.utime(path, (dates.accessed.timestamp(), dates.modified.timestamp()))


def delete(path: Path) -> None:
    """Deletes the file, if there is one."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
