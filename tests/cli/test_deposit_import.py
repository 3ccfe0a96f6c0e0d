"""`harvester deposits import`: its arguments and its sentences."""

from __future__ import annotations

import pytest

from harvester.cli.deposit_import import lines
from harvester.registration.importing import Imported

LINES = [
    (Imported(), ["Crossref lists no DOI there. It may take days to list a new one."]),
    (Imported(listed=1, imported=1), ["1 DOI at Crossref, 1 imported."]),
    (
        Imported(listed=9, imported=2, known=3, ours=4, without_article=1),
        [
            "9 DOIs at Crossref, 2 imported.",
            "Imported before: 3.",
            "Written by this program, and left as they were: 4.",
            "Without an article in the store: 1.",
        ],
    ),
]


@pytest.mark.parametrize(("found", "expected"), LINES)
def test_what_was_done_is_said(found: Imported, expected: list[str]):
    assert lines(found) == expected


@pytest.mark.parametrize("place", ["lamps", "10.12345/small.1", "1234-5670", "10.1"])
def test_a_place_is_a_doi_prefix_or_an_issn(harvested, place: str):
    done = harvested("deposits", "import", place)
    assert done.exit_code == 2
    assert "is neither a DOI prefix nor an ISSN" in done.stderr


def test_the_test_system_cannot_be_read_back(harvested, tmp_path):
    config = tmp_path / "config.toml"
    settings = '[crossref]\ndeposit = "test"\nlogin = "abcd"\npassword_env = "CROSSREF_PASSWORD"\n'
    config.write_text(config.read_text().replace("[crossref]\n", settings))
    done = harvested("deposits", "import", "10.12345")
    assert done.exit_code == 2
    assert "it has no REST API" in done.stderr
