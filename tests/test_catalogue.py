"""Every catalogue: its examples find their entries, and every entry has its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.article_api.api import SERVER
from harvester.article_api.verdicts import UNACCOUNTED
from harvester.catalogue import OTHER, Catalogue, outline
from harvester.config.problems import schema
from harvester.crossref.client.messages import CATALOGUE
from harvester.datacite.api import DataciteApi
from harvester.doaj.api import DoajApi

EVERY = {"crossref": CATALOGUE, "datacite": DataciteApi.catalogue, "doaj": DoajApi.catalogue}
EXAMPLES = [(name, row, text) for name, one in EVERY.items() for row, entry in one.entries.items()
            for text in entry.examples]  # fmt: skip
ROWS = [(name, row) for name in ("datacite", "doaj") for row in EVERY[name].entries]


@pytest.mark.parametrize(("name", "row", "text"), EXAMPLES, ids=lambda value: value[:30])
def test_an_example_finds_its_entry_in_any_letter_case_and_with_any_blanks(name: str, row: str, text: str):
    assert EVERY[name].recognise(text)[0] == row
    assert EVERY[name].recognise(text.upper().replace(" ", " \n "))[0] == row


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_an_entry_has_sentences_and_names_settings_that_exist(name: str, row: str):
    entry = EVERY[name].entries[row]
    for words in (*outline(entry), EVERY[name].sentence(row, "words"), EVERY[name].next_step(row)):
        assert words[0].isupper() or words[0] in '"`h…'
        assert words[-1] in '.?"…'
    for setting in EVERY[name].settings_of(row, name):
        assert setting in schema()["$defs"][name]["properties"]


@pytest.mark.parametrize("catalogue", [DataciteApi.catalogue, DoajApi.catalogue], ids=["datacite", "doaj"])
def test_the_ids_that_the_program_names_are_there(catalogue: Catalogue):
    assert {SERVER, UNACCOUNTED, OTHER} <= catalogue.entries.keys()
    assert list(catalogue.patterns)[-1] == OTHER


def test_an_unknown_text_is_shown_verbatim_and_a_value_is_cut_in_the_sentence():
    assert DoajApi.catalogue.recognise("418 I am a {teapot}") == (OTHER, {})
    assert "I am a {teapot}" in DoajApi.catalogue.sentence(OTHER, "I am a {teapot}")
    assert DoajApi.catalogue.sentence("no-such-entry", "words") == DoajApi.catalogue.sentence(OTHER, "words")


def test_named_groups_are_values(tmp_path: Path):
    path = tmp_path / "messages.toml"
    path.write_text(
        '[issn]\npattern = \'ISSN (?P<issn>\\S+)\'\nwho = "source"\nsentence = "Wrong: {issn}."\n'
        'next = "Set issn_print = {issn_quoted}."\nagain = []\n'
        '[other]\npattern = \'\'\nwho = "person"\nsentence = "{text}"\nnext = "Ask {missing}."\nagain = []\n'
    )
    catalogue = Catalogue(path)
    kind, values = catalogue.recognise("an ISSN 1234567x")
    assert (kind, values) == ("issn", {"issn": "1234-567X"})
    assert catalogue.sentence(kind, "", values) == "Wrong: 1234-567X."
    assert catalogue.next_step(kind, "", values) == 'Set issn_print = "1234-567X".'
    assert catalogue.next_step("other") == "Ask …."
