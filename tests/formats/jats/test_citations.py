"""The fields of one citation and its DOI."""

from __future__ import annotations

import pytest

from harvester.formats.jats.citations import citation_fields
from tests.formats.jats.reading import article_of, codes, element, read_references, single_reference

TALK = "<article-title>A talk</article-title><source>Tidal Meetings</source><volume>12</volume>"
PART = "<part-title>Reeds</part-title><source>Lakes</source>"
PARTS = (
    *("type", "author", "article_title", "journal_title", "volume_title", "series_title", "volume", "issue"),
    *("first_page", "year", "edition", "isbn", "issn"),
)
FIELDS = [
    (
        "book",
        "<source>Lakes</source><chapter-title>Reeds</chapter-title>",
        {"type": "book_chapter", "volume_title": "Lakes", "article_title": "Reeds"},
    ),
    (
        "book",
        "<source>Lakes</source><edition>2nd ed.</edition>",
        {"type": "book", "volume_title": "Lakes", "edition": "2"},
    ),
    ("thesis", "<source>Lakes</source>", {"type": "dissertation", "volume_title": "Lakes"}),
    (
        "journal",
        "<source>Lakes</source><volume>-</volume><issue>n/a</issue><fpage>None</fpage>",
        {"type": "journal_article", "journal_title": "Lakes"},
    ),
    ("webpage", "<source>Lakes</source>", {"type": "web_resource"}),
    ("other", "<source>Lakes</source>", {}),
    (
        "",
        "<article-title>R</article-title><source>L</source><volume>1</volume>",
        {"article_title": "R", "journal_title": "L", "volume": "1"},
    ),
    ("journal", "<page-range>7-9</page-range>", {"type": "journal_article", "first_page": "7"}),
    ("book", "<isbn>978-0-306-40615-7</isbn>", {"type": "book", "isbn": "978-0-306-40615-7"}),
    ("book", "<isbn>978-0-306-40615-8</isbn>", {"type": "book"}),
    ("book", "<isbn>0-306-40615-2</isbn>", {"type": "book", "isbn": "0-306-40615-2"}),
    ("journal", "<year>in press</year><issn>2049-3630</issn>", {"type": "journal_article", "issn": "2049-3630"}),
    (
        "journal",
        "<year>2001a</year><series>Waters</series>",
        {"type": "journal_article", "year": "2001a", "series_title": "Waters"},
    ),
]


IN_MEETING = {"type": "conference_paper", "article_title": "A talk", "volume_title": "Tidal Meetings", "volume": "12"}
IN_JOURNAL = {"article_title": "A talk", "journal_title": "Tidal Meetings", "volume": "12"}
NO_CONTAINER = {"article_title": "A talk", "volume": "12"}
IN_BOOK = {"type": "book_chapter", "article_title": "Reeds", "volume_title": "Lakes"}
FIELDS += [
    # The types of CSL, BibTeX and Crossref.
    *((kind, TALK, IN_MEETING) for kind in ("paper-conference", "Paper Conference", "inproceedings", "proceedings")),
    *((kind, TALK, IN_MEETING) for kind in ("proceedings-article", "proceedings_article", "conference")),
    *((kind, PART, IN_BOOK) for kind in ("chapter", "incollection", "book-section", "entry-encyclopedia", "book")),
    ("proceedings", "<source>Lakes</source>", {"type": "conference_proceedings", "volume_title": "Lakes"}),
    ("phdthesis", "<source>Lakes</source>", {"type": "dissertation", "volume_title": "Lakes"}),
    ("techreport", "<source>Lakes</source>", {"type": "report", "volume_title": "Lakes"}),
    ("posted-content", "<article-title>Reeds</article-title>", {"type": "preprint", "article_title": "Reeds"}),
    ("article-journal", TALK, {"type": "journal_article", **IN_JOURNAL}),
    # An unknown type does not prove a journal. Without a type, or one that says nothing, volume and title do.
    ("bill", TALK, NO_CONTAINER),
    ("performance", TALK, NO_CONTAINER),
    *((kind, TALK, IN_JOURNAL) for kind in ("", "other", "misc", "article", "magazine")),
    ("journal", TALK.replace("Tidal Meetings", "Proceedings of Tides"), {
        "type": "journal_article", **IN_JOURNAL, "journal_title": "Proceedings of Tides"
    }),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "inner", "expected"), FIELDS)
def test_fields_from_tagged_parts(kind, inner, expected):
    reference = single_reference(f"<element-citation publication-type='{kind}'>{inner}x<x>x</x></element-citation>")
    assert {field: value for field in PARTS if (value := getattr(reference, field))} == expected


DOIS = [
    ("<pub-id pub-id-type='doi'>https://doi.org/10.5555/a</pub-id>, 10.5555/b", "10.5555/a", []),
    ("<ext-link xlink:href='http://dx.doi.org/10.5555/a'>link</ext-link>", "10.5555/a", []),
    ("see 10.5555/a and 10.5555/A.", "10.5555/a", []),
    ("10.24866/1998-6785/2019-1/7-16. (In Russ.)", "10.24866/1998-6785/2019-1/7-16", []),
    ("10.5555/a; 10.5555/b", None, ["reference-doi-ambiguous"]),
    ("<pub-id pub-id-type='doi'>none</pub-id> x", None, ["reference-doi-invalid"]),
    ("<pub-id pub-id-type='doi'>10.5555/q 9</pub-id>", None, ["reference-doi-invalid"]),
    ("<pub-id pub-id-type='doi'>10.5555/q 9</pub-id> doi:10.5555/q 9", None, ["reference-doi-invalid"]),
    ("<ext-link ext-link-type='doi'>10.5555/ q9</ext-link>", None, ["reference-doi-invalid"]),
    ("<ext-link xlink:href='https://doi.org/10.5555/q 9'>https://doi.org/10.5555/q 9</ext-link>", None, []),
    ("<pub-id pub-id-type='doi'> 10.5555/q9 </pub-id>", "10.5555/q9", []),
    (
        "<pub-id pub-id-type='doi'>10.5555/q 9</pub-id><ext-link xlink:href='https://doi.org/10.5555/q9'>x</ext-link>",
        "10.5555/q9",
        ["reference-doi-invalid"],
    ),
    ("<pub-id pub-id-type='doi'>https://doi.org/10.5555/f1.</pub-id>", "10.5555/f1", []),
    ("<pub-id pub-id-type='doi'>10.5555/x.2;10.5555/x.3</pub-id>", None, ["reference-doi-invalid"]),
    ("<pub-id pub-id-type='doi'>10.5555/10.5555/x</pub-id>", None, ["reference-doi-invalid"]),
    ("<ext-link xlink:href='https://doi.org/10.5555/a/abstract'>x</ext-link>", "10.5555/a", []),
    (  # the article's own DOI, and that of its erratum
        "<pub-id pub-id-type='doi'>10.5555/a</pub-id> <comment>Erratum: "
        "<pub-id pub-id-type='doi'>10.5555/b</pub-id></comment>",
        "10.5555/a",
        [],
    ),
    (
        "<ext-link xlink:href='https://doi.org/10.5555/a'>a</ext-link><annotation><p>Erratum "
        "<ext-link xlink:href='https://doi.org/10.5555/b'>b</ext-link></p></annotation>",
        "10.5555/a",
        [],
    ),
    ("<pub-id pub-id-type='doi'>10.5555/a</pub-id>. Erratum: 10.5555/b", "10.5555/a", []),
    ("Berg A. <comment>doi: <pub-id pub-id-type='doi'>10.5555/a</pub-id></comment>", "10.5555/a", []),
    (
        "<pub-id pub-id-type='doi'>10.5555/a</pub-id> <pub-id pub-id-type='doi'>10.5555/b</pub-id>",
        None,
        ["reference-doi-ambiguous"],
    ),
    (
        "<comment><pub-id pub-id-type='doi'>10.5555/a</pub-id>, <pub-id pub-id-type='doi'>10.5555/b</pub-id></comment>",
        None,
        ["reference-doi-ambiguous"],
    ),
]


@pytest.mark.parametrize(("inner", "doi", "expected_codes"), DOIS)
def test_only_an_unambiguous_doi_is_used(inner, doi, expected_codes):
    result = read_references(f"<ref id='R1'><mixed-citation>{inner}</mixed-citation></ref>")
    assert (article_of(result).references[0].doi, codes(result)) == (doi, expected_codes)


def parts(inner: str, kind: str = "journal") -> dict[str, str]:
    (citation,) = element(f"<element-citation publication-type='{kind}'>{inner}</element-citation>")
    return {name: value for name, value in citation_fields(citation).items() if name != "type"}


MORE_PARTS = [
    ("<year>(2001).</year>", {"year": "2001"}),
    ("<date><year>2001</year></date>", {"year": "2001"}),
    ("<year>2001-2002</year>", {}),
    ("<year>20011</year>", {}),
    ("<edition>3</edition>", {"edition": "3"}),
    ("<edition>2 of 3</edition>", {}),
    ("<edition>second</edition>", {}),
    ("<fpage>7</fpage><page-range>1-9</page-range>", {"first_page": "7"}),
    ("<page-range>e7.2–e9</page-range>", {"first_page": "e7.2"}),
    ("<elocation-id>e7</elocation-id>", {"elocation_id": "e7"}),
    ("<issn>20493630</issn>", {"issn": "2049-3630"}),
    ("<issn>2049-3631</issn>", {}),
    ("<pub-id pub-id-type='isbn'>ISBN: 0-8044-2957-x</pub-id>", {"isbn": "0-8044-2957-x"}),
    ("<isbn>0-8044-2957-1</isbn>", {}),
    ("<isbn>X-8044-2957-0</isbn>", {}),
    ("<isbn>978030640615X</isbn>", {}),
    ("<isbn>12345</isbn>", {}),
    ("<volume/><volume>5</volume>", {"volume": "5"}),
]


@pytest.mark.parametrize(("inner", "expected"), MORE_PARTS)
def test_an_uncertain_part_stays_text(inner, expected):
    assert parts(inner) == expected


AUTHORS = [
    ("<name><surname>Berg,</surname><given-names>A</given-names></name><name><surname>Dahl</surname></name>", "Berg"),
    ("<collab>Reed Group</collab>", "Reed Group"),
    ("<string-name>Plato.</string-name>", "Plato"),
    ("<name><surname>;</surname></name><name><surname>Dahl</surname></name>", None),
    ("<name><surname/></name><name><surname>Dahl</surname></name>", "Dahl"),
    (
        "<person-group person-group-type='editor'><name><surname>Eide</surname></name></person-group>"
        "<person-group person-group-type='allauthors'><name><surname>Berg</surname></name></person-group>",
        "Berg",
    ),
    ("<person-group person-group-type='editor'><name><surname>Eide</surname></name></person-group>", None),
]


@pytest.mark.parametrize(("inner", "author"), AUTHORS)
def test_the_first_author(inner, author):
    assert parts(inner).get("author") == author


@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [
        ("", "<article-title>R</article-title><source>L</source>", {"article_title": "R"}),
        (
            "",
            "<article-title>R</article-title><source>L</source><issue>1</issue><publisher-name>P</publisher-name>",
            {"article_title": "R", "issue": "1"},
        ),
        ("confproc", "<conf-name>C</conf-name><source>L</source>", {"volume_title": "L"}),
        ("data", "<data-title>D</data-title><source>L</source>", {"article_title": "D"}),
        (
            "chapter",
            "<part-title>R</part-title><source-title>L</source-title>",
            {"article_title": "R", "volume_title": "L"},
        ),
    ],
)
def test_the_source_is_used_only_if_its_kind_is_known(kind, inner, expected):
    assert parts(inner, kind) == expected


def test_a_citation_without_tags_has_only_its_type():
    (citation,) = element("<mixed-citation publication-type='Book'>Berg. Reeds.</mixed-citation>")
    assert citation_fields(citation) == {"type": "book"}
