"""What several tests of the pipeline lean on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline import press as presses


@pytest.fixture
def press(tmp_path: Path) -> Iterator[presses.Press]:
    """Three articles on a provider, not yet harvested."""
    with presses.press(tmp_path) as made:
        yield made
