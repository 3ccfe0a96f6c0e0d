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
        ("Davis, Miles Jr.", person("Davis", "Miles", "Jr.")),
        ("Davis, Miles K. III", person("Davis", "Miles K.", "III")),
        ("Davis, Miles V", person("Davis", "Miles V")),
        ("Davis, II", person("Davis", None, "II")),
        ("Souza, Ana Filho", person("Souza", "Ana Filho")),
        ("Souza, Ana, III", person("Souza", "Ana", "III")),
        ("Souza, José, Filho", person("Souza", "José", "Filho")),
        ("D&#039;Arco, Søren", person("D'Arco", "Søren")),
        ("L'Hospital, Guillaume", person("L'Hospital", "Guillaume")),
        ("ЛИ,\n  МИНА", person("ЛИ", "МИНА")),
        ("김병원", person("김병원")),
        ("Neto, José", person("Neto", "José")),
        ("Centro, Ana", person("Centro", "Ana")),
        ("Bureau, Luc", person("Bureau", "Luc")),
        ("Bank, Eva", person("Bank", "Eva")),
        ("Autor, David", person("Autor", "David")),
        ("Tester, Eva", person("Tester", "Eva")),
        ("KRK, Ivan", person("KRK", "Ivan")),
        ("Esa", person("Esa")),
        ("Dan, U. A.", person("Dan", "U. A.")),
        ("Doe, Jane; 0000-0002-1825-0097", person("Doe", "Jane", orcid="https://orcid.org/0000-0002-1825-0097")),
    ],
)
def test_names_with_marked_parts_are_split(raw, expected):
    assert parse_creator(raw, OPEN) == (expected, [])


@pytest.mark.parametrize(
    ("raw", "hints", "expected"),
    [
        ("L. S. Timova", GIVEN_FIRST, person("Timova", "L. S.")),
        ("José Ramos y Vega", GIVEN_FIRST, person("Ramos y Vega", "José")),
        ("Ana Luz Costa e Silva", GIVEN_FIRST, person("Costa e Silva", "Ana Luz")),
        ("Maria van der Berg", GIVEN_FIRST, person("van der Berg", "Maria")),
        ("John Smith Jr.", GIVEN_FIRST, person("Smith", "John", "Jr.")),
        ("СТЕПОВА ЛЕНА БОРИСОВНА", FAMILY_FIRST, person("СТЕПОВА", "ЛЕНА БОРИСОВНА")),
        ("Joan Pi i Margall", GIVEN_FIRST, person("Pi i Margall", "Joan")),
        ("Ali ben Tahar", GIVEN_FIRST, person("ben Tahar", "Ali")),
        ("van Berg", GIVEN_FIRST, person("van Berg")),
        ("da Silva", FAMILY_FIRST, person("da Silva")),
        ("E Weinan", FAMILY_FIRST, person("E", "Weinan")),
        ("Minh LE", GIVEN_FIRST, person("LE", "Minh")),
        ("Orlov B. B.", FAMILY_FIRST, person("Orlov", "B. B.")),
        ("Jane (Jenny) Lund", GIVEN_FIRST, person("Lund", "Jane (Jenny)")),
        ("Ada K. Le Vega", GIVEN_FIRST, person("Le Vega", "Ada K.")),
        ("Dick Van Reed", GIVEN_FIRST, person("Van Reed", "Dick")),
        ("Ana De La Vega", GIVEN_FIRST, person("De La Vega", "Ana")),
        ("J. van 't Riet", GIVEN_FIRST, person("van 't Riet", "J.")),
        ("Karl von und zu Stein", GIVEN_FIRST, person("von und zu Stein", "Karl")),
        ("An Van Nguyen", GIVEN_FIRST, person("Nguyen", "An Van")),
        ("Maria Do Vega", GIVEN_FIRST, person("Vega", "Maria Do")),
    ],
)
def test_a_name_without_comma_is_split_by_the_configured_order(raw, hints, expected):
    assert parse_creator(raw, hints) == (expected, [])
    whole, findings = parse_creator(raw, OPEN, "contributors[3]")
    assert whole == person(raw)
    assert [(finding.code, finding.path) for finding in findings] == [("name-order-unknown", "contributors[3]")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("Bello, Andrés, 1781-1865", "name-unparsed"),
        ("Petrov2, A.", "name-unparsed"),
        ("A, B, C", "name-unparsed"),
        ("Jr., Miles Davis", "name-unparsed"),
        ("LHCb collaboration", "possible-organization"),
        ("北京大学", "possible-organization"),
        ("서울대학교", "possible-organization"),
        ("جامعة القاهرة", "possible-organization"),
        ("Всемирная организация здравоохранения", "possible-organization"),
        ("Kementerian Kesehatan", "possible-organization"),
        ("CERN", "possible-organization"),
        ("Various", "possible-organization"),
        ("Several Authors", "possible-organization"),
        ("Equipo Editorial", "possible-organization"),
        ("هیئت تحریریه", "possible-organization"),
        ("First Author", "name-is-account"),
        ("Author, First", "name-is-account"),
        ("Test", "name-is-account"),
        ("Unesco", "possible-organization"),
        ("NSFC", "possible-organization"),
        ("CERN, Geneva", "possible-organization"),
        ("USGS Water Branch", "possible-organization"),
        ("CERN, NIH", "possible-organization"),
        ("Centro de Estudios del Mar", "possible-organization"),
        ("University of Example, Extension Service", "possible-organization"),
        ("The COVID-19 Working Group", "possible-organization"),
        ("Редакция журнала", "possible-organization"),
        ("Редакционная коллегия", "possible-organization"),
        ("Dewan Redaksi", "possible-organization"),
        ("Yayın Kurulu", "possible-organization"),
        ("Bank of Reeds", "possible-organization"),
        ("Conselho Editorial", "possible-organization"),
        ("Ana Vega<br/>Luis Ramos", "name-unparsed"),
        (" . ", "contributor-empty"),
        ("????, ???", "name-refused"),
    ],
)
def test_doubtful_names_are_reported(raw, code):
    assert [finding.code for finding in parse_creator(raw, GIVEN_FIRST)[1]] == [code]


def test_configured_organisations_are_groups():
    hints = Hints(organizations=("University of Example, Extension Service", "Example Team; Berlin"))
    for name in hints.organizations:
        assert parse_creator(name, hints) == (Contributor(kind="group", name=name), [])


def test_text_after_a_semicolon_is_an_unverified_affiliation():
    author, findings = parse_creator("Timova, L. S.; Samara University,\nSamara", OPEN, "contributors[0]")
    assert author == person("Timova", "L. S.", affiliations=(Affiliation(name="Samara University, Samara"),))
    assert [finding.code for finding in findings] == ["affiliation-unverified"]


@pytest.mark.parametrize(
    "raw",
    [
        "Sutrisno, -",
        "-, Sutrisno",
        "Sutrisno, .",
        "., Sutrisno",
        "Sutrisno, --",
        "Sutrisno -",
        "- Sutrisno",
        "Sutrisno, *",
    ],
)
def test_a_sign_is_no_part_of_a_name(raw):
    assert parse_creator(raw, GIVEN_FIRST) == (person("Sutrisno"), [])


@pytest.mark.parametrize("raw", ["Lestari, A", "Lestari, Á", "Park-Lund, Kay"])
def test_a_letter_or_a_hyphen_is_part_of_a_name(raw):
    surname, given = raw.split(", ")
    assert parse_creator(raw, GIVEN_FIRST) == (person(surname, given), [])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Demir, Prof. Dr. Ece", person("Demir", "Ece")),
        ("Dr. Park, Min", person("Park", "Min")),
        ("Lund, Ida, PhD", person("Lund", "Ida")),
        ("Lund, John, Jr., MD", person("Lund", "John", "Jr.")),
        ("Dr. Ida Lund", person("Lund", "Ida")),
    ],
)
def test_titles_and_degrees_are_removed_with_a_finding(raw, expected):
    author, findings = parse_creator(raw, GIVEN_FIRST)
    assert author == expected
    assert [finding.code for finding in findings] == ["name-tidied"]


@pytest.mark.parametrize(
    ("raw", "hints"),
    [
        ("Орлов Б. Б.", GIVEN_FIRST),
        ("Orlov B B", GIVEN_FIRST),
        ("Xu X", GIVEN_FIRST),
        ("John Lund SJ", GIVEN_FIRST),
        ("Kay Lund (Oslo)", GIVEN_FIRST),
        ("B. Orlov", FAMILY_FIRST),
        ("Lund: Kay", GIVEN_FIRST),
        ("Lund - Kay", FAMILY_FIRST),
        ("Santoso. Budi", GIVEN_FIRST),
        ("Kay Lund, Jr.", OPEN),
        ("Juan Vega, OFM", OPEN),
        ("Lund, J. u.a.", OPEN),
        ("Lestari, dkk", OPEN),
        ("Орлов Б.Б. и др.", OPEN),
    ],
)
def test_a_name_that_contradicts_the_order_is_held_back(raw, hints):
    whole, findings = parse_creator(raw, hints)
    assert (whole, [finding.code for finding in findings]) == (person(raw), ["name-unparsed"])


def test_an_email_address_is_not_an_affiliation():
    lund, findings = parse_creator("Lund, Kay; Reed College, kay@reeds.example", OPEN)
    assert lund is not None
    assert [each.name for each in lund.affiliations] == ["Reed College"]
    assert [finding.code for finding in findings] == ["name-tidied", "affiliation-unverified"]
    alone, _ = parse_creator("Lund, Kay; kay@reeds.example", OPEN)
    assert alone == person("Lund", "Kay")


@pytest.mark.parametrize("raw", ["Ayu Lestari, S.Pd", "Ayu Lestari, S.Pd., M.Pd", "Lund, MD, PhD", "Lund, Prof. Dr."])
def test_a_degree_in_the_place_of_the_given_name_is_reported(raw):
    author, findings = parse_creator(raw, GIVEN_FIRST)
    assert author == person(raw)
    assert [finding.code for finding in findings] == ["name-unparsed"]


@pytest.mark.parametrize(
    ("raw", "kind", "codes"),
    [
        ("N/A", None, ["placeholder-value"]),
        ("None, None", None, ["placeholder-value"]),
        ("Author, Unknown", None, ["placeholder-value"]),
        ("NA", None, ["placeholder-value"]),
        ("Anonymous", "anonymous", []),
        ("Anónimo", "anonymous", []),
        ("Anonymous, Anonymous", "anonymous", []),
        ("Admin", "person", ["name-is-account"]),
        ("Admin, Journal", "person", ["name-is-account"]),
        ("Journal Manager", "person", ["name-is-account"]),
        ("Null, Jan", "person", []),
        ("Na, Li", "person", []),
        ("Na", "person", []),
        ("Unknown, Pat", "person", []),
        ("Admina, Eva", "person", []),
    ],
)
def test_values_that_are_no_names(raw, kind, codes):
    author, findings = parse_creator(raw, OPEN)
    assert (author.kind if author else None, [finding.code for finding in findings]) == (kind, codes)


@given(st.text(max_size=60))
def test_any_string_gives_a_contributor_or_a_finding(raw):
    author, findings = parse_creator(raw, GIVEN_FIRST)
    assert author is not None or findings
    if author and author.kind == "person":
        assert author.surname
