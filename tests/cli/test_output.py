"""Output as JSON and as CSV."""

import json

import pytest

from harvester.cli.output import as_csv, as_json, as_json_list
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


def test_csv_is_printed_line_by_line(capsys):
    as_csv(("code", "value"), [("a", None), ("b", "=1")])
    assert capsys.readouterr().out == "code,value\r\na,\r\nb,'=1\r\n"
