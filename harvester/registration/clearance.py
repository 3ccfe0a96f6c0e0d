"""Before a deposit: the version that the agency holds of each DOI, and what must wait for a person.

A deposit overwrites everything. So nothing is sent over a deposit of another program that came after ours, or over a
record that has more than our file, before a person has decided. The version read here is the floor of the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester.answers import Facts, HeldRecord, ListedDoi, System
from harvester.config import Config
from harvester.counting import counted
from harvester.deposits.export import NOT_SENT, Sending, preview
from harvester.deposits.target import Target
from harvester.errors import AgencyError, BusyError
from harvester.identifiers import doi_prefix, fold_doi
from harvester.model import Article
from harvester.registration.doi_states import FOREIGN, RICHER, is_held
from harvester.registration.drift import is_foreign, is_richer
from harvester.registration.readback import FEW, READABLE, Readback, is_same, reading
from harvester.registration.registrar import terms_of
from harvester.store import Event, Registration, SeenDoi, StoredArticle
from harvester.system.stopping import Stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

_RECENT = timedelta(minutes=10)  # an export that was stopped does not read everything again

log = logging.getLogger(__name__)


class Hold(Struct, frozen=True):
    """Why a DOI waits for a person: the id of the message, and its values."""

    kind: str
    details: dict[str, str]


def hold_of(
    known: Registration | None, versions: Collection[int], held: HeldRecord, more: Callable[[], Sequence[str]]
) -> Hold | None:
    """Why the DOI must not be sent now; `None` if it may. Pure.

    `versions` are those of our files, `more` gives the fields of which the agency has more than our next file.
    """
    if held.version is None or held.version in versions:
        return None
    if known and known.overruled is not None and held.version <= known.overruled:
        return None
    details = {"held": str(held.version)}
    if known and (_was_foreign(known) or (known.held and is_foreign(held.version, versions, known.held))):
        return Hold(FOREIGN, details)
    if (known is None or known.held is None) and (fields := more()):
        return Hold(RICHER, {**details, "fields": ", ".join(fields)})
    return None


def _was_foreign(known: Registration) -> bool:
    return known.kind == FOREIGN or known.overruled is not None


class Versions:
    """Reads the versions that an agency holds, before a deposit. Where it cannot be read, DOIs are left out."""

    def __init__(
        self,
        store: Store,
        target: str,
        system: System,
        connect: Callable[[], AbstractContextManager[Readback]],
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._target, self._system = store, target, system
        self._connect, self._now = connect, now

    def read(self, dois: Mapping[str, str], first: Collection[str]) -> dict[str, SeenDoi]:
        """What the agency holds of these DOIs, by the folded DOI. `first`: those that were in no file yet."""
        known = self._store.held_records.of_dois(self._target, self._system, dois)
        moment = self._now()
        recent = {key: one for key, one in known.items() if one.read and abs(moment - one.read) < _RECENT}
        found = {key: one for key, one in recent.items() if key in first}
        left = {key: doi for key, doi in dois.items() if key not in found}
        if not left:
            return found
        try:
            with self._connect() as readback:
                unlisted = self._unlisted(readback, {key: doi for key, doi in left.items() if key in first}, known)
                found |= unlisted
                found |= readback.read([doi for key, doi in left.items() if key not in unlisted])
        except (AgencyError, BusyError) as error:
            read = self._store.held_records.of_dois(self._target, self._system, left)
            found |= {key: one for key, one in read.items() if one.read and one.read >= moment}
            log.warning(
                "%s to deposit wait, because it is not known what the agency holds of them: %s. To deposit all "
                "the same: harvester deposit --no-floor",
                counted(len(dois) - len(found), "DOI"),
                str(error).rstrip("."),
            )
        return found

    def _unlisted(
        self, readback: Readback, dois: Mapping[str, str], known: Mapping[str, SeenDoi]
    ) -> dict[str, SeenDoi]:
        """Those of many DOIs that need not be read one by one: no list has them, or they look as they did."""
        if len(dois) <= FEW:
            return {}
        listed: Mapping[str, ListedDoi] = readback.listed(sorted({doi_prefix(doi) for doi in dois.values()}))
        absent = {
            key: SeenDoi(record=HeldRecord(doi=doi), read=self._now()) for key, doi in dois.items() if key not in listed
        }
        readback.save(list(absent.values()))
        same = {key: known[key] for key in dois if key in known and is_same(known[key], listed.get(key))}
        return {**absent, **same}


class Clearance:
    """Lets articles pass whose DOIs may be sent."""

    def __init__(
        self,
        store: Store,
        target: str,
        system: System,
        versions: Versions,
        facts_of: Callable[[Article], Facts],
        now: Callable[[], datetime],
    ) -> None:
        """`facts_of` says what our next file will say of an article."""
        self._store, self._target, self._system = store, target, system
        self._versions, self._facts_of, self._now = versions, facts_of, now

    def __call__(self, articles: Sequence[StoredArticle]) -> list[StoredArticle]:
        """Those that may be deposited now, in their order. Raises `Stopped`."""
        dois = {fold_doi(one.doi): one.doi for one in articles if one.doi}
        known = self._store.registrations.of_dois(self._target, self._system, dois)
        files = self._store.held_records.own_files(self._target, dois)
        seen = self._versions.read(dois, first={key for key in dois if key not in files})
        holds: dict[str, Hold] = {}
        for one in articles:
            key = fold_doi(one.doi or "")
            if key in seen:
                record, ours = seen[key].record, [file.version for file in files.get(key, ())]
                hold = hold_of(known.get(key), ours, record, self._more(one, record))
                holds |= {key: hold} if hold else {}
        self._note(holds, dois, known)
        return [one for one in articles if (key := fold_doi(one.doi or "")) in seen and key not in holds]

    def _more(self, article: StoredArticle, held: HeldRecord) -> Callable[[], Sequence[str]]:
        def more() -> Sequence[str]:
            return is_richer(held.facts, self._facts_of(article.article)) if article.article else ()

        return more

    def _note(self, holds: Mapping[str, Hold], dois: Mapping[str, str], known: Mapping[str, Registration]) -> None:
        """Stores what waits for a person, once."""
        now = self._now()
        fresh = [
            held_back(known.get(key), dois[key], self._target, self._system, hold, now)
            for key, hold in holds.items()
            if key not in known or (known[key].kind, known[key].details) != (hold.kind, hold.details)
        ]
        if not fresh:
            return
        self._store.registrations.save(fresh)
        events = [Event(at=now, state=one.state, words=f"waits for a person: {one.kind}", doi=one.doi) for one in fresh]
        self._store.submissions.note(self._target, self._system, events)
        log.warning("%s not deposited, because a person has to decide: harvester deposits", counted(len(fresh), "DOI"))


def held_back(
    known: Registration | None, doi: str, target: str, system: System, hold: Hold, now: datetime
) -> Registration:
    """The DOI as it waits for a person. What became of its newest file stays."""
    if known is None:
        known = Registration(doi=doi, target=target, system=system, state="elsewhere", changed=now)
    return replace(
        known, kind=hold.kind, who="person", message="", details=hold.details, due=None, settings=None, changed=now
    )


class LiveFloors:
    """Lets articles pass to a test system that cannot be read, with versions above those of the live system.

    So a version that would be refused there shows in the trial. Nothing is held: the trial overwrites nothing.
    """

    def __init__(self, store: Store, target: str, versions: Versions) -> None:
        self._store, self._target, self._versions = store, target, versions

    def __call__(self, articles: Sequence[StoredArticle]) -> list[StoredArticle]:
        """Those whose version is known, in their order. Raises `Stopped`."""
        dois = {fold_doi(one.doi): one.doi for one in articles if one.doi}
        files = self._store.held_records.own_files(self._target, dois)
        first = {key: doi for key, doi in dois.items() if key not in files}
        seen = self._versions.read(first, first=first.keys())
        floors = {key: one.record.version for key, one in seen.items() if one.record.version is not None}
        self._store.registrations.raise_floors(self._target, "test", floors)
        return [one for one in articles if (key := fold_doi(one.doi or "")) in seen or key in files]


class KnownHolds:
    """Lets articles pass without reading anything, but not those that wait for a person."""

    def __init__(self, store: Store, target: str, system: System) -> None:
        self._store, self._target, self._system = store, target, system

    def __call__(self, articles: Sequence[StoredArticle]) -> list[StoredArticle]:
        known = self._store.registrations.of_dois(self._target, self._system, [one.doi for one in articles if one.doi])
        return [one for one in articles if not is_held(known.get(fold_doi(one.doi or "")))]


def sending_of(
    config: Config, store: Store, target: Target, now: Callable[[], datetime], stop: Stop, *, reads: bool
) -> Sending:
    """What an export has to leave out because its files are sent. Without `reads`, nothing is read at the agency."""
    terms = terms_of(config, target.name)
    if terms is None:
        return NOT_SENT
    cleared = _cleared(config, store, target, terms.system, now, stop) if reads else None
    return Sending(system=terms.system, waits=True, cleared=cleared or KnownHolds(store, target.name, terms.system))


def _cleared(
    config: Config, store: Store, target: Target, system: System, now: Callable[[], datetime], stop: Stop
) -> Clearance | LiveFloors | None:
    """What reads the versions of each DOI; `None` if nobody can."""
    agency = READABLE.get(target.name)
    if agency is None:
        return None
    reads_from: System = "live" if agency.unreadable(config) else system
    if reads_from != system and not agency.shows_live(config):
        return None

    def connect() -> AbstractContextManager[Readback]:
        return reading(config, store, agency, now, stop, system=reads_from)

    def facts_of(article: Article) -> Facts:
        return next(iter(agency.facts(preview(config, target, article, now=now())).values()), {})

    versions = Versions(store, agency.name, reads_from, connect, now)
    if reads_from != system:
        return LiveFloors(store, agency.name, versions)
    return Clearance(store, agency.name, system, versions, facts_of, now)
