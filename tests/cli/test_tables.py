"""Tables as wide as their terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.cli.tables import fitted, table
from harvester.cli.terminal import width_of

HEAD = ("source", "state", "new", "rejected", "last complete")
ROWS = [("journal", "complete", "36", "0", "2026-11-30 12:00 Europe/Madrid"), ("archive", "failed", "0", "0", "never")]


def test_columns_are_aligned(capsys):
    table(("name", "number"), [("a", 1), ("журнал", 23.5), ("期刊", 100)])
    assert capsys.readouterr().out == "name    number\na            1\nжурнал    23.5\n期刊       100\n"
    table(("name", "number"), [])
    assert capsys.readouterr().out == "name  number\n"


def test_pipes_get_every_column():
    assert fitted(HEAD, ROWS, None, ("new", "rejected"))[0].split("  ")[-1] == "last complete"
    assert "rejected" in fitted(HEAD, ROWS, None, ("new", "rejected"))[0]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (80, ["source   state     new  rejected  last complete"]),
        (60, ["source   state     new  last complete"]),
        (40, ["source   state     new  last complete", "journal  complete   36  2026-11-30 12:00", "Europe/Madrid"]),
        (20, ["journal", "  state complete, new 36, last complete 2026-11-30 12:00 Europe/Madrid"]),
    ],
)
def test_a_narrow_terminal_leaves_out_empty_columns_and_wraps_the_others(width, lines):
    shown = fitted(HEAD, ROWS, width, ("new", "rejected"))
    assert [line.strip() for line in shown[: len(lines)]] == [line.strip() for line in lines]


@given(
    st.integers(1, 5).flatmap(
        lambda number: st.lists(
            st.lists(st.text("ab 1", max_size=40), min_size=number, max_size=number), min_size=1, max_size=4
        )
    ),
    st.integers(40, 100),
)
def test_every_table_fits(rows, width):
    head = [f"c{number}" for number in range(len(rows[0]))]
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    lines = fitted(head, rows, width)
    is_table = lines[0].split() == head
    assert not is_table or all(width_of(line) <= width for line in lines)
    words = [word for row in rows for cell in row for word in cell.split()]
    text = "".join(lines).replace(" ", "").replace(",", "")
    assert all(word in text for word in words)
