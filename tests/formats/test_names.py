from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.formats.names import parse_creator
from harvester.model import Affiliation, Contributor, Hints

OPEN = Hints()
GIVEN_FIRST = Hints(name_order="given-first")
FAMILY_FIRST = Hints(name_order="family-first")


def person(surname, given=None, suffix=None, **more):
    return Contributor(surname=surname, given=given, suffix=suffix, **more)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Okoye, Adaeze", person("Okoye", "Adaeze")),
        ("Okoye,Adaeze", person("Okoye", "Adaeze")),
        ("Okoye,", person("Okoye")),
        ("Okoye", person("Okoye")),
        ("da Silva e Souza, Yael", person("da Silva e Souza", "Yael")),
        ("Davis, Miles, Jr.", person("Davis", "Miles", "Jr.")),
        ("Davis, Jr., Miles", person("Davis", "Miles", "Jr.")),
        ("Davis, Jr", person("Davis", None, "Jr.")),
        ("Souza, Ana, III", person("Souza", "Ana", "III")),
        ("Souza, José, Filho", person("Souza", "José", "Filho")),
        ("D&#039;Arco, Søren", person("D'Arco", "Søren")),
        ("L'Hospital, Guillaume", person("L'Hospital", "Guillaume")),
        ("ЛИ,\n  МИНА", person("ЛИ", "МИНА")),
        ("Doe, Jane; 0000-0002-1825-0097", person("Doe", "Jane", orcid="https://orcid.org/0000-0002-1825-0097")),
    ],
)
def test_names_that_say_their_parts(raw, expected):
    assert parse_creator(raw, OPEN) == (expected, [])


@pytest.mark.parametrize(
    ("raw", "hints", "expected"),
    [
        ("L. S. Timova", GIVEN_FIRST, person("Timova", "L. S.")),
        ("Maria van der Berg", GIVEN_FIRST, person("van der Berg", "Maria")),
        ("John Smith Jr.", GIVEN_FIRST, person("Smith", "John", "Jr.")),
        ("СТЕПОВА ЛЕНА БОРИСОВНА", FAMILY_FIRST, person("СТЕПОВА", "ЛЕНА БОРИСОВНА")),
        ("van Berg", GIVEN_FIRST, person("Berg", "van")),
    ],
)
def test_the_order_of_a_name_without_comma_is_the_sources(raw, hints, expected):
    assert parse_creator(raw, hints) == (expected, [])
    whole, findings = parse_creator(raw, OPEN, "contributors[3]")
    assert whole == person(raw)
    assert [(each.code, each.path) for each in findings] == [("name-order-unknown", "contributors[3]")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("Bello, Andrés, 1781-1865", "name-unparsed"),
        ("Petrov2, A.", "name-unparsed"),
        ("A, B, C", "name-unparsed"),
        ("LHCb collaboration", "possible-organization"),
        ("University of Example, Extension Service", "possible-organization"),
        ("The COVID-19 Working Group", "possible-organization"),
        ("Редакция журнала", "possible-organization"),
        (" . ", "contributor-empty"),
        ("????, ???", "name-refused"),
    ],
)
def test_names_in_doubt(raw, code):
    assert [each.code for each in parse_creator(raw, GIVEN_FIRST)[1]] == [code]


def test_an_organisation_that_the_configuration_names():
    hints = Hints(organizations=("University of Example, Extension Service", "Example Team; Berlin"))
    for name in hints.organizations:
        assert parse_creator(name, hints) == (Contributor(kind="group", name=name), [])


def test_what_follows_the_semicolon_is_an_affiliation_in_doubt():
    author, findings = parse_creator("Timova, L. S.; Samara University,\nSamara", OPEN, "contributors[0]")
    assert author == person("Timova", "L. S.", affiliations=(Affiliation(name="Samara University, Samara"),))
    assert [each.code for each in findings] == ["affiliation-unverified"]


@given(st.text(max_size=60))
def test_any_string(raw):
    author, findings = parse_creator(raw, GIVEN_FIRST)
    assert author is not None or findings
    if author and author.kind == "person":
        assert author.surname
