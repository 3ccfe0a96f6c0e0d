"""The packaged schemas: in a wheel, an editable install or a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def schema_file(name: str) -> Path:
    """The path of a file of `schemas/`. Raises `FileNotFoundError` if the installation is incomplete."""
    for folder in (_PACKAGE / "_schemas", _PACKAGE.parent / "schemas"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is missing from this installation; install the package again")


@cache
def schema_text(name: str) -> str:
    """The content of a file of `schemas/`. Raises `FileNotFoundError` as `schema_file` does."""
    return schema_file(name).read_text(encoding="utf-8")
