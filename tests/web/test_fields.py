"""The fields of an article, each with its origin and its doubts."""

from __future__ import annotations

from harvester.checking.worded import worded_finding
from harvester.findings import SEVERITIES
from harvester.model import Finding, License, PubDate
from harvester.reports import RecordFinding
from harvester.store import FindingRow
from harvester.web.fields import fields
from tests.store.samples import article, finding


def worded(code: str, path: str) -> RecordFinding:
    return worded_finding(FindingRow("wetlands", "oai:1", None, Finding(code, path)), {})


def test_each_value_is_in_words_with_its_origin():
    rows = {row.name: row for row in fields(article(1, provenance={"doi": "dc:identifier", "titles": "dc:title"}), ())}
    assert (rows["DOI"].value, rows["DOI"].origin) == ("10.5555/Reeds.1", "dc:identifier")
    assert (rows["Title 1"].value, rows["Title 1"].lang) == ("Growth of Phragmites, Reeds of the delta", "en")
    assert rows["Title 1"].origin == "dc:title"  # that of all titles
    assert rows["Contributor 1"].value == (
        "Áine Ó Briain; https://orcid.org/0000-0002-1825-0097; Bog Institute; Fen College"
    )
    assert rows["Contributor 2"].value == "Delta Survey Group; editor"
    assert rows["Date 2"].value == "2023-12, online"
    assert rows["References"].value == "2: Moss, A. Fens. 1999. · r2"
    assert rows["ISSN 1"].value == "2049-3630, electronic"
    assert rows["Volume"].origin == "oai_dc"  # the format of the article


def test_doubtful_fields_come_first_and_the_gravest_at_the_top():
    doubts = (
        worded("license-unclear", "licenses"),
        worded(finding("error").code, "contributors[0].orcid"),
        worded("abstract-empty", "abstracts[0]"),
    )
    rows = fields(article(1), doubts)
    severities = [row.doubts[0].severity if row.doubts else "none" for row in rows]
    assert severities == sorted(severities, key=[*SEVERITIES, "none"].index)
    assert {row.name for row in rows if row.doubts} == {"Contributor 1", "Licenses", "Abstracts"}


def test_doubt_about_an_absent_field_has_a_row_without_a_value():
    (row, *_) = fields(article(1, doi=None), (worded("doi-missing", "doi"),))
    assert (row.name, row.value, row.doubts[0].code) == ("DOI", None, "doi-missing")


def test_doubt_about_a_list_is_at_its_first_value():
    rows = fields(article(1, licenses=(License(url="https://x.example"),)), (worded("license-unclear", "licenses"),))
    assert (rows[0].name, rows[0].value) == ("License 1", "https://x.example")


def test_doubt_about_the_record_and_about_no_article():
    rows = fields(None, (worded("payload-unreadable", ""),))
    assert [(row.name, row.value) for row in rows] == [("The record", None)]
    assert fields(None, ()) == []


def test_every_finding_is_in_the_table():
    doubts = tuple(worded("doi-missing", path) for path in ("doi", "references[7].text", "journal.issns[3]", "x.y[1]"))
    shown = [doubt for row in fields(article(1, accepted=PubDate(year=2024)), doubts) for doubt in row.doubts]
    assert sorted(doubt.path for doubt in shown) == sorted(doubt.path for doubt in doubts)
