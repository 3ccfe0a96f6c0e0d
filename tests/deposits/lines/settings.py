"""The table `[lines]` of the configuration."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from harvester.targets import Table

SCHEMA: dict[str, Any] = {  # which a target of the program has in schemas/config.schema.json
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "deposit": {"enum": ["off", "test", "live"]},
        "shelf": {"type": "string"},
        "key_env": {"type": "string"},
        "key_file": {"type": "string"},
        "deposit_schedule": {"type": "string"},
        "pace": {"type": "number"},
    },
}


class LinesSettings(Struct, frozen=True, kw_only=True):
    deposit: Literal["off", "test", "live"] = "off"
    shelf: str | None = None  # the folder
    key_env: str | None = None
    key_file: str | None = None
    deposit_schedule: str | None = None
    pace: float = 1.0


TABLE = Table(title="the shelf", settings=LinesSettings, credential="key", needs=("shelf",), hosts=())
