"""What a walk through the windows of a run is told, holds of each window, and says at its end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester import changes
from harvester.config import Source
from harvester.model import Identity, Page
from harvester.oai import Provider
from harvester.pipeline.mapping import Mapper
from harvester.store import OpenWindow, RunState

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

Stop = Callable[[], bool]


class Progress(Struct, frozen=True):
    """Where a run stands, for whoever watches it."""

    source: str
    format: str
    pages: int
    records: int
    total: int | None = None  # the provider's completeListSize, which may be wrong


class Job(Struct, frozen=True, kw_only=True):
    """What a walk needs to know."""

    store: Store
    source: Source
    identity: Identity
    mapper: Mapper
    stop: Stop
    progress: Callable[[Progress], None] | None = None


class Outcome(Struct, frozen=True):
    """The state a run ends in, with a sentence where there is something to say."""

    state: RunState
    error: str | None
    latest: str = ""  # responseDate of the last page


class Line:
    """One window being walked, with the page that is on its way."""

    def __init__(self, window: OpenWindow, provider: Provider) -> None:
        self.window, self.provider = window, provider
        self.pages, self.token = window.pages, window.token
        self.size = window.list_size if window.pages else None
        self.shrunk = False
        self.watch = changes.ListWatch(window.seen)
        self.coming: Future[Page]

    def measure(self, page: Page) -> None:
        """The least that the pages announce: a list that grows while it is read has given what it had."""
        if page.list_size is not None:
            self.shrunk = self.shrunk or (self.size is not None and page.list_size < self.size)
            self.size = page.list_size if self.size is None else min(self.size, page.list_size)
