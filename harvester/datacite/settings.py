"""The table `[datacite]` of the configuration."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harvester.targets import Table


class DataciteSettings(Struct, frozen=True, kw_only=True):
    """How DOIs are registered with DataCite; docs/config.md explains each setting."""

    deposit: Literal["off", "test", "live"] = "off"
    contact: str | None = None
    repository_id: str | None = None
    password_env: str | None = None
    password_file: str | None = None
    deposit_schedule: str | None = None
    api_url: str | None = None
    max_records: int = 100  # in one file
    pace: float = 1.0


TABLE = Table(title="DataCite", settings=DataciteSettings, credential="password", needs=("contact", "repository_id"))
