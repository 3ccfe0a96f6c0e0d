"""Institutions, and the contributors who belong to them."""

from __future__ import annotations

import pytest

from harvester.formats.jats.affiliations import AffiliationIndex, read_affiliations, tidy
from harvester.formats.notes import Notes
from harvester.model import Affiliation
from tests.formats.jats.reading import article_of, codes, element, group, meta, person, read_meta


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


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<sup>1</sup>Institute of Reeds; <sup>2</sup>Bureau of Tides", ["affiliation-several"]),
        ("<label>1</label>Institute of Reeds <label>2</label>Bureau of Tides", ["affiliation-several"]),
        ("<sup>1</sup>Institute of Reeds", []),
        ("<label>2</label><sup>2</sup>Institute of Reeds", []),
        ("Institute of Reeds<sup>2</sup>, Laboratory 3", []),
    ],
)
def test_raised_numbers_count_institutions(inner, expected):
    assert codes(read_meta(group(person(rest=f"<aff>{inner}</aff>")))) == expected


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


def test_affiliation_of_editors_who_are_not_deposited_is_not_reported():
    editors = f"<contrib-group><contrib contrib-type='editor'>{person()}</contrib><aff>A</aff></contrib-group>"
    assert codes(read_meta(editors)) == ["contributor-left-out"]
    assert codes(read_meta(group(person()) + editors)) == ["contributor-left-out"]


def test_a_reference_to_a_missing_affiliation_is_reported():
    assert codes(read_meta(group(person(rest="<xref ref-type='aff' rid='x'/>")))) == ["affiliation-missing"]


def test_a_reference_to_a_footnote_is_not_reported_as_missing():
    notes = "<author-notes><fn id='n1'><p>On leave</p></fn></author-notes>"
    assert codes(read_meta(group(person(rest="<xref ref-type='aff' rid='n1'/>")) + notes)) == []


@pytest.mark.parametrize(
    ("line", "tidied"),
    [
        (" Reed College , Oslo,, Norway. ", "Reed College, Oslo, Norway"),
        ("Reeds Ltd.", "Reeds Ltd."),
        ("U.S.A.", "U.S.A."),
        ("Norway.", "Norway"),
        (", ; :", ""),
        ("A; B ; C", "A; B; C"),
    ],
)
def test_stray_commas_and_the_final_full_stop_are_removed(line, tidied):
    assert tidy(line) == tidied


MORE_AFFILIATIONS = [
    ("", ()),
    ("<label>1</label>", ()),
    ("<sup>1</sup>, <country/>", ()),
    ("Reed College (e-mail: a@b.example, c@d.example)", (Affiliation(name="Reed College"),)),
    ("Reed College. Correo electrónico: a@b.example", (Affiliation(name="Reed College"),)),
    ("E-mail: a@b.example. Reed College, Oslo", (Affiliation(name="Reed College, Oslo"),)),
    ("E-mail Research Institute", (Affiliation(name="E-mail Research Institute"),)),
    (
        "<institution content-type='original'>Reed College, Oslo, Norway. E-mail: a@b.example</institution>",
        (Affiliation(name="Reed College, Oslo, Norway"),),
    ),
    (
        "<institution content-type='normalized'>Reed</institution>"
        "<institution content-type='original'>Reed C.</institution>",
        (Affiliation(name="Reed C."),),
    ),
    (
        "<institution>Reed</institution><named-content content-type='city'>Oslo</named-content>"
        "<named-content content-type='postal-code'>0001</named-content>",
        (Affiliation(name="Reed", place="Oslo"),),
    ),
    ("<institution>Reed</institution><institution>Hill</institution>", (Affiliation(name="Reed, Hill"),)),
    (
        "<institution>R</institution><ext-link ext-link-type='wikidata'>https://www.wikidata.org/wiki/Q42</ext-link>",
        (Affiliation(name="R", wikidata="https://www.wikidata.org/entity/Q42"),),
    ),
    (
        "<institution-id institution-id-type='grid'>GRID.1003.2</institution-id>",
        (Affiliation(grid="grid.1003.2"),),
    ),
]


@pytest.mark.parametrize(("inner", "expected"), MORE_AFFILIATIONS)
def test_the_institutions_of_an_affiliation(inner, expected):
    assert read_affiliations(element(inner, "aff"), "contributors[0].affiliations", Notes()) == expected


ALTERNATIVES = (
    "<aff-alternatives id='1'><aff xml:lang='ru'>Колледж</aff><aff xml:lang='en-GB'>College</aff></aff-alternatives>"
    "<aff id='2'>Other</aff>"
)


@pytest.mark.parametrize(
    ("language", "name"), [("en", "College"), ("ru", "Колледж"), ("de", "Колледж"), (None, "Колледж")]
)
def test_one_of_several_alternatives_is_read_in_the_articles_language(language, name):
    meta = element(ALTERNATIVES, "article-meta")
    index = AffiliationIndex(meta, language, Notes())
    assert [affiliation.name for affiliation in index.read(meta[0], "path")] == [name]


def test_an_affiliation_is_read_once_and_unused_ones_are_listed():
    meta = element(ALTERNATIVES, "article-meta")
    index = AffiliationIndex(meta, "en", Notes())
    (contrib,) = element("<contrib><xref ref-type='aff' rid='1 1'/><aff>Own</aff></contrib>")
    assert [affiliation.name for affiliation in index.of(contrib, "path")] == ["College", "Own"]
    assert index.unused(list(meta)) == [meta[1]]


def test_a_reference_of_another_kind_is_not_an_affiliation():
    notes = Notes()
    meta = element("<aff id='a'>A</aff>", "article-meta")
    index = AffiliationIndex(meta, None, notes)
    (contrib,) = element("<contrib><xref ref-type='fn' rid='a x'/><xref rid='a'/></contrib>")
    assert [affiliation.name for affiliation in index.of(contrib, "path")] == ["A"]
    assert notes.findings == []


def by_label(*shown: str, labels: tuple[str, ...] = ("1", "2")) -> tuple[list[str | None], list[str]]:
    """The institutions of an author who refers to labels only, and the codes of the findings."""
    xrefs = "".join(f"<xref ref-type='aff'>{label}</xref>" for label in shown)
    affs = "".join(f"<aff id='i{n}'><label>{label}</label>College {n}</aff>" for n, label in enumerate(labels))
    reading = read_meta(group(person(rest=xrefs), person("Lee", "<aff>Lee College</aff>")) + affs)
    return [each.name for each in article_of(reading).contributors[0].affiliations], codes(reading)


@pytest.mark.parametrize(
    ("shown", "labels", "names", "expected"),
    [
        (("1", "2"), ("1", "2"), ["College 0", "College 1"], []),
        (("<sup>2</sup>", "1"), ("1", "2"), ["College 1", "College 0"], []),
        (("1,2",), ("1", "2"), ["College 0", "College 1"], []),
        (("(a)", "b"), ("a", "b"), ["College 0", "College 1"], []),
        (("1", "3"), ("1", "2"), ["College 0"], ["affiliation-missing", "affiliation-unassigned"]),
        (("1",), ("1", "1"), [], ["affiliation-missing"]),  # one label, two institutions
    ],
)
def test_a_reference_without_an_identifier_shows_a_label(shown, labels, names, expected):
    assert by_label(*shown, labels=labels) == (names, expected)


def test_an_identifier_decides_before_the_label():
    xref = "<xref ref-type='aff' rid='i1'>1</xref>"
    affs = "<aff id='i0'><label>1</label>One College</aff><aff id='i1'><label>2</label>Two College</aff>"
    people = meta(group(person(rest=xref), person("Lee", "<xref ref-type='aff' rid='i0'/>")) + affs).contributors
    assert [each.name for one in people for each in one.affiliations] == ["Two College", "One College"]


TAGGED = "<institution content-type='orgname'>Coast University</institution>"
PRINTED = "<institution content-type='original'>{}</institution>" + TAGGED


@pytest.mark.parametrize(
    ("inner", "departments"),
    [
        (PRINTED.format("Coast University, Department of Tides, Natal, Brazil"), ("Department of Tides",)),
        (PRINTED.format("Laboratório de Marés; Coast University. Natal"), ("Laboratório de Marés",)),
        (
            PRINTED.format("Coast University, School of Seas, Program of Tides")
            + "<institution content-type='orgdiv1'>School of Seas</institution>",
            ("School of Seas", "Program of Tides"),
        ),
        (PRINTED.format("Coast University, 12 Shore Road, Natal"), ()),
        (PRINTED.format("Another University, Department of Tides"), ()),  # of another institution
        (PRINTED.format("Coast University - Dept. de Marés - Natal"), ("Dept. de Marés",)),
        (PRINTED.format("Depto. Dr. A. Vega. Coast University. Natal"), ("Depto. Dr. A. Vega",)),
        (PRINTED.format("Prog. Pós-Grad. em Marés, Coast University"), ("Prog. Pós-Grad. em Marés",)),
        (PRINTED.format("Unit of Waves, Coast University"), ("Unit of Waves",)),
        (PRINTED.format("Coast University. Unitary Road"), ()),
        (TAGGED, ()),
    ],
)
def test_departments_that_only_the_printed_line_names(inner, departments):
    assert affiliation(inner).departments == departments


@pytest.mark.parametrize(
    ("line", "is_reported"),
    [
        ("Another University, Department of Tides", True),
        ("Depto. Marés, Univ. da Costa, Natal", True),
        ("Coast University, Department of Tides", False),
        ("Univ. da Costa, Natal", False),  # says no more than the tagged parts
    ],
)
def test_a_printed_line_that_names_another_institution_is_reported(line, is_reported):
    found = codes(read_meta(group(person(rest=f"<aff>{PRINTED.format(line)}</aff>"))))
    assert found == ["affiliation-line-differs"] * is_reported


def test_a_second_identifier_of_a_kind_is_reported():
    wrap = "<institution-wrap><institution>Dune College</institution>{}</institution-wrap>"
    ror = "<institution-id institution-id-type='ror'>https://ror.org/{}</institution-id>"
    two = read_meta(group(person(rest=f"<aff>{wrap.format(ror.format('03yrm5c26') + ror.format('02jx3x895'))}</aff>")))
    assert article_of(two).contributors[0].affiliations[0].ror == "https://ror.org/03yrm5c26"
    assert codes(two) == ["affiliation-id-left-out"]
    twice = read_meta(group(person(rest=f"<aff>{wrap.format(ror.format('03yrm5c26') * 2)}</aff>")))
    assert codes(twice) == []
