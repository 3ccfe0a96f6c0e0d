"""What a run needs to know, and what it reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.config import Source
from harvester.mapping.source_mapper import SourceMapper
from harvester.model import Identity
from harvester.store import RunState
from harvester.system.stopping import Stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


class RunContext(Struct, frozen=True, kw_only=True):
    """What a run needs to know."""

    store: Store
    source: Source
    identity: Identity
    mapper: SourceMapper
    now: Callable[[], datetime]
    stop: Stop


class Outcome(Struct, frozen=True):
    """The state a run ends in, with a sentence where there is something to say."""

    state: RunState
    error: str | None
    latest: str = ""  # responseDate of the last page
    wait_until: datetime | None = None  # of a run that is waiting
    needs_person: bool = False  # `error` says what to change, though the run may be complete
