from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester import store
from harvester.store.store import Store
from tests.store import samples


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with store.connect(samples.url(tmp_path)) as new:
        yield new
