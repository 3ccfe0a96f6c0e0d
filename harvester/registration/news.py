"""What has changed at the agency since it was last read: deposits of others, matches, and DOIs whose fate was open."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester.answers import HeldRecord, System
from harvester.config import Config
from harvester.errors import AgencyError, BusyError, Stopped
from harvester.identifiers import doi_prefix, fold_doi
from harvester.registration.clearance import Hold, held_back, hold_of
from harvester.registration.doi_states import FOREIGN
from harvester.registration.drift import GRACE
from harvester.registration.readback import READABLE, Readback, is_same, reading
from harvester.registration.registrar import Agency
from harvester.store import Event, Registration, SeenDoi
from harvester.system.stopping import Stop, never_stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)

UNREAD = "version_unread"
READ_AGAIN = timedelta(hours=1)


class News(Struct, frozen=True, kw_only=True):
    """How many records were read, DOIs with a deposit of another program found, and open fates decided."""

    read: int = 0
    foreign: int = 0
    settled: int = 0


def read_news(
    store: Store, readback: Readback, prefixes: Sequence[str], since: date | None, now: Callable[[], datetime]
) -> News:
    """Reads what changed on `since` or later, and the DOIs whose fate is open.

    `prefixes` are those of the account; without any, those of the registered DOIs. Raises `AgencyUnavailable`,
    `AgencyError` and `Stopped`; what was read so far is remembered.
    """
    read, foreign = _changed(store, readback, prefixes, since, now)
    return News(read=read, foreign=foreign, settled=settle(store, readback, now))


def read_open_fates(
    config: Config, store: Store, agency: Agency, now: Callable[[], datetime], stop: Stop = never_stop
) -> int:
    """Settles the DOIs whose fate is open, if there are any and their records can be read now; returns how many.

    What cannot be read is read later.
    """
    terms, readable = agency.terms(config), READABLE.get(agency.name)
    if terms is None or readable is None or readable.unreadable(config):
        return 0
    if not open_fates(store, agency.name, terms.system, now()):
        return 0
    try:
        with reading(config, store, readable, now, stop) as readback:
            return settle(store, readback, now)
    except (AgencyError, BusyError, Stopped) as error:
        log.info("not read what %s holds: %s", agency.title, error)
        return 0


def open_fates(store: Store, target: str, system: System, now: datetime) -> list[Registration]:
    """The DOIs whose record can decide what became of them now."""
    candidates = store.registrations.of_states(target, system, ["unaccounted", "uncertain"])
    seen = store.held_records.of_dois(target, system, [one.doi for one in candidates])
    return [one for one in candidates if is_open(one, seen.get(fold_doi(one.doi)), now)]


def settle(store: Store, readback: Readback, now: Callable[[], datetime]) -> int:
    """Reads the DOIs whose fate is open; returns how many it decided. Raises as `read_news`."""
    moment = now()
    open_ones = open_fates(store, readback.target, readback.system, moment)
    read = readback.read([one.doi for one in open_ones])
    files = store.held_records.own_files(readback.target, list(read))
    decided: list[Registration] = []
    for one in open_ones:
        key = fold_doi(one.doi)
        after = settled(one, {file.version for file in files.get(key, ())}, read[key].record, moment)
        if after is not one:
            decided.append(after)
    _save(store, readback, decided)
    return len(decided)


def is_open(known: Registration, seen: SeenDoi | None, now: datetime) -> bool:
    """Whether the record of a DOI can decide what became of it. Pure.

    A DOI that the log did not name is read once, when the agency should show it. A version that was not named is read
    at once, and each hour until it decides.
    """
    if known.kind == UNREAD:
        return seen is None or seen.read is None or seen.read < known.changed or now - seen.read >= READ_AGAIN
    ready = known.changed + GRACE
    return known.state == "unaccounted" and now >= ready and (seen is None or seen.read is None or seen.read < ready)


def settled(known: Registration, versions: Collection[int], held: HeldRecord, now: datetime) -> Registration:
    """What became of a DOI whose fate was open, by the version that the agency holds. Pure."""
    version = held.version
    if version is None or (known.timestamp is not None and version < known.timestamp):
        return known  # the newest file is not there, or not shown yet
    if version in versions:
        is_newest = version == known.timestamp
        return replace(
            known,
            state="registered",
            kind="version_same" if is_newest else "version_ours",
            who="nobody",
            details={"held": str(version)},
            held=version,
            held_since=now,
            changed=now,
            due=None,
            settings=None,
            refusals=0,
        )
    if known.kind == UNREAD:
        details = {**known.details, "held": str(version)}
        return replace(known, state="refused", kind=FOREIGN, who="person", details=details, changed=now)
    return known


def _changed(
    store: Store, readback: Readback, prefixes: Sequence[str], since: date | None, now: Callable[[], datetime]
) -> tuple[int, int]:
    """Reads the DOIs of ours that changed; returns how many, and how many another program deposited."""
    target, system = readback.target, readback.system
    registered = store.registrations.of_states(target, system, ["registered", "registered_with_conflict"])
    ours = {fold_doi(one.doi): one for one in registered if one.held is not None}
    if not ours:
        return 0, 0
    listed = readback.listed(prefixes or sorted({doi_prefix(key) for key in ours}), since)
    known = store.held_records.of_dois(target, system, [key for key in listed if key in ours])
    readback.note(listed, known)
    changed = [key for key in listed if key in ours and not is_same(known.get(key), listed[key])]
    seen = readback.read([ours[key].doi for key in changed], listed)
    files = store.held_records.own_files(target, changed)
    holds: dict[str, Hold] = {}
    for key in changed:
        versions = {file.version for file in files.get(key, ())}
        hold = hold_of(ours[key], versions, seen[key].record, lambda: ())
        if hold and ours[key].kind != FOREIGN:
            holds[key] = hold
    moment = now()
    rows = [held_back(ours[key], ours[key].doi, target, system, hold, moment) for key, hold in holds.items()]
    _save(store, readback, rows)
    return len(changed), len(holds)


def _save(store: Store, readback: Readback, rows: Sequence[Registration]) -> None:
    if rows:
        store.registrations.save(rows)
        events = [
            Event(at=one.changed, state=one.state, words=f"read at the agency: {one.kind}", doi=one.doi) for one in rows
        ]
        store.submissions.note(readback.target, readback.system, events)
