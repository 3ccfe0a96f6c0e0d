"""The configuration cannot be read: cron is told once a day, and again when it was changed and is still wrong.

Who is told by mail or webhook stands in it, so there is stderr alone. The dates of an empty file beside the locks
remember when (`daemon/dates`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from harvester.config import LOCKS
from harvester.daemon import mtime_marker
from harvester.daemon.mtime_marker import Dates


def told_today(path: Path, now: datetime) -> bool:
    """Whether that was said today, and the configuration is the same since; from now on it was.

    Where nothing was ever harvested there is no folder for locks, and it is said every time.
    """
    noted, changed = mtime_marker.noted(_note(path)), _changed(path)
    told = noted.changed if noted else None
    if told and told.astimezone().date() == now.astimezone().date() and (changed is None or changed <= told):
        return True
    mtime_marker.note(_note(path), Dates(changed=now, read=now))
    return False


def forget(path: Path) -> None:
    """It can be read again."""
    mtime_marker.forget(_note(path))


def _note(path: Path) -> Path:
    return path.parent / LOCKS / "config-in-trouble"


def _changed(path: Path) -> datetime | None:
    """When the file was changed; a new mode or name is a change too."""
    try:
        return datetime.fromtimestamp(path.stat().st_ctime, UTC)
    except OSError:
        return None
