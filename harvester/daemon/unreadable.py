"""The configuration cannot be read: cron is told once a day, and again when it was changed and is still wrong.

Who is told by mail or webhook stands in it, so there is stderr alone. An empty file beside the locks remembers when.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from harvester.config import LOCKS


def told_today(path: Path, now: datetime) -> bool:
    """Whether that was said today, and the configuration is the same since; from now on it was.

    Where nothing was ever harvested there is no folder for locks, and it is said every time.
    """
    told, changed = _date(_note(path), "st_mtime"), _date(path, "st_ctime")  # a new mode or name is a change too
    if told and told.astimezone().date() == now.astimezone().date() and (changed is None or changed <= told):
        return True
    with suppress(OSError):
        _note(path).touch()
        os.utime(_note(path), (now.timestamp(), now.timestamp()))
    return False


def forget(path: Path) -> None:
    """It can be read again."""
    with suppress(OSError):
        _note(path).unlink(missing_ok=True)


def _note(path: Path) -> Path:
    return path.parent / LOCKS / "config-in-trouble"


def _date(path: Path, which: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(getattr(path.stat(), which), UTC)
    except OSError:
        return None
