"""Values as they are written in config.toml, for messages whose lines are pasted there."""

from __future__ import annotations

import json
from collections.abc import Sequence


def as_toml(value: str | Sequence[str]) -> str:
    """A text, or a list of texts, as a value in TOML on one line."""
    plain = value if isinstance(value, str) else list(value)
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
