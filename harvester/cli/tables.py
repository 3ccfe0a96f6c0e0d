"""Tables that fit the terminal."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence

from harvester.cli.terminal import columns, echo, width_of, wrapped
from harvester.text import one_line

Row = Sequence[str]

_GAP = 2  # blanks between two columns
_NARROWEST = 12  # columns to which a column of text may be squeezed, if its words are no longer


def table(head: Row, rows: Iterable[Sequence[object]], *, optional: Collection[str] = ()) -> None:
    """Prints rows in columns; columns of numbers are aligned to the right.

    On a terminal that is too narrow, `optional` columns in which every cell is 0 or empty are left out. If that is not
    enough, the cells are wrapped. If even that is not enough, every row becomes a paragraph.
    """
    cells = [[one_line(str(cell)) for cell in row] for row in rows]
    if lines := fitted(head, cells, columns(sys.stdout), optional):
        echo("\n".join(lines))


def fitted(head: Row, cells: Sequence[Row], width: int | None, optional: Collection[str] = ()) -> list[str]:
    """The lines of a table of this width, or as wide as it is."""
    if width is None or sum(_widths(head, cells)) + _GAP * (len(head) - 1) <= width:
        return _lines(head, cells, _widths(head, cells))
    head, cells = _without_empty(head, cells, optional)
    widths = _squeezed(head, cells, width)
    return _paragraphs(head, cells) if widths is None else _lines(head, cells, widths)


def _without_empty(head: Row, cells: Sequence[Row], optional: Collection[str]) -> tuple[Row, Sequence[Row]]:
    kept = [
        number
        for number, name in enumerate(head)
        if name not in optional or any(row[number] not in ("", "0") for row in cells)
    ]
    return [head[number] for number in kept], [[row[number] for number in kept] for row in cells]


def _squeezed(head: Row, cells: Sequence[Row], width: int) -> list[int] | None:
    """The widths of the columns if their sum fits; `None` if they cannot become so narrow."""
    widths = _widths(head, cells)
    floors = [
        min(whole, max(_NARROWEST, *map(_longest_word, column))) if any(" " in cell for cell in column) else whole
        for whole, column in zip(widths, zip(head, *cells, strict=True), strict=True)
    ]
    while sum(widths) + _GAP * (len(head) - 1) > width:
        room = [now - floor for now, floor in zip(widths, floors, strict=True)]
        if not any(room):
            return None
        widest = max((number for number, left in enumerate(room) if left), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _widths(head: Row, cells: Sequence[Row]) -> list[int]:
    return [max(map(width_of, column)) for column in zip(head, *cells, strict=True)]


def _longest_word(cell: str) -> int:
    return max(map(width_of, cell.split()), default=0)


def _lines(head: Row, cells: Sequence[Row], widths: Sequence[int]) -> list[str]:
    right = [all(cell.replace(".", "", 1).isdigit() for cell in column) for column in zip(*cells, strict=True)]
    return [line for row in (head, *cells) for line in _row(row, widths, right or [False] * len(head))]


def _row(row: Row, widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    """The row in as many lines as its longest cell needs."""
    parts = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines = []
    for number in range(max(map(len, parts))):
        present = [part[number] if number < len(part) else "" for part in parts]
        padded = [
            " " * (width - width_of(cell)) + cell if at_right else cell + " " * (width - width_of(cell))
            for cell, width, at_right in zip(present, widths, right, strict=True)
        ]
        lines.append((" " * _GAP).join(padded).rstrip())
    return lines


def _paragraphs(head: Row, cells: Sequence[Row]) -> list[str]:
    """Each row as its first cell and the others with their names."""
    lines = []
    for row in cells:
        named = (f"{name} {cell}" for name, cell in zip(head[1:], row[1:], strict=True) if cell)
        lines += [row[0], f"  {', '.join(named)}"]
    return lines
