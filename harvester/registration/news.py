"""What has changed at the agency since it was last read: deposits of others, matches, and DOIs whose fate was open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester.answers import HeldRecord
from harvester.identifiers import doi_prefix, fold_doi
from harvester.registration.clearance import FOREIGN, Hold, held_back, hold_of
from harvester.registration.drift import GRACE
from harvester.registration.readback import Readback, is_same
from harvester.store import Event, Registration, SeenDoi

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

UNREAD = "version_unread"


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
    return News(read=read, foreign=foreign, settled=_settle(store, readback, now))


def is_open(known: Registration, seen: SeenDoi | None, now: datetime) -> bool:
    """Whether the record of a DOI can decide what became of it. Pure.

    A DOI that the log did not name is read once, when the agency should show it.
    """
    if known.kind == UNREAD:
        return True
    ready = known.changed + GRACE
    return known.state == "unaccounted" and now >= ready and (seen is None or seen.read is None or seen.read < ready)


def settled(known: Registration, versions: Collection[int], held: HeldRecord, now: datetime) -> Registration:
    """What became of a DOI whose fate was open, by the version that the agency holds. Pure."""
    version = held.version
    if version is None:
        return known
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
    if known.kind == UNREAD and known.timestamp is not None and version > known.timestamp:
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


def _settle(store: Store, readback: Readback, now: Callable[[], datetime]) -> int:
    target, system, moment = readback.target, readback.system, now()
    candidates = store.registrations.of_states(target, system, ["unaccounted", "uncertain"])
    seen = store.held_records.of_dois(target, system, [one.doi for one in candidates])
    open_ones = [one for one in candidates if is_open(one, seen.get(fold_doi(one.doi)), moment)]
    read = readback.read([one.doi for one in open_ones])
    files = store.held_records.own_files(target, list(read))
    after = []
    for one in open_ones:
        key = fold_doi(one.doi)
        versions = {file.version for file in files.get(key, ())}
        after.append((one, settled(one, versions, read[key].record, moment)))
    decided = [later for one, later in after if later is not one]
    _save(store, readback, decided)
    return len(decided)


def _save(store: Store, readback: Readback, rows: Sequence[Registration]) -> None:
    if rows:
        store.registrations.save(rows)
        events = [
            Event(at=one.changed, state=one.state, words=f"read at the agency: {one.kind}", doi=one.doi) for one in rows
        ]
        store.submissions.note(readback.target, readback.system, events)
