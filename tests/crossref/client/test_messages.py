"""Every message finds its entry, with its values, and has its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.config.problems import schema
from harvester.crossref.client import messages
from harvester.crossref.client.messages import entries, entry, next_step, recognise, sentence

EXAMPLES = [(name, text) for name, row in entries().items() for text in row.examples]
# The entries whose patterns are found in a message of another one, which therefore comes first.
OVERLAPS = {
    ("version_title", "version"),
    ("issntitle", "issnold"),
    ("issnowner", "issnold"),
    ("notitleid", "title"),
}


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=lambda value: value[:40])
def test_an_example_finds_its_entry_however_it_is_written(name, text):
    assert recognise(text)[0] == name
    assert recognise(text.upper())[0] == name
    assert recognise("\n\t" + text.replace(" ", " \r\n  ") + "\n")[0] == name


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=lambda value: value[:40])
def test_the_order_matters_only_where_it_is_known_to(name, text):
    found = [other for other, pattern in messages.CATALOGUE.patterns.items() if pattern.search(text)]
    assert found[0] == name
    assert {(name, other) for other in found[1:]} - OVERLAPS - {(name, "other")} == set()


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("submitted version: 5 is less or equal to previously submitted version 7", "version",
         {"submitted": "5", "held": "7"}),
        (f"submitted version 5 is less or equal to  previously submitted version {'9' * 30}", "version",
         {"submitted": "5", "held": "9" * 30}),
        ("submitted version: 5 is less or equal to previously submitted version (DOI match)", "version",
         {"submitted": "5"}),
        ("submitted version:  is less or equal to previously submitted version ", "version", {}),
        ('ISSN "1" has already been assigned, issn (1046898x) is assigned to another title (A (B) C)', "issntitle",
         {"issn": "1046-898X", "title": "A (B) C"}),
        ('ISSN "1" has already been assigned, issn (10468986) is assigned to another title (A) ISSN "2" has already '
         "been assigned, issn (23771666) is assigned to another title (B)", "issntitle",
         {"issn": "1046-8986", "title": "A"}),
        ('ISSN "23771666" has already been assigned, title/issn: A/B Studies/23771666 is owned by publisher: 10.3765',
         "issnowner", {"issn": "2377-1666", "title": "A/B Studies", "prefix": "10.3765"}),
        ('ISSN "12345679" has already been assigned to a different publisher 10.5555', "issnold",
         {"issn": "1234-5679"}),
        ('ISSN "1234-5678" is invalid', "issnbad", {"issn": "1234-5678"}),
        ("User not allowed to add records for prefix: 10.5555.", "prefix", {"prefix": "10.5555"}),
        ('ORCID "https://orcid.org/0000-0002-1825-009x" has invalid checksum', "orcidsum",
         {"orcid": "0000-0002-1825-009x"}),
        ('ORCID "unknown" has invalid checksum', "orcidsum", {}),
        ('ORCID URL "0000-0002-1825-0097" has duplicates in contributor list', "orcidtwice",
         {"orcid": "0000-0002-1825-0097"}),
        ("Relation target DOI does not exist: 10.5555/a(1)", "relation", {"target": "10.5555/a(1)"}),
        ("can’t submit into Handle", "handle", {}),
        ("Error: cvc-pattern-valid: 'ISSN 12 is invalid'", "schema", {}),
        ("The title Successfully added value of bees", "other", {}),
        ("", "other", {}),
    ],
)  # fmt: skip
def test_values(text, name, values):
    assert recognise(text) == (name, values)


TITLES = st.text(st.characters(codec="utf-8", exclude_characters="()/"), min_size=1).map(messages.folded).filter(bool)


@given(TITLES, st.sampled_from(["10468986", "2377166X"]))
def test_any_title_is_a_value_and_not_a_message(title, issn):
    held = f'ISSN "{issn}" has already been assigned, issn ({issn}) is assigned to another title ({title})'
    owned = f'ISSN "{issn}" has already been assigned, title/issn: {title}/{issn} is owned by publisher: 10.3765'
    for text, name in ((held, "issntitle"), (owned, "issnowner")):
        assert recognise(text)[0] == name
        assert recognise(text)[1]["title"] == title


@given(st.text())
def test_any_text_has_a_sentence_and_a_next_step_with_it(text):
    name, values = recognise(text)
    assert sentence(name, text, values)
    assert next_step(name, text, values)
    assert messages.folded(text) in sentence("other", text)
    assert messages.folded(text) in sentence("other", text, registered=True)


def test_an_unknown_text_is_never_cut():
    assert "x" * 5000 in sentence("other", "x" * 5000)


def test_a_title_is_quoted_for_config_toml():
    step = next_step("issntitle", values={"issn": "1046-8986", "title": 'The "Bee"'})
    assert 'title = "The \\"Bee\\"" under [journals."1046-8986"]' in step


def test_sentences_and_next_steps_contain_the_values():
    held = "At Crossref the ISSN 1046-8986 belongs to a journal with the title Bees, which differs from yours."
    assert sentence("issntitle", values={"issn": "1046-8986", "title": "Bees"}) == held
    assert sentence("issntitle", registered=True).startswith("At Crossref the ISSN … belongs")
    assert sentence("version_foreign", values={"held": "9" * 19}).startswith(f"Crossref holds version {'9' * 19} of")
    assert "submission id 1430891300" in next_step("handle", values={"submission_id": "1430891300"})
    assert next_step("no such id") == next_step("other") != next_step("handle")
    assert 'title = "…" under' in next_step("issntitle")


def test_a_long_value_is_cut_in_sentences_but_not_where_it_is_pasted():
    for length, shown in ((300, "x" * 300), (301, "x" * 300 + "…")):
        values = {"issn": "1046-8986", "title": "x" * length}
        assert f"the title {shown}, which" in sentence("issntitle", values=values)
        assert f'title = "{"x" * length}"' in next_step("issntitle", values=values)


def test_what_the_status_decides_is_said():
    assert sentence("other", "x", registered=True).startswith("The DOI is registered.")
    assert sentence("other", "x", registered=False).startswith("Crossref refused")
    assert sentence("no such id", "x") == sentence("other", "x")
    assert entry("no such id") is None


def fields(words: str) -> Iterator[str]:
    return (name.removesuffix("_quoted") for _, name, _, _ in Formatter().parse(words) if name)


@pytest.mark.parametrize("name", list(entries()))
def test_an_entry_is_complete(name):
    row = entries()[name]
    assert bool(row.examples) == (row.pattern is not None)
    assert ("settings" in row.again) == bool(row.settings)
    assert row.sentence.endswith((".", "{text}"))
    assert row.next.endswith(".")
    groups = re.compile(row.pattern or "").groupindex.keys() | {"text", "submission_id"}
    concluded = {"held", "fields", "deposited", "owner"} if row.pattern is None else set()
    assert {*fields(row.sentence), *fields(row.next)} <= groups | concluded


@pytest.mark.parametrize("setting", sorted({setting for row in entries().values() for setting in row.settings}))
def test_a_named_setting_exists(setting):
    table, key = setting.split(".")
    definition = schema()["$defs"]["journal"] if table == "journals" else schema()["$defs"]["crossref"]
    if setting != "crossref.login":  # comes with the commands that send
        assert key in definition["properties"]
