"""Errors whose words repeat a whole request: its address, its headers and its body."""

from __future__ import annotations

from typing import Any

import pytest

from harvester.system.http import Body


class Repeating:
    """Stands where requests are made, and raises the error with all that it was given. `words` has what it said."""

    def __init__(self, error: type[Exception]) -> None:
        self.error, self.words = error, ""

    def __call__(self, *sent: Any, **options: Any) -> None:
        said = [part.read().decode() if isinstance(part, Body) else str(part) for part in (*sent, *options.values())]
        self.words += " ".join(said)
        raise self.error(*said)


def repeating(monkeypatch: pytest.MonkeyPatch, owner: str, error: type[Exception]) -> Repeating:
    """Puts it in the place of a method such as `http.Http.upload`."""
    made = Repeating(error)
    monkeypatch.setattr(f"harvester.system.{owner}", lambda _, *sent, **options: made(*sent, **options))
    return made
