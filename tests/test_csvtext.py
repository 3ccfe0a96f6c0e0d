"""CSV is read back as it was, and no cell is a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.csvtext import csv_lines

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u00a0=1",
    '=HYPERLINK("http://x")',
    "\n=1",
    "＝1",
    "－1",
    "＋1",
    "＠A1",
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_a_formula(cell):
    assert read_back(csv_lines(("value",), [(cell,)])) == [["value"], [f"'{cell}"]]


def read_back(lines):
    return list(csv.reader(io.StringIO("".join(lines), newline="")))


@given(
    st.lists(
        st.lists(st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2)
    )
)
def test_csv_is_read_back_unchanged_except_for_the_apostrophe(given_rows):
    back = read_back(csv_lines(("a", "b"), given_rows))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in back] == [
        [(cell or "").removeprefix("'") for cell in row] for row in given_rows
    ]
    assert not [cell for row in back for cell in row if cell.strip().startswith(("=", "+", "-", "@"))]
