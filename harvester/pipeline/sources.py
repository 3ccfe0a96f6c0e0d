"""The store of a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harvester import store
from harvester.config import Config


@contextmanager
def opened(config: Config) -> Iterator[store.Store]:
    """The store of this configuration, made or migrated where needed. Raises `StoreError`."""
    with store.connect(config.store_url) as held:
        yield held
