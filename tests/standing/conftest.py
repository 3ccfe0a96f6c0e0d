"""A configuration for the tests of what is due and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harvester.config import Config, load

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


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """Writes config.toml with these sources and loads it."""

    def write(sources: dict[str, str], schedule: str = "@daily", more: str = "") -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text_of(sources, schedule, more))
        return load(path)

    return write
