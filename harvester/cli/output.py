"""Output for other programs: one JSON object, or CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec

SCHEMA = 1  # of every JSON object printed
_FORMULA = re.compile(
    r"[\s\ufeff]*[=+@\uff1d\uff0b\uff20\uff0d-]|[\t\r\n]"
)  # full-width signs count in Japanese locales


def as_json(**values: Any) -> None:
    """Prints one JSON object: the schema number, then the values. Structs become objects."""
    click.echo(msgspec.json.encode({"schema": SCHEMA, **values}))


def as_json_list(name: str, items: Iterable[Any]) -> None:
    """Prints one JSON object with a list, item by item, so that a long list needs little memory."""
    click.echo(f'{{"schema":{SCHEMA},"{name}":[', nl=False)
    for number, item in enumerate(items):
        click.echo(("," if number else "") + msgspec.json.encode(item).decode(), nl=False)
    click.echo("]}")


def one_line(text: str, limit: int = 200) -> str:
    """The text on one line, cut at `limit` characters."""
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else f"{folded[: limit - 1]}…"


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints CSV (RFC 4180)."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_harmless("" if cell is None else str(cell)) for cell in row] for row in rows)


def _harmless(cell: str) -> str:
    """The cell, with an apostrophe before it if it begins like a formula (OWASP), so that it is read as text."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
