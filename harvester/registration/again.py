"""What makes a DOI due again that was refused: a changed setting that its message names, or a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester.config import Config
from harvester.registration.registrar import Agency
from harvester.store import DoiState, Registration

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

OPEN: tuple[DoiState, ...] = ("refused", "unaccounted")


def note_changed_settings(config: Config, store: Store, agency: Agency, now: datetime) -> int:
    """Makes the refused DOIs due whose settings have changed since; returns how many there are."""
    terms = agency.terms(config)
    if terms is None:
        return 0
    open_ones = store.registrations.of_states(agency.name, terms.system, OPEN)
    changed = [due(one, now) for one in open_ones if one.settings and one.due is None and _differ(config, agency, one)]
    store.registrations.save(changed)
    return len(changed)


def due(one: Registration, now: datetime) -> Registration:
    """It is exported again, although its article is the same."""
    return replace(one, due=now, settings=None)


def of_kind(registrations: Iterable[Registration], kind: str) -> list[Registration]:
    """Those with this message."""
    return [one for one in registrations if one.kind == kind]


def _differ(config: Config, agency: Agency, one: Registration) -> bool:
    return agency.again(config, one.kind or "").settings != one.settings
