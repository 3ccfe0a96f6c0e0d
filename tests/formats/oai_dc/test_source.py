"""The journal, and the place of the article in it."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.oai_dc.source import Place, place
from harvester.formats.pages import Pages
from harvester.model import Hints, Issn, JournalFacts, LangText, PubDate
from tests.formats.oai_dc.reading import codes, fields, read


def test_the_configuration_gives_the_medium_of_an_issn():
    facts = JournalFacts(title="Tide Letters", issn_print="2049-3630", issn_electronic="1234-5679")
    pairs = (("source", "1234-5679"), ("source", "2049-3630"))
    article, _ = read(*pairs, journals={"2049-3630": facts, "1234-5679": facts})
    assert article.journal.issns == (Issn("1234-5679", "electronic"), Issn("2049-3630", "print"))
    assert read(*pairs)[0].journal.issns == (Issn("1234-5679"), Issn("2049-3630"))


def test_configured_labels_and_title_of_a_journal():
    facts = JournalFacts(title="Tide Letters", volume_labels=("Jahrgang",), issue_labels=("Heft",))
    pairs = (("source", "2049-3630"), ("source", "Tide Letters; Jahrgang 3 Heft 2 (2013); 1-5"))
    article, findings = read(*pairs, journals={"2049-3630": facts})
    assert (article.volume, article.issue, article.last_page, findings) == ("3", "2", "5", [])
    assert read(*pairs)[1] == ["citation-unparsed"]
    pairs = (("source", "2049-3630"), ("source", "Tide Letters; Festschrift; 1-5"))
    assert read(*pairs, journals={"2049-3630": facts})[0].issue_title == "Festschrift"


@pytest.mark.parametrize(("year", "found", "codes"), [("2013", 2013, []), ("0213", None, ["date-invalid"])])
def test_the_year_of_a_citation_is_the_year_of_the_issue(year, found, codes):
    article, findings = read(("source", f"Tide Letters; Vol 3, No 2 ({year}); 1-5"), ("date", "2012-12-20"))
    assert (article.issue_year, article.volume, findings) == (found, "3", codes)
    assert article.dates == (PubDate(year=2012, month=12, day=20),)


def test_a_configured_title_alone_is_the_journal():
    journals = {"2049-3630": JournalFacts(title="Tide Letters", issn_electronic="2049-3630")}
    article, findings = read(("source", "Tide Letters"), journals=journals)
    assert ([title.text for title in article.journal.titles], article.volume, findings) == (
        [("Tide Letters",)],
        None,
        [],
    )
    assert read(("source", "Tide Letters B"), journals=journals)[1] == ["citation-unparsed"]


def test_a_range_of_years_is_an_issn_only_if_configured():
    assert read(("source", "1940-1949"))[0].journal.issns == ()
    journals = {"1940-1949": JournalFacts(issn_print="1940-1949")}
    assert read(("source", "1940-1949"), journals=journals)[0].journal.issns == (Issn("1940-1949", "print"),)


@pytest.mark.parametrize(
    ("profile", "element", "value", "volume"),
    [
        ("erudit", "relation", "Revue d’exemple ; vol. 68 no. 3-4 (2015)", "68"),
        ("scielo", "source", "Revista de Exemplo v.29 n.3 1998", "29"),
        ("zenodo", "source", "Annals: 29 (1975) no. 4, pp. 750-762", "29"),
        ("hal", "source", "Annals, 2012, 43 (324), pp.64-68", "43"),
        (
            "eprints",
            "identifier",
            "Doe, J. (2014) On the habits of mills. Annals, 28 (15). pp. 1-8. ISSN 2049-3630",
            "28",
        ),
        ("dspace", "identifier", "Annals, 94(1) : 183-201.", "94"),
        ("arxiv", "identifier", "J. Exam. 102, 055501 (2009)", "102"),
        ("none", "source", "J; Vol 1 No 2 (2019)", None),
    ],
)
def test_the_citation_profile_names_element_and_form(profile, element, value, volume):
    article, findings = read(("title", "On the habits of mills"), (element, value), citation_profile=profile)
    assert article.volume == volume
    assert findings == []
    if volume:
        assert article.provenance["volume"] == f"dc:{element}"


def placed(*rows, language=None, titles=(), **hints):
    """The place from the rows, the codes of the findings, and the provenance."""
    notes = Notes()
    found = place(fields(*rows), language, titles, Hints(**hints), notes)
    return found, codes(notes), notes.provenance


CITATION = "Tide Letters; Vol 3, No 2 (2013); 1-5"


def test_a_citation_gives_all_parts_of_the_place():
    found, findings, provenance = placed(
        ("source", CITATION), ("source", "ISSN: 2049-3630"), ("publisher", "Tide <b>Press</b>")
    )
    assert found.journal.titles == (LangText(("Tide Letters",)),)
    assert (found.journal.issns, found.journal.publisher) == ((Issn("2049-3630"),), "Tide Press")
    assert (found.volume, found.issue, found.issue_year, found.pages) == ("3", "2", 2013, Pages("1", "5"))
    assert findings == []
    assert provenance == dict.fromkeys(("volume", "issue", "issue_year", "first_page"), "dc:source")


def test_citations_in_two_languages_agree_on_the_place():
    russian = "Письма о приливах; Том 3, № 2 (2013); 1-5"
    rows = [("source", russian, "ru"), ("source", CITATION, "en")]
    found, findings, _ = placed(*rows, language="en")
    assert [(title.text, title.lang) for title in found.journal.titles] == [
        (("Tide Letters",), "en"),
        (("Письма о приливах",), "ru"),
    ]
    assert (found.volume, findings) == ("3", [])


def test_parts_on_which_citations_disagree_are_left_out():
    found, findings, provenance = placed(("source", CITATION), ("source", CITATION.replace("Vol 3", "Vol 4")))
    assert (found.volume, found.issue, findings) == (None, "2", ["citation-conflict"])
    assert "volume" not in provenance


def test_the_elements_of_janeway():
    rows = [("journalTitle", "Tide Letters"), ("volume", "3"), ("issue", "2"), ("format.extent", "1-5")]
    found, findings, provenance = placed(*rows)
    assert found.journal.titles == (LangText(("Tide Letters",)),)
    assert (found.volume, found.issue, found.pages, findings) == ("3", "2", Pages("1", "5"), [])
    assert provenance == {"volume": "dc:volume", "issue": "dc:issue", "first_page": "dc:format.extent"}
    assert placed(("format.extent", "five pages"))[1] == ["pages-unparsed"]


ISSNS = [
    ([("source", "2049-3630")], [("2049-3630", None)], []),
    ([("source", "2049–3630")], [("2049-3630", None)], []),
    ([("source", "EISSN: 2049-3630")], [("2049-3630", "electronic")], []),
    ([("identifier", "urn:issn:2049-3630")], [("2049-3630", None)], []),
    ([("relation", "info:eu-repo/semantics/altIdentifier/issn/2049-3630")], [("2049-3630", None)], []),
    ([("relation", "2049-3630")], [], []),  # the ISSN of a related work
    ([("source", "2049-3631")], [], ["issn-invalid"]),
    ([("source", "ISSN none")], [], []),
    ([("source", "2049-3630"), ("identifier", "ISSN 2049-3630")], [("2049-3630", None)], []),
]


@pytest.mark.parametrize(("rows", "issns", "found"), ISSNS)
def test_the_issns_of_a_journal(rows, issns, found):
    where, findings, _ = placed(*rows)
    assert ([(issn.value, issn.medium) for issn in where.journal.issns], findings) == (issns, found)


@pytest.mark.parametrize("value", ["https://journal.example/7", "10.5555/a", "urn:nbn:de:1", "ISBN 978-0-306-40615-7"])
def test_other_values_are_not_read_as_citations(value):
    assert placed(("source", value))[:2] == (Place(), [])


def test_the_publisher_in_the_articles_language():
    rows = [("publisher", "Издательство", "ru"), ("publisher", "Tide Press", "en")]
    assert placed(*rows, language="en")[0].journal.publisher == "Tide Press"
    assert placed(*rows)[0].journal.publisher == "Издательство"


AHEAD = [
    ("Vol. 5 No. Ahead of Print (2021); 1-12", ("5", None, None, "1"), ["issue-ahead-of-print"]),
    ("Vol. 5 No. 2 (2021): Online First; 1-12", ("5", "2", None, "1"), ["issue-ahead-of-print"]),
    ("Ahead of Print; 1-12", (None, None, None, "1"), ["issue-ahead-of-print"]),
    ("Vol. 00 No. 00 (2021); 00-00", (None, None, None, None), ["issue-ahead-of-print"] * 4),
    ("Vol. None No. None (2021); 1-12", (None, None, None, "1"), ["placeholder-value"] * 2),
    ("Vol. 0 No. 0 (2021); 1-12", ("0", "0", None, "1"), []),
    ("Vol. 5 No. Special Issue (2021); 1-12", ("5", "Special Issue", None, "1"), []),
    ("Vol. 5 No. 2 (2021); 1-10; e0012", (None, None, None, None), ["citation-unparsed"]),
]


@pytest.mark.parametrize(("rest", "expected", "found"), AHEAD)
def test_an_article_that_is_in_no_issue_yet(rest, expected, found):
    facts = JournalFacts(title="Tide Letters", issn_print="2049-3630")
    article, findings = read(
        ("source", "2049-3630"), ("source", f"Tide Letters; {rest}"), journals={"2049-3630": facts}
    )
    assert (article.volume, article.issue, article.issue_title, article.first_page) == expected
    assert findings == found
