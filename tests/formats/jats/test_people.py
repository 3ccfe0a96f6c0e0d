"""The contributors of the byline: ORCID iDs, groups, corresponding authors."""

from __future__ import annotations

import pytest

from harvester.model import Hints
from tests.formats.jats.reading import article_of, codes, group, meta, person, read_meta


@pytest.mark.parametrize(("name", "code"), [("", "contributor-empty"), ("????", "name-refused")])
def test_a_lost_name_is_distinguished_from_a_missing_name(name, code):
    """An entry that never had a name can be left out. Without a lost name, the article would lack an author."""
    parts = f"<surname>{name}</surname><given-names>{name}</given-names>"
    reading = read_meta(f"<contrib-group><contrib><name>{parts}</name><role>Author</role></contrib></contrib-group>")
    assert (article_of(reading).contributors, codes(reading)) == ((), [code])
    assert not name or reading.findings[0].value == "???? ????"


def test_configured_organisations_are_groups():
    inner = group("<name><given-names>Reed Watch</given-names></name>")
    (contributor,) = meta(inner, hints=Hints(organizations=("Reed Watch",))).contributors
    assert (contributor.kind, contributor.name, contributor.surname) == ("group", "Reed Watch", None)


def test_person_and_group_in_one_entry_are_two_contributors():
    contributors = meta(group(person() + "<collab>Reed Group</collab>")).contributors
    assert [(contributor.kind, contributor.surname or contributor.name) for contributor in contributors] == [
        ("person", "Berg"),
        ("group", "Reed Group"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Walsh, Kay; Osei, Tom", ["name-unparsed"]),
        ("Walsh, K.; Osei, T.; Berg, A.;", ["name-unparsed"]),
        ("Reed Group; Tide Group", []),
        ("Walsh, Kay; for the Reed Group", []),
        ("Orlov B.B., Zimin V.V.", ["name-unparsed"]),
        ("Walsh, Kay", ["possible-person"]),
        ("Walsh, K. L.", ["possible-person"]),
        ("K. Walsh", ["possible-person"]),
        ("Орлов Б.Б.", ["possible-person"]),
        ("Dr. Kay Walsh", ["possible-person"]),
        ("Save Reeds", []),
        ("CNRS, Paris", []),
        ("U.S. Tide Survey", []),
        ("Walsh, Inc.", []),
        ("ATLAS", []),
        ("University of Reeds, Oslo; University of Tides, Bergen", []),
    ],
)
def test_people_in_place_of_a_group_are_held_back(name, expected):
    reading = read_meta(group(f"<collab>{name}</collab>"))
    assert [each.kind for each in article_of(reading).contributors] == ["group"]
    assert codes(reading) == expected


ORCID = "<contrib-id contrib-id-type='orcid'>0000-0002-1825-0097</contrib-id>"


def test_a_group_with_an_orcid_may_be_a_person():
    reading = read_meta(group(f"<collab>Kay Walsh</collab>{ORCID}"))
    assert codes(reading) == ["possible-person", "group-details-left-out"]
    assert article_of(reading).contributors[0].orcid is None
    configured = read_meta(group(f"<collab>Kay Walsh</collab>{ORCID}"), hints=Hints(organizations=("Kay Walsh",)))
    assert codes(configured) == ["group-details-left-out"]
    with_member = read_meta(group(person() + f"<collab>Reed Watch</collab>{ORCID}"))
    assert codes(with_member) == []


ORCIDS = [
    ("<contrib-id contrib-id-type='orcid'>http://orcid.org/0000-0002-1825-0097</contrib-id>", None),
    ("<contrib-id>0000000218250097</contrib-id>", None),
    ("<contrib-id contrib-id-type='ORCID' authenticated='true'>0000-0002-1825-0097</contrib-id>", True),
    (
        "<contrib-id contrib-id-type='scopus'>1</contrib-id><uri content-type='orcid' xlink:href='https://orcid.org/0000-0002-1825-0097'/>",
        None,
    ),
    ("<ext-link ext-link-type='orcid' specific-use='authenticated-true'>0000-0002-1825-0097</ext-link>", True),
]


@pytest.mark.parametrize(("inner", "authenticated"), ORCIDS)
def test_orcid_in_any_spelling(inner, authenticated):
    (contributor,) = meta(group(person(rest=inner))).contributors
    assert (contributor.orcid, contributor.orcid_authenticated) == (
        "https://orcid.org/0000-0002-1825-0097",
        authenticated,
    )


def test_a_wrong_orcid_is_reported():
    reading = read_meta(group(person(rest="<contrib-id contrib-id-type='orcid'>0000-0002-1825-0098</contrib-id>")))
    assert article_of(reading).contributors[0].orcid is None
    assert codes(reading) == ["orcid-invalid"]


def test_corresponding_authors_are_marked_by_attribute_or_link():
    notes = "<author-notes><corresp id='c'>A</corresp></author-notes>"
    assert meta(group(person(rest="<xref ref-type='corresp' rid='c'/>")) + notes).contributors[0].corresponding
    assert meta(group(person(rest="<xref rid='c'/>")) + notes).contributors[0].corresponding
    assert not meta(group(person()) + notes).contributors[0].corresponding


ONE_FIELD = {
    "<surname>Orlov, Boris</surname>": (["Orlov"], ["name-in-surname"]),
    "<surname>林，森</surname>": (["林"], ["name-in-surname"]),
    "<surname>Walsh, Jr.</surname>": (["Walsh"], []),
    "<surname>Walsh and Osei</surname>": (["Walsh and Osei"], ["name-unparsed"]),
    "<surname>Ramos y Vega</surname>": (["Ramos y Vega"], []),
    "<surname>Walsh Osei</surname>": (["Walsh Osei"], []),
    "<surname>Sutrisno</surname><given-names>-</given-names>": (["Sutrisno"], []),
    "<surname>S.Pd</surname><given-names>Ayu Lestari</given-names>": (["S.Pd"], ["name-unparsed"]),
    "<surname>N/A</surname>": ([], ["placeholder-value"]),
    "<surname xml:lang='xx-none'/>": ([], ["contributor-empty"]),
    "<surname>Admin</surname><given-names>Admin</given-names>": (["Admin"], ["name-is-account"]),
    "<surname>Null</surname><given-names>Jan</given-names>": (["Null"], []),
    "<surname>N/A</surname><given-names>Jan</given-names>": (["Jan"], ["placeholder-value"]),
    "<surname>Walsh and Osei</surname><given-names>Kay and Tom</given-names>": (["Walsh and Osei"], ["name-unparsed"]),
    "<surname>Walsh</surname><given-names>Kay, MD</given-names>": (["Walsh"], ["name-tidied"]),
    "<surname>Walsh</surname><given-names>0000-0002-1825-0097</given-names>": (["Walsh"], ["name-tidied"]),
    "<surname>12</surname><given-names>Walsh</given-names>": (["Walsh"], ["name-tidied"]),
    "<surname>Walsh</surname><given-names>—</given-names>": (["Walsh"], []),
}


@pytest.mark.parametrize("inner", ONE_FIELD)
def test_a_name_in_the_wrong_field(inner):
    reading = read_meta(group(f"<name>{inner}</name>"))
    surnames, expected = ONE_FIELD[inner]
    assert [each.surname for each in article_of(reading).contributors] == surnames
    assert codes(reading) == expected


NAMES = "<name><surname>{}</surname><given-names>{}</given-names></name>"
TOGETHER = [
    (NAMES.format("Ramos", "Luz") + NAMES.format("Vega", "Iker"), ["name-unparsed"]),
    (NAMES.format("Ramos", "Luz") + NAMES.format("Vega", "Iker") + NAMES.format("Moss", "Bo"), ["name-unparsed"]),
    (NAMES.format("林", "森") + NAMES.format("王", "芳"), ["name-unparsed"]),
    (NAMES.format("Ramos", "Luz") + "<string-name>Iker Vega</string-name>", ["name-unparsed"]),
    (NAMES.format("Ramos", "Luz") + NAMES.format("Ramos", "Iker"), ["name-unparsed"]),
    (NAMES.format("林", "森") + NAMES.format("Lin", "Sen"), []),
    (NAMES.format("Ramos", "Luz") + NAMES.format("Ramos Vega", "L."), []),
    (f"<name-alternatives>{NAMES.format('Ramos', 'Luz')}{NAMES.format('Vega', 'Iker')}</name-alternatives>", []),
]


@pytest.mark.parametrize(("inner", "expected"), TOGETHER)
def test_two_names_in_one_contributor_are_one_person_or_reported(inner, expected):
    reading = read_meta(group(inner))
    assert len(article_of(reading).contributors) == 1
    assert codes(reading) == expected
