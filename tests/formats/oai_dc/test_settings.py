"""The effect of a source's configuration on the reader."""

from __future__ import annotations

from html import escape

import pytest

from harvester import formats
from harvester.model import AltName, Hints, Issn, JournalFacts, PubDate, RawRecord
from harvester.text import plain

DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def read(*pairs, identifier="oai:example:1", **hints):
    values = "".join(f"<dc:{name}>{escape(value)}</dc:{name}>" for name, value in pairs)
    payload = f"<record><metadata><oai_dc:dc {DC}>{values}</oai_dc:dc></metadata></record>".encode()
    reading = formats.read(RawRecord(identifier=identifier, datestamp="", payload=payload), Hints(**hints))
    assert reading.article is not None
    return reading.article, [finding.code for finding in reading.findings]


DATES = (("date", "2015-03-02T10:00:00Z"), ("date", "2015-03-03"), ("date", "2013-05"))


def test_the_last_date_of_dspace_is_the_date_of_issue():
    assert read(*DATES)[0].dates == ()
    article, findings = read(*DATES, date_profile="dspace")
    assert (article.dates, findings) == ((PubDate(year=2013, month=5),), [])


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


def test_configured_name_order_and_organisations():
    pairs = (("creator", "L. S. Timova"), ("creator", "Mill Society"))
    assert read(*pairs)[1] == ["name-order-unknown", "possible-organization"]
    article, findings = read(*pairs, name_order="given-first", organizations=("Mill Society",))
    assert [(person.surname, person.name) for person in article.contributors] == [
        ("Timova", None),
        (None, "Mill Society"),
    ]
    assert findings == []


def test_texts_are_repaired_only_if_configured():
    pairs = (("title", "An eff ective PÃ©rez"), ("description", "Diff erent mills."), ("subject", "specifi c mills"))
    article, findings = read(*pairs)
    assert plain(article.titles[0].text) == "An eff ective PÃ©rez"
    assert sorted(set(findings)) == ["encoding-suspect", "text-broken-ligature"]
    article, findings = read(*pairs, repairs=("ligatures",))
    assert plain(article.titles[0].text) == "An effective PÃ©rez"
    assert plain(article.abstracts[0].blocks[0].text) == "Different mills."
    assert article.keywords[0].text == "specific mills"
    assert sorted(set(findings)) == ["encoding-suspect", "text-repaired"]


def test_the_doi_in_the_oai_identifier_is_the_last_resort():
    article, _ = read(("title", "Mills"), identifier="doi:10.5555/tide.7")
    assert (article.doi, article.provenance["doi"]) == ("10.5555/tide.7", "header identifier")
    assert read(("identifier", "10.5555/own"), identifier="doi:10.5555/tide.7")[0].doi == "10.5555/own"
    assert read(("title", "Mills"), identifier="oai:example:article/7")[0].doi is None


def test_the_first_description_of_arxiv_is_the_abstract():
    pairs = (("description", "We show mills."), ("description", "Comment: 12 pages"))
    article, findings = read(*pairs, citation_profile="arxiv")
    assert (len(article.abstracts), findings) == (1, ["description-unused"])
    assert read(*pairs)[1] == ["abstract-ambiguous"]


def test_names_of_one_person_in_three_languages():
    creators = [("en", "Lapina, Vera"), ("ru", "Лапина, Вера"), ("de", "Lapina, Vera")]
    values = "".join(f'<dc:creator xml:lang="{lang}">{name}</dc:creator>' for lang, name in creators)
    payload = f"<oai_dc:dc {DC}>{values}</oai_dc:dc>".encode()
    reading = formats.read(RawRecord(identifier="x", datestamp="", payload=payload), Hints())
    assert reading.article is not None
    (author,) = reading.article.contributors
    assert author.surname == "Lapina"
    assert author.alt_names == (AltName(surname="Лапина", given="Вера", lang="ru"),)
