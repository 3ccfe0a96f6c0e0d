"""The packaged data: schemas, documentation and units of systemd, in a wheel, an editable install or a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).parents[1]


def schema_file(name: str) -> Path:
    """The path of a file of `schemas/`. Raises `FileNotFoundError` if the installation is incomplete."""
    return packaged_file("schemas", name)


@cache
def schema_text(name: str) -> str:
    """The content of a file of `schemas/`. Raises `FileNotFoundError` as `schema_file` does."""
    return schema_file(name).read_text(encoding="utf-8")


def packaged_file(folder: Literal["schemas", "docs", "deploy"], name: str) -> Path:
    """The path of a file of one of these folders. Raises `FileNotFoundError` if the installation is incomplete."""
    for place in (_PACKAGE / f"_{folder}", _PACKAGE.parent / folder):
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(f"{name} is missing from this installation; install the package again")
