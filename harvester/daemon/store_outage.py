"""The store itself cannot be used: told once a day and its end once, like any other trouble, though no store remembers.

The dates of an empty file beside the locks do instead (`daemon/dates`).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harvester.config import Config
from harvester.daemon import mtime_marker
from harvester.daemon.incidents import News, Trouble, in_two, news
from harvester.daemon.mtime_marker import Dates
from harvester.errors import StoreError, StoreLocked
from harvester.store import Alert

STORE = "[store]"  # no source can have this name
LOCKED_FOR = timedelta(hours=1)  # until then a locked store is somebody's work, such as `prune`
_NEVER = datetime.fromtimestamp(0, UTC)


def look(config: Config, error: StoreError, now: datetime) -> News:
    """What is to be told of a store that cannot be used; remembers since when that is so."""
    before = _noted(config)
    if before is None:
        before = Alert(STORE, since=now, last_notified=_NEVER)
        _note(config, before)
    if isinstance(error, StoreLocked) and now - before.since < LOCKED_FOR:
        return News()
    why, todo = in_two(str(error), "run `harvester doctor`")
    trouble = Trouble(
        subject=STORE, what="nothing can be harvested", since=before.since, why=why, todo=todo, see="harvester doctor"
    )
    told = {} if before.last_notified == _NEVER else {STORE: before}
    return news([trouble], (), (STORE,), told, now, config.zone)


def remember(config: Config, told: News, now: datetime) -> None:
    """Keeps in mind that people were told."""
    for trouble in told.troubles:
        _note(config, Alert(STORE, trouble.since, now))


def passed(config: Config) -> Alert | None:
    """What people were told of the store, which works again; `None` where there was nothing."""
    before = _noted(config)
    return before if before and before.last_notified != _NEVER else None


def forget(config: Config) -> None:
    """The store works again, and that was told."""
    mtime_marker.forget(_file(config))


def _file(config: Config) -> Path:
    return config.locks_dir / "store-in-trouble"


def _noted(config: Config) -> Alert | None:
    """Its dates: changed is since when, read is when told."""
    found = mtime_marker.noted(_file(config))
    return Alert(STORE, since=found.changed, last_notified=found.read) if found else None


def _note(config: Config, alert: Alert) -> None:
    """Where not even that can be written, it is told every time."""
    with suppress(OSError):
        _file(config).parent.mkdir(parents=True, exist_ok=True)
    mtime_marker.note(_file(config), Dates(changed=alert.since, read=alert.last_notified))
