"""The table `[doaj]` of the configuration."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harvester.targets import Table


class DoajSettings(Struct, frozen=True, kw_only=True):
    """How articles are sent to DOAJ; docs/config.md explains each setting."""

    deposit: Literal["off", "test", "live"] = "off"
    contact: str | None = None
    api_key_env: str | None = None
    api_key_file: str | None = None
    deposit_schedule: str | None = None
    api_url: str | None = None
    max_records: int = 100  # in one file
    pace: float = 1.0


TABLE = Table(title="DOAJ", settings=DoajSettings, credential="api_key", needs=("contact",))
