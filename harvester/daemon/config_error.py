"""The configuration cannot be read: under cron this is reported once a day, and after every change of the file.

The recipients of mails and webhooks are in the configuration, so it can only be reported on stderr. The dates of an
empty file next to the locks are the memory (`mtime_marker`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from harvester.config import LOCKS
from harvester.system import mtime_marker
from harvester.system.mtime_marker import Dates


def already_reported(path: Path, now: datetime) -> bool:
    """Whether the error was reported today and the file has not changed since. If not, remembers `now` as reported.

    Before the first harvest there is no folder for locks, and the error is reported every time.
    """
    dates, changed = mtime_marker.read(_marker(path)), _changed(path)
    reported = dates.modified if dates else None
    if (
        reported
        and reported.astimezone().date() == now.astimezone().date()
        and (changed is None or changed <= reported)
    ):
        return True
    mtime_marker.write(_marker(path), Dates(modified=now, accessed=now))
    return False


def clear(path: Path) -> None:
    """Forgets the error: the configuration can be read."""
    mtime_marker.delete(_marker(path))


def _marker(path: Path) -> Path:
    return path.parent / LOCKS / "config-in-trouble"


def _changed(path: Path) -> datetime | None:
    """When the file was changed, which includes its mode and its name; `None` if there is no file."""
    try:
        return datetime.fromtimestamp(path.stat().st_ctime, UTC)
    except OSError:
        return None
