"""Output as JSON and as CSV."""

import csv
import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.cli.output import as_csv, as_json, as_json_list, one_line
from harvester.reports import HeldBack


def test_json_is_one_object_with_its_schema_number(capsys):
    held = HeldBack(record="oai:1", source="a", doi=None, codes=("doi-missing",))
    as_json(held_back=[held], unchanged=2)
    assert json.loads(capsys.readouterr().out) == {
        "schema": 1,
        "held_back": [{"record": "oai:1", "source": "a", "doi": None, "codes": ["doi-missing"]}],
        "unchanged": 2,
    }


@pytest.mark.parametrize("number", [0, 1, 3])
def test_streamed_list_is_the_same_object(capsys, number):
    as_json_list("findings", ({"code": str(n)} for n in range(number)))
    assert json.loads(capsys.readouterr().out) == {"schema": 1, "findings": [{"code": str(n)} for n in range(number)]}


def test_long_text_is_cut():
    assert one_line("a\n b\tc") == "a b c"
    assert one_line("x" * 300, 10) == "xxxxxxxxx…"


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
def test_no_csv_cell_is_a_formula(capsys, cell):
    as_csv(("value",), [(cell,)])
    assert rows(capsys) == [["value"], [f"'{cell}"]]


def rows(capsys):
    return list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))


@given(
    st.lists(
        st.lists(st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2)
    )
)
def test_csv_is_read_back_unchanged_except_for_the_apostrophe(given_rows):
    out = io.StringIO(newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        as_csv(("a", "b"), given_rows)
    back = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in back] == [
        [(cell or "").removeprefix("'") for cell in row] for row in given_rows
    ]
    assert not [cell for row in back for cell in row if cell.strip().startswith(("=", "+", "-", "@"))]
