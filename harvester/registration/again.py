"""What makes a DOI due again that was refused: a changed setting that its message names, the registration of a DOI that
it names, or a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester.answers import Again
from harvester.config import Config
from harvester.identifiers import fold_doi
from harvester.registration.doi_states import REGISTERED
from harvester.registration.registrar import Agency
from harvester.store import DoiState, Registration

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

OPEN: tuple[DoiState, ...] = ("refused", "unaccounted")


def note_changes(config: Config, store: Store, agency: Agency, now: datetime) -> int:
    """Makes the refused DOIs due for which something has changed since; returns how many there are."""
    terms = agency.terms(config)
    if terms is None:
        return 0
    open_ones = store.registrations.of_states(agency.name, terms.system, OPEN)
    targets = store.registrations.of_dois(agency.name, terms.system, filter(None, map(_target, open_ones)))
    changed = [due(one, now) for one in open_ones if has_changed(one, agency.again(config, one.kind or ""), targets)]
    store.registrations.save(changed)
    return len(changed)


def has_changed(one: Registration, again: Again, targets: Mapping[str, Registration]) -> bool:
    """Whether the settings that a message names are others now, or a DOI that it names was registered since. Pure.

    `targets` are the DOIs that messages name, by the folded DOI. One that is in the same file may have been registered
    a moment later.
    """
    if one.due is not None:
        return False
    if one.settings and one.settings != again.settings:
        return True
    target = targets.get(fold_doi(_target(one) or "")) if again.target else None
    return target is not None and target.state in REGISTERED and target.changed >= one.changed


def due(one: Registration, now: datetime) -> Registration:
    """It is exported again, although its article is the same."""
    return replace(one, due=now, settings=None)


def _target(one: Registration) -> str | None:
    return one.details.get("target")
