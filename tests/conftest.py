"""What every test may lean on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

# Shared machines stall for seconds: a deadline per example would fail at random.
settings.register_profile("project", deadline=None, derandomize=True, database=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded data beside the project. Its texts belong to others, so it is never part of it."""
    if not SHARED.is_dir():
        pytest.skip("the recorded data beside the project is absent")
    return SHARED
