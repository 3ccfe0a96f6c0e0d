"""`harvester drift`: what it prints."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import asdict

from harvester.cli.drift import row_of, sentences
from harvester.registration.drift import Drift


def drift(**values: Any) -> Drift:
    return Drift(**{"doi": "10.5555/a", "kind": "field"} | values)


SENTENCES = [
    (
        drift(kind="foreign", ours=("5",), theirs=("9",)),
        "Another program deposited it: Crossref holds version 9,",
    ),
    (drift(kind="missing", ours=("5",)), "Crossref does not have it; yours is 5."),
    (drift(kind="missing", ours=("5",), theirs=("4",)), "Crossref holds the older version 4; yours is 5."),
    (drift(kind="owner", ours=("10.5555",), theirs=("10.6666",)), "It belongs to the DOI prefix 10.6666 at Crossref"),
    (drift(field="title", ours=("Lamps",)), "title: |   sent:     Lamps |   Crossref: (nothing)"),
]


@pytest.mark.parametrize(("one", "words"), SENTENCES)
def test_each_kind_has_its_words(one: Drift, words: str):
    assert words in " | ".join(sentences(one))


def test_a_row_joins_values_and_keeps_long_versions():
    one = drift(field="authors", ours=("Adams, Ada", "Brown, Bo"), held_version=2026112412000000099)
    assert asdict(row_of(one)) == {
        "doi": "10.5555/a",
        "kind": "field",
        "field": "authors",
        "ours": "Adams, Ada; Brown, Bo",
        "theirs": None,
        "held_version": "2026112412000000099",
    }


def test_the_test_system_cannot_be_read_back(harvested, tmp_path):
    config = tmp_path / "config.toml"
    settings = '[crossref]\ndeposit = "test"\nlogin = "abcd"\npassword_env = "CROSSREF_PASSWORD"\n'
    config.write_text(config.read_text().replace("[crossref]\n", settings))
    done = harvested("drift")
    assert done.exit_code == 2
    assert "it has no REST API" in done.stderr
