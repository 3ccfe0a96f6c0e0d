"""Output: one JSON object, a table, or CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec

SCHEMA = 1  # of every JSON object printed
_FORMULA = re.compile(
    r"[\s\ufeff]*[=+@\uff1d\uff0b\uff20\uff0d-]|[\t\r\n]"
)  # full-width signs count in Japanese locales
# Text of a record must not control the terminal, so control characters are printed as escapes.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)}


def as_json(**values: Any) -> None:
    """Prints one JSON object: the schema number, then the values. Structs become objects."""
    click.echo(msgspec.json.encode({"schema": SCHEMA, **values}))


def as_json_list(name: str, items: Iterable[Any]) -> None:
    """Prints one JSON object with a list, item by item, so that a long list needs little memory."""
    click.echo(f'{{"schema":{SCHEMA},"{name}":[', nl=False)
    for number, item in enumerate(items):
        click.echo(("," if number else "") + msgspec.json.encode(item).decode(), nl=False)
    click.echo("]}")


def line(text: str = "") -> None:
    """Prints a line."""
    click.echo(text.translate(_CONTROLS))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints rows in columns; columns of numbers are aligned to the right."""
    cells = [[one_line(str(cell)) for cell in row] for row in rows]
    right = [all(cell.replace(".", "", 1).isdigit() for cell in column) for column in zip(*cells, strict=True)]
    widths = [max(map(_width, column)) for column in zip(head, *cells, strict=True)]
    for row in [list(head), *cells]:
        padded = [
            " " * (width - _width(cell)) + cell if at_right else cell + " " * (width - _width(cell))
            for cell, width, at_right in zip(row, widths, right or [False] * len(row), strict=True)
        ]
        line("  ".join(padded).rstrip())


def one_line(text: str, limit: int = 200) -> str:
    """The text on one line, cut at `limit` characters."""
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else f"{folded[: limit - 1]}…"


def _width(text: str) -> int:
    """The width on a terminal: East Asian characters have two columns, combining marks none."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints CSV (RFC 4180)."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_harmless("" if cell is None else str(cell)) for cell in row] for row in rows)


def _harmless(cell: str) -> str:
    """The cell, with an apostrophe before it if it begins like a formula (OWASP), so that it is read as text."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def counted(number: int, noun: str) -> str:
    """`1 record`, `2 records`, `2 entries`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"
