"""What the tests of the daemon share: a configuration, and failures that are reported at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harvester.daemon import alerts
from tests.standing.conftest import SOURCE, Configured, configured, text_of

__all__ = ["SOURCE", "Configured", "configured", "text_of"]


@pytest.fixture(autouse=True)
def without_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are reported at once. What happens to the first one is tested in test_alerts.py."""
    monkeypatch.setattr(alerts, "FIRST_FAILURE", timedelta(0))
