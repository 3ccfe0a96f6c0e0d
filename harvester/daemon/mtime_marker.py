"""An empty file that remembers by its dates alone: a full disk has no room for a word, but for a date."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple


class Dates(NamedTuple):
    """When a file was last changed in its content, and last read."""

    changed: datetime
    read: datetime


def noted(path: Path) -> Dates | None:
    """The dates of the file; `None` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Dates(*(datetime.fromtimestamp(date, UTC) for date in (found.st_mtime, found.st_atime)))


def note(path: Path, dates: Dates) -> None:
    """Gives the file these dates, and makes it; where that cannot be, nothing is remembered."""
    with suppress(OSError):
        path.touch()
        os.utime(path, (dates.read.timestamp(), dates.changed.timestamp()))


def forget(path: Path) -> None:
    """There is nothing to remember any more."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
