"""The references for which an agency has found DOIs since a file was processed, where none of its lists says so.

An agency matches references hours or days after a deposit. Where its records can be read back, their lists have the
numbers. The test system has no lists, but answers for one DOI.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from harvester.answers import Answer, System
from harvester.config import Config
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.identifiers import fold_doi
from harvester.registration import accounts
from harvester.registration.doi_states import REGISTERED
from harvester.registration.readback import LOCK
from harvester.registration.registrar import Agency, Registrar
from harvester.store import Matches, SeenDoi
from harvester.system import locks
from harvester.system.batches import batched
from harvester.system.progress import report
from harvester.system.stopping import Stop, wait

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

MOST = 500  # DOIs in one reading, which takes four minutes
PAUSE = 0.5  # seconds between two requests, as the plugin of OJS for Crossref waits


class MatchingRegistrar(Registrar, Protocol):
    """A connection to an agency that matches references."""

    def resolved_references(self, doi: str) -> Answer | dict[str, str]:
        """The DOIs that the agency found for the references of a DOI, by the keys in our file. Raises `Stopped`."""


class MatchingAgency(Agency, Protocol):
    """An agency that matches references."""

    def registrar(self, config: Config, stop: Stop) -> AbstractContextManager[MatchingRegistrar]:
        """A connection. Raises `ConfigError`."""


MATCHING: dict[str, MatchingAgency] = {CROSSREF_AGENCY.name: CROSSREF_AGENCY}


def read_matches(
    config: Config,
    store: Store,
    agency: MatchingAgency,
    now: Callable[[], datetime],
    stop: Stop,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Reads the matches of the DOIs that have references without one; returns how many DOIs were read.

    Of more than `MOST`, each day reads others. It ends at the first request without an answer. Nothing is asked while
    the login is refused. Raises `ConfigError`, `BusyError` and `Stopped`; what was read so far is remembered.
    """
    terms = agency.terms(config)
    if terms is None:
        return 0
    account = accounts.of_terms(store.submissions.account(agency.name, terms.system), agency.name, terms)
    if account.stopped or accounts.is_quiet(account, now()):
        return 0
    waiting = of_the_day(unmatched(store, agency.name, terms.system), now())
    with locks.hold(config.locks, LOCK, what=f"reading of what {agency.title} holds"), \
            agency.registrar(config, stop) as registrar:  # fmt: skip
        for done, one in enumerate(waiting):
            report("reading which references were matched", done, len(waiting))
            found = registrar.resolved_references(one.record.doi)
            if isinstance(found, Answer):
                store.submissions.save_account(accounts.answered(account, found, now(), terms.pace))
                return done
            matched = Matches(refs=max(one.refs, len(found)), matched=len(found), found=found)
            store.held_records.save_matches(agency.name, terms.system, {one.record.doi: matched})
            wait(PAUSE * terms.pace, stop, sleep)
    return len(waiting)


def of_the_day(waiting: Sequence[SeenDoi], day: datetime) -> list[SeenDoi]:
    """At most `MOST` of them, in their order; on the following days the next ones, and then the first again."""
    parts = list(batched(waiting, MOST))
    return parts[day.toordinal() % len(parts)] if parts else []


def unmatched(store: Store, target: str, system: System) -> list[SeenDoi]:
    """The registered DOIs that have references without a DOI at the agency."""
    registered = store.registrations.of_states(target, system, list(REGISTERED))
    seen = store.held_records.of_dois(target, system, [one.doi for one in registered])
    found = (seen.get(fold_doi(one.doi)) for one in registered)
    return [one for one in found if one is not None and one.refs > one.matched]
