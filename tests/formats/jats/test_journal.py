"""The journal: titles, abbreviation, ISSNs and publisher."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.placeholders import unless_field_name
from harvester.identifiers import clean_issn
from harvester.model import Hints, JournalFacts
from tests.formats.jats.reading import NAMESPACES, article_of, codes, read_xml


def journal(inner: str, hints: Hints | None = None):
    xml = f"<article {NAMESPACES}><front><journal-meta>{inner}</journal-meta><article-meta/></front></article>"
    reading = read_xml(xml, hints)
    return article_of(reading).journal, codes(reading)


def test_issns_in_issn_and_journal_id():
    result, findings = journal(
        "<journal-id journal-id-type='issn'>2049-3630</journal-id>"
        "<journal-id journal-id-type='eissn'>2076-7404</journal-id>"
        "<issn publication-format='electronic'>2049-3630</issn>"
        "<issn pub-type='ppub'>1234 5679</issn><issn>1234-5678</issn>"
        "<issn pub-type='issn-l'>0031-1049</issn>"
    )
    assert [(issn.value, issn.medium) for issn in result.issns] == [
        ("2049-3630", "electronic"),
        ("2076-7404", "electronic"),
    ]
    assert findings == ["issn-invalid", "issn-invalid"]


BOTH = "<issn pub-type='ppub'>2049-3630</issn><issn pub-type='epub'>2049-3630</issn>"


@pytest.mark.parametrize(
    ("facts", "media"),
    [
        (None, ["print", "electronic"]),
        (JournalFacts(issn_electronic="2049-3630"), ["electronic"]),
        (JournalFacts(issn_print="2049-3630"), ["print"]),
        (JournalFacts(issn_print="2049-3630", issn_electronic="2049-3630"), ["print", "electronic"]),
    ],
)
def test_one_number_for_both_media_is_both_unless_the_configuration_has_one(facts, media):
    issns = journal(BOTH, Hints(journals={"2049-3630": facts} if facts else {}))[0].issns
    assert [(issn.value, issn.medium) for issn in issns] == [("2049-3630", medium) for medium in media]


def test_the_same_medium_twice_is_one_issn():
    twice = BOTH.replace("ppub", "epub")
    assert [(issn.value, issn.medium) for issn in journal(twice)[0].issns] == [("2049-3630", "electronic")]


@pytest.mark.parametrize("written", ["0000-0000", "00000000", "ISSN 0000-0000", "e-ISSN: 0000-0000"])
def test_the_issn_of_a_journal_without_one_is_a_placeholder(written):
    result, findings = journal(f"<issn pub-type='ppub'>{written}</issn><issn pub-type='epub'>2049-3630</issn>")
    assert [issn.value for issn in result.issns] == ["2049-3630"]
    assert findings == ["placeholder-value"]


@pytest.mark.parametrize("real", ["0000-0019", "0000-006X", "0000-1996"])
def test_real_issns_may_have_many_zeros(real):
    assert clean_issn(real) is None or journal(f"<issn pub-type='epub'>{real}</issn>")[0].issns[0].value == real


def test_the_abbreviation_of_the_publisher_is_preferred():
    inner = (
        "<journal-id journal-id-type='nlm-ta'>A</journal-id><journal-title-group>"
        "<abbrev-journal-title abbrev-type='pubmed'>B</abbrev-journal-title>{}</journal-title-group>"
    )
    assert journal(inner.format(""))[0].abbreviation == "A"
    own = "<abbrev-journal-title abbrev-type='publisher'>C</abbrev-journal-title>"
    assert journal(inner.format(own))[0].abbreviation == "C"


def test_placeholders_of_a_template_are_absent():
    result, findings = journal(
        "<journal-title-group><journal-title>Journal Title</journal-title></journal-title-group>"
        "<publisher><publisher-name>The Publisher Name</publisher-name></publisher>"
    )
    assert (result.titles, result.publisher, findings) == ((), None, ["placeholder-value"] * 2)


def test_distinct_titles_in_several_languages():
    result, findings = journal(
        "<journal-title-group xml:lang='en'><journal-title>Reed Letters</journal-title>"
        "<journal-title>Reed Letters</journal-title><journal-title>—</journal-title>"
        "<trans-title-group xml:lang='de'><trans-title>Schilfbriefe</trans-title></trans-title-group>"
        "</journal-title-group><journal-title xml:lang='fr'>Lettres</journal-title>"
    )
    titles = [(title.text, title.lang) for title in result.titles]
    assert titles == [(("Reed Letters",), None), (("Schilfbriefe",), "de"), (("Lettres",), "fr")]
    assert findings == []


@pytest.mark.parametrize(
    ("inner", "abbreviation"),
    [
        ("<abbrev-journal-title>A</abbrev-journal-title>", "A"),
        ("<abbrev-journal-title abbrev-type='own'>A</abbrev-journal-title>", "A"),
        ("<journal-id journal-id-type='iso-abbrev'>A</journal-id>", "A"),
        ("<journal-id journal-id-type='publisher-id'>A</journal-id>", None),
        (
            "<abbrev-journal-title abbrev-type='iso-abbrev'>A</abbrev-journal-title>"
            "<abbrev-journal-title abbrev-type='pubmed'>B</abbrev-journal-title>",
            "B",
        ),
    ],
)
def test_the_abbreviation_of_a_journal(inner, abbreviation):
    assert journal(f"<journal-title-group/>{inner}")[0].abbreviation == abbreviation


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        ("12", "12"),
        ("¿NO?", None),
        ("[VOLUME]", None),
        ("XXX", None),
        ("xx", None),
        ("x", "x"),
        ("TBA", None),
        ("N/A", None),
        ("the journal’s title", None),
        ("The Journal", "The Journal"),
        ("Page 12", "Page 12"),
        ("Number", None),
    ],
)
def test_a_placeholder_of_a_template_is_not_a_value(value, kept):
    notes = Notes()
    assert unless_field_name(value, "volume", notes) == kept
    assert [(finding.code, finding.value) for finding in notes.findings] == (
        [] if kept == value else [("placeholder-value", value)]
    )


def test_a_journal_without_metadata():
    reading = read_xml("<article><front><article-meta/></front></article>")
    found = article_of(reading).journal
    assert (found.titles, found.issns, found.publisher, codes(reading)) == ((), (), None, [])
