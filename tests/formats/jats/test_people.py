"""Names, ORCID iDs, roles, and affiliations."""

from __future__ import annotations

import pytest

from harvester.model import Affiliation, Hints
from tests.formats.jats.reading import article_of, codes, meta, read_meta


def group(*contribs: str, beside: str = "", attributes: str = "") -> str:
    entries = "".join(f"<contrib>{contrib}</contrib>" for contrib in contribs)
    return f"<contrib-group {attributes}>{entries}{beside}</contrib-group>"


def person(surname: str = "Berg", rest: str = "") -> str:
    return f"<name><surname>{surname}</surname><given-names>Ada</given-names></name>{rest}"


NAMES = [
    (person(), ("person", "Berg", "Ada", None)),
    (
        "<name><surname>Berg, </surname><given-names>A. B.</given-names><suffix>III</suffix></name>",
        ("person", "Berg", "A. B.", "III"),
    ),
    ("<name><prefix>Dr</prefix><surname>Berg</surname></name><degrees>PhD</degrees>", ("person", "Berg", None, None)),
    ("<name><surname/><given-names>Suharto</given-names></name>", ("person", "Suharto", None, None)),
    ("<name><surname>Li<xref ref-type='fn'>*</xref></surname></name>", ("person", "Li", None, None)),
    ("<string-name>Berg, Ada</string-name>", ("person", "Berg", "Ada", None)),
    ("<string-name>Plato</string-name>", ("person", "Plato", None, None)),
    ("<anonymous/>", ("anonymous", None, None, None)),
]


@pytest.mark.parametrize(("inner", "expected"), NAMES)
def test_names_and_their_parts(inner, expected):
    reading = read_meta(group(inner))
    (contributor,) = article_of(reading).contributors
    assert (contributor.kind, contributor.surname, contributor.given, contributor.suffix) == expected
    assert codes(reading) == []


STRING_NAMES = [
    (None, ("Ada Mary Berg", None), ["name-order-unknown"]),
    ("given-first", ("Berg", "Ada Mary"), []),
    ("family-first", ("Ada", "Mary Berg"), []),
]


@pytest.mark.parametrize(("order", "name", "expected_codes"), STRING_NAMES)
def test_a_name_without_parts_is_split_only_by_a_setting(order, name, expected_codes):
    reading = read_meta(group("<string-name>Ada Mary Berg</string-name>"), hints=Hints(name_order=order))
    (contributor,) = article_of(reading).contributors
    assert ((contributor.surname, contributor.given), codes(reading)) == (name, expected_codes)


def test_a_name_with_several_commas_is_not_parsed():
    assert codes(read_meta(group("<string-name>Berg, Ada, Oslo</string-name>"))) == ["name-unparsed"]


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


COLLABS = [
    ("(The Reed Collaboration)", "The Reed Collaboration"),
    ("for the Reed Collaboration", "the Reed Collaboration"),
    ("on behalf of the Reed Group", "the Reed Group"),
    ("<institution>Reed Group</institution>", "Reed Group"),
    ("Reed Group <email>a@b.example</email>", "Reed Group"),
]


@pytest.mark.parametrize(("inner", "name"), COLLABS)
def test_names_of_groups(inner, name):
    (contributor,) = meta(group(f"<collab>{inner}</collab>")).contributors
    assert (contributor.kind, contributor.name) == ("group", name)


def test_person_and_group_in_one_entry_are_two_contributors():
    contributors = meta(group(person() + "<collab>Reed Group</collab>")).contributors
    assert [(contributor.kind, contributor.surname or contributor.name) for contributor in contributors] == [
        ("person", "Berg"),
        ("group", "Reed Group"),
    ]


ROLES = [
    ("contrib-type='author'", "", ["author"]),
    ("", "content-type='authors'", ["author"]),
    ("", "", ["author"]),
    ("contrib-type='editor'", "content-type='authors'", []),
    ("", "content-type='editors'", []),
    ("contrib-type='author non-byline'", "", []),
    ("contrib-type='translator'", "", ["translator"]),
]


@pytest.mark.parametrize(("own", "of_group", "expected"), ROLES)
def test_only_the_byline_is_used(own, of_group, expected):
    reading = read_meta(f"<contrib-group {of_group}><contrib {own}>{person()}</contrib></contrib-group>")
    assert [contributor.role for contributor in article_of(reading).contributors] == expected
    assert codes(reading) == ([] if expected else ["contributor-left-out"])


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


CREDIT = [
    ("<role>Writing – original draft</role>", ("writing-original-draft",)),
    ("<role>writing - review and editing</role>", ("writing-review-editing",)),
    ("<role vocab='credit' vocab-term='Data curation'>Daten</role>", ("data-curation",)),
    ("<role content-type='http://credit.niso.org/contributor-roles/software/'>Code</role>", ("software",)),
    ("<role>Professor of Reeds</role>", ()),
]


@pytest.mark.parametrize(("inner", "expected"), CREDIT)
def test_credit_roles(inner, expected):
    assert meta(group(person(rest=inner))).contributors[0].credit == expected


# ------------------------------------------------------------------------------------------ institutions


def affiliation(inner: str) -> Affiliation:
    (affiliation,) = meta(group(person(rest=f"<aff>{inner}</aff>"))).contributors[0].affiliations
    return affiliation


AFFILIATIONS = [
    ("<label>1</label>Reed College, Oslo, Norway.", Affiliation(name="Reed College, Oslo, Norway")),
    (
        "<sup>a</sup><institution>Reed College</institution>, <addr-line>Oslo</addr-line>, <country>Norway</country>",
        Affiliation(name="Reed College", place="Oslo, Norway"),
    ),
    (
        "Dept of Reeds, <institution>Reed College</institution>, Oslo, <country>Norway</country>; e-mail: a@b.example",
        Affiliation(name="Dept of Reeds, Reed College, Oslo", place="Norway"),
    ),
    (
        "<institution content-type='dept'>Reeds</institution><institution>Reed College</institution>",
        Affiliation(name="Reed College", departments=("Reeds",)),
    ),
    ("Reed College, Oslo, a@b.example", Affiliation(name="Reed College, Oslo")),
    ("<addr-line>Reed College, Oslo</addr-line>", Affiliation(name="Reed College, Oslo")),
    ("<institution content-type='original'>Reed College, Oslo.</institution>", Affiliation(name="Reed College, Oslo")),
    ("<institution>Reeds Ltd.</institution>", Affiliation(name="Reeds Ltd.")),
    ("<city>Oslo</city><country>Norway</country>", Affiliation(place="Oslo, Norway")),
    (
        "<institution-wrap><institution-id institution-id-type='GRID'>grid.1003.2</institution-id>"
        "<institution content-type='org-division'>Reeds</institution>"
        "<institution content-type='org-name'>Reed College</institution></institution-wrap>"
        "<addr-line content-type='street'>Way 1</addr-line><addr-line content-type='city'>Oslo</addr-line>",
        Affiliation(name="Reed College", departments=("Reeds",), place="Oslo", grid="grid.1003.2"),
    ),
    (
        "<institution-id institution-id-type='ISNI'>0000 0000 9320 7537</institution-id><institution>R</institution>",
        Affiliation(name="R", isni="https://isni.org/isni/0000000093207537"),
    ),
]


@pytest.mark.parametrize(("inner", "expected"), AFFILIATIONS)
def test_one_affiliation(inner, expected):
    assert affiliation(inner) == expected


def test_two_institutions_with_identifiers_of_their_own():
    wrap = (
        "<institution-wrap><institution>{}</institution>"
        "<institution-id institution-id-type='ror'>{}</institution-id></institution-wrap>"
    )
    inner = wrap.format("A", "https://ror.org/05dxps055") + wrap.format("B", "04wxnsj81") + "<country>Norway</country>"
    affiliations = meta(group(person(rest=f"<aff>{inner}</aff>"))).contributors[0].affiliations
    assert [(affiliation.name, affiliation.ror, affiliation.place) for affiliation in affiliations] == [
        ("A", "https://ror.org/05dxps055", "Norway"),
        ("B", "https://ror.org/04wxnsj81", "Norway"),
    ]


def test_wrong_identifiers_are_reported():
    ids = (
        "<institution-id institution-id-type='ror'>https://ror.org/0abcdef00</institution-id>"
        "<institution-id institution-id-type='isni'>0000 0001 2168 1862</institution-id>"
    )
    reading = read_meta(group(person(rest=f"<aff>{ids}<institution>A</institution></aff>")))
    assert codes(reading) == ["ror-invalid", "isni-invalid"]


def names(article) -> list[list[str | None]]:
    return [[affiliation.name for affiliation in person.affiliations] for person in article.contributors]


def test_several_affiliations_in_one_rid_keep_their_order():
    inner = group(person(rest="<xref ref-type='aff' rid='b a'/>")) + "<aff id='a'>A</aff><aff id='b'>B</aff>"
    assert names(meta(inner)) == [["B", "A"]]


def test_an_affiliation_of_the_group_belongs_to_all_members():
    assert names(meta(group(person(), person("Dahl"), beside="<aff>Reed College</aff>"))) == [["Reed College"]] * 2
    assert names(meta(group(person(), person("Dahl")) + "<aff>Reed College</aff>")) == [["Reed College"]] * 2


def test_several_affiliations_without_links_belong_to_nobody():
    reading = read_meta(group(person(), person("Dahl"), beside="<aff>A</aff><aff>B</aff>"))
    assert names(article_of(reading)) == [[], []]
    assert codes(reading) == ["affiliation-unassigned"] * 2


def test_a_reference_to_a_missing_affiliation_is_reported():
    assert codes(read_meta(group(person(rest="<xref ref-type='aff' rid='x'/>")))) == ["affiliation-missing"]


def test_a_reference_to_a_footnote_is_not_reported_as_missing():
    notes = "<author-notes><fn id='n1'><p>On leave</p></fn></author-notes>"
    assert codes(read_meta(group(person(rest="<xref ref-type='aff' rid='n1'/>")) + notes)) == []


def test_corresponding_authors_are_marked_by_attribute_or_link():
    notes = "<author-notes><corresp id='c'>A</corresp></author-notes>"
    assert meta(group(person(rest="<xref ref-type='corresp' rid='c'/>")) + notes).contributors[0].corresponding
    assert meta(group(person(rest="<xref rid='c'/>")) + notes).contributors[0].corresponding
    assert not meta(group(person()) + notes).contributors[0].corresponding
