"""CSV (RFC 4180) that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = re.compile(
    r"[\s\ufeff]*[=+@\uff1d\uff0b\uff20\uff0d-]|[\t\r\n]"
)  # full-width signs count in Japanese locales


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The heading and each row as a line with its CRLF. `None` is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in _with_head(head, rows):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _with_head(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[str]]:
    yield head
    for row in rows:
        yield [_harmless("" if cell is None else str(cell)) for cell in row]


def _harmless(cell: str) -> str:
    """The cell, with an apostrophe before it if it begins like a formula (OWASP), so that it is read as text."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
