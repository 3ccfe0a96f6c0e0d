"""Tables are added to config.toml without any other change to it."""

from __future__ import annotations

import tomllib

import pytest

from harvester.config.editing import add_tables, unsuitable
from harvester.errors import ConfigError

SOURCE = '[sources.j]\nurl = "https://j.example.org/oai"\nformats = ["oai_dc"]\n# name_order = "given-first"'
JOURNAL = '[journals."1234-5679"]\ntitle = "Journal"  # as it is registered?\nissn_print = "1234-5679"'
HAS = """# my settings
[crossref]  # who deposits
prefixes = ["10.12345"]

[journals."1234-5679"]  # the journal
title = "Our Journal"
# the rest follows

[alerts]
email_to = []
"""


def test_new_tables_go_to_the_end():
    edited = add_tables("# mine\n[crossref]\n\n\n", SOURCE, [JOURNAL])
    assert edited.text == f"# mine\n[crossref]\n\n{SOURCE}\n\n{JOURNAL}\n"
    assert edited.added == f"{SOURCE}\n\n{JOURNAL}"
    assert edited.contradictions == ()


def test_an_empty_file_gets_the_tables():
    assert add_tables("", SOURCE, []).text == f"{SOURCE}\n"


def test_a_journal_keeps_its_table_and_gets_what_is_missing():
    edited = add_tables(HAS, SOURCE, [JOURNAL])
    assert edited.text == HAS.replace("# the journal\n", '# the journal\nissn_print = "1234-5679"\n') + f"\n{SOURCE}\n"
    assert 'issn_print = "1234-5679"' in edited.added
    assert edited.contradictions == (
        '[journals."1234-5679"] has title = "Our Journal", where the records have "Journal"',
    )


@pytest.mark.parametrize("key", ["issn_print", "issn_electronic"])
def test_a_journal_is_known_by_any_of_its_issns(key):
    text = f'[journals."2049-3630"]\ntitle = "Journal"\n{key} = "1234-5679"\n'
    document = tomllib.loads(add_tables(text, SOURCE, [JOURNAL]).text)
    assert list(document["journals"]) == ["2049-3630"]
    assert document["journals"]["2049-3630"] == {"title": "Journal", key: "1234-5679"}


def test_the_medium_of_an_issn_that_the_file_gives_otherwise_is_not_given_twice():
    text = '[journals."1234-5679"]\nissn_electronic = "1234-5679"\n'
    assert "issn_print" not in add_tables(text, SOURCE, [JOURNAL]).text


def test_another_source_with_that_name_keeps_it():
    text = '[sources.j]\nurl = "https://other.example.org/oai"\n[sources.j-2]\nurl = "https://third.example.org/oai"\n'
    assert list(tomllib.loads(add_tables(text, SOURCE, []).text)["sources"]) == ["j", "j-2", "j-3"]


def test_a_source_that_is_there_is_not_added_again():
    with pytest.raises(ConfigError, match="the source mine has this address already"):
        add_tables('[sources.mine]\nurl = "https://j.example.org/oai"\n', SOURCE, [])
    with_sets = '[sources.mine]\nurl = "https://j.example.org/oai"\nsets = ["j:ART"]\n'
    assert len(tomllib.loads(add_tables(with_sets, SOURCE, []).text)["sources"]) == 2


@pytest.mark.parametrize(
    "text",
    [
        'sources = {mine = {url = "https://other.example.org/oai"}}',
        'journals = {"1234-5679" = {title = "Journal"}}',
        'journals."1234-5679".title = "Journal"',
    ],
)
def test_tables_in_a_form_that_cannot_be_extended_are_left_to_the_person(text):
    with pytest.raises(ConfigError, match=r"by hand|add to the table"):
        add_tables(text, SOURCE, [JOURNAL])


def test_comments_and_line_ends_stay():
    text = HAS.replace("\n", "\r\n")
    edited = add_tables(text, SOURCE, [JOURNAL]).text
    assert set(HAS.splitlines()) <= set(edited.splitlines())
    assert "\r" not in edited


@pytest.mark.parametrize(
    ("prefixes", "without_issn", "words"),
    [
        ({"10.12345": 98}, 0, []),
        ({}, 0, []),
        (
            {"10.5555": 93},
            0,
            ["93 of 98 records have a DOI with the prefix 10.5555", 'prefixes = ["10.12345", "10.5555"]'],
        ),
        ({"10.12345": 98}, 4, ["4 of 98 records name no ISSN"]),
    ],
)
def test_what_the_configuration_does_not_fit(prefixes, without_issn, words):
    found = " ".join(unsuitable(tomllib.loads(HAS), prefixes, without_issn, 98))
    assert all(one in found for one in words)
    assert bool(found) == bool(words)


def test_without_prefixes_of_ours_none_is_foreign():
    assert list(unsuitable({}, {"10.5555": 93}, 0, 98)) == []
