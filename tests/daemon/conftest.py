"""A configuration for the tests of the daemon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.config import Config, load
from harvester.daemon import incidents

SOURCE = """
[sources.{name}]
url = "{url}"
formats = ["oai_dc"]
allow_private = true
retries = 0
schedule = "{schedule}"
"""

Configured = Callable[..., Config]


def text_of(sources: dict[str, str], schedule: str = "@daily", more: str = "") -> str:
    """The text of a configuration with these sources, given as URLs by name."""
    tables = "".join(SOURCE.format(name=name, url=url, schedule=schedule) for name, url in sources.items())
    return f'timezone = "Europe/Madrid"\n{more}\n{tables}'


@pytest.fixture(autouse=True)
def without_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are reported at once. What happens to the first one is tested in test_incidents.py."""
    monkeypatch.setattr(incidents, "FIRST_FAILURE", timedelta(0))


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """Writes config.toml with these sources and loads it."""

    def write(sources: dict[str, str], schedule: str = "@daily", more: str = "") -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text_of(sources, schedule, more))
        return load(path)

    return write
