"""The store cannot be used: reported once a day, and its end once, as for any other incident.

The store cannot remember this, so the dates of an empty file next to the locks do (`mtime_marker`).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harvester.config import Config
from harvester.daemon.alerts import Notification, notification_of
from harvester.errors import StoreError, StoreLocked
from harvester.standing.incidents import Incident, cause_and_remedy
from harvester.store import Alert
from harvester.system import mtime_marker
from harvester.system.files import make_folder
from harvester.system.mtime_marker import Dates

STORE = "[store]"  # no source can have this name
LOCKED_FOR = timedelta(hours=1)  # a lock that is shorter is normal work, such as `prune`
_NEVER = datetime.fromtimestamp(0, UTC)


def notification(config: Config, error: StoreError, now: datetime) -> Notification:
    """What to report about a store that cannot be used; remembers since when that is so."""
    before = _read(config)
    if before is None:
        before = Alert(STORE, since=now, last_notified=_NEVER)
        _write(config, before)
    if isinstance(error, StoreLocked) and now - before.since < LOCKED_FOR:
        return Notification()
    why, todo = cause_and_remedy(str(error), "run `harvester doctor`")
    incident = Incident(
        subject=STORE, what="nothing can be harvested", since=before.since, why=why, todo=todo, see="harvester doctor"
    )
    alerts = {} if before.last_notified == _NEVER else {STORE: before}
    return notification_of([incident], (), (STORE,), alerts, now, config.zone)


def remember(config: Config, sent: Notification, now: datetime) -> None:
    """Remembers that people were notified of the outage."""
    for incident in sent.incidents:
        _write(config, Alert(STORE, incident.since, now))


def ended(config: Config) -> Alert | None:
    """The outage that people were notified of, now that the store works again; `None` if there was none."""
    before = _read(config)
    return before if before and before.last_notified != _NEVER else None


def clear(config: Config) -> None:
    """Forgets the outage: the store works again, and people know."""
    mtime_marker.delete(_marker(config))


def _marker(config: Config) -> Path:
    return config.locks_dir / "store-in-trouble"


def _read(config: Config) -> Alert | None:
    """The outage by the dates of the marker: modified is its beginning, accessed the last notification."""
    dates = mtime_marker.read(_marker(config))
    return Alert(STORE, since=dates.modified, last_notified=dates.accessed) if dates else None


def _write(config: Config, alert: Alert) -> None:
    """Writes the marker. If that is not possible, the outage is reported every time."""
    with suppress(OSError):
        make_folder(_marker(config).parent)
    mtime_marker.write(_marker(config), Dates(modified=alert.since, accessed=alert.last_notified))
