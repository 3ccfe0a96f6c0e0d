"""Fills in the states of DOIs that another program deposited, from what the agency holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.answers import ListedDoi, System
from harvester.identifiers import doi_prefix, fold_doi
from harvester.registration.readback import Readback, is_same
from harvester.store import DoiRow, Event, Registration, SeenDoi

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

_AT_ONCE = 200  # DOIs in one step, which is stored whole


class Imported(Struct, frozen=True, kw_only=True):
    """What an import found: DOIs that the agency lists, those that are new here, that an article has, and of ours.

    `without_article`: they are listed, and no harvested article has them.
    """

    listed: int = 0
    imported: int = 0
    known: int = 0
    ours: int = 0
    without_article: int = 0


def import_dois(store: Store, readback: Readback, places: Sequence[str], now: Callable[[], datetime]) -> Imported:
    """Imports the DOIs of these DOI prefixes and ISSNs.

    Records are read for the DOIs of articles only, whose next version must be above the one at the agency. The others
    are read before their first deposit. Raises `AgencyUnavailable`, `AgencyError` and `Stopped`; the same import later
    reads only what is left.
    """
    listed = readback.listed(places)
    total = Imported(listed=len(listed))
    keys = list(listed)
    for start in range(0, len(keys), _AT_ONCE):
        step = {key: listed[key] for key in keys[start : start + _AT_ONCE]}
        total = _added(total, _import(store, readback, step, now()))
    return total


def _import(store: Store, readback: Readback, listed: Mapping[str, ListedDoi], now: datetime) -> Imported:
    target, system = readback.target, readback.system
    rows = {fold_doi(row.doi): row for row in store.registrations.rows(target, system, list(listed))}
    own = store.held_records.own_files(target, list(listed))
    foreign = {key: one for key, one in listed.items() if is_foreign_row(rows.get(key), has_files=key in own)}
    seen = store.held_records.of_dois(target, system, foreign)
    readback.note(listed, store.held_records.of_dois(target, system, listed))
    wanted = {key: one.doi for key, one in foreign.items() if _has_article(rows.get(key))}
    seen |= readback.read([doi for key, doi in wanted.items() if not is_same(seen.get(key), foreign[key])], listed)
    fresh = [
        elsewhere(one, seen.get(key), target, system, now)
        for key, one in foreign.items()
        if not _is_imported(rows.get(key))
    ]
    store.registrations.save(fresh)
    store.deposits.mark_held(target, system, [one.doi for one in fresh], now)
    store.submissions.note(target, system, [_event(one, now) for one in fresh])
    return Imported(
        imported=len(fresh),
        known=len(foreign) - len(fresh),
        ours=len(listed) - len(foreign),
        without_article=len(foreign) - len(wanted),
    )


def is_foreign_row(row: DoiRow | None, *, has_files: bool) -> bool:
    """Whether another program deposited the DOI: nothing of ours was ever sent or written."""
    if has_files:
        return False
    known = row.registration if row else None
    return known is None or (known.state in ("never_sent", "elsewhere") and known.held is None)


def elsewhere(listed: ListedDoi, seen: SeenDoi | None, target: str, system: System, now: datetime) -> Registration:
    """The state of a DOI that another program deposited, with its dates and its owner."""
    record = seen.record if seen else None
    owner = (record.owner if record else None) or listed.owner
    details = {
        "created": listed.created.date().isoformat() if listed.created else "",
        "deposited": listed.updated.date().isoformat() if listed.updated else "",
        "owner": owner or "",
        "version": str(record.version) if record and record.version is not None else "",
    }
    return Registration(
        doi=listed.doi,
        target=target,
        system=system,
        state="elsewhere",
        changed=now,
        kind="imported",
        details={name: value for name, value in details.items() if value},
    )


def _is_imported(row: DoiRow | None) -> bool:
    return row is not None and row.registration is not None and row.registration.state == "elsewhere"


def _has_article(row: DoiRow | None) -> bool:
    return row is not None and row.record is not None


def _event(one: Registration, now: datetime) -> Event:
    facts = ", ".join(f"{name} {value}" for name, value in one.details.items())
    return Event(at=now, state=one.state, words=f"found at the agency: {facts}", doi=one.doi)


def _added(one: Imported, other: Imported) -> Imported:
    return Imported(
        listed=one.listed + other.listed,
        imported=one.imported + other.imported,
        known=one.known + other.known,
        ours=one.ours + other.ours,
        without_article=one.without_article + other.without_article,
    )


def default_places(store: Store, target: str, prefixes: Iterable[str]) -> list[str]:
    """The DOI prefixes to import if none is named: those of the account, else those of the articles."""
    found = list(dict.fromkeys(prefixes))
    return found or sorted({doi_prefix(row.doi) for row in store.deposits.rows(target)})
