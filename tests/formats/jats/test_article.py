"""Whole articles. The expected article and findings of each fixture are in the JSON file next to it."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from harvester.findings import kinds
from harvester.model import from_json, to_json
from tests.formats.jats.reading import article_of, codes, read_meta, read_xml

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.xml"))


def document(reading) -> dict[str, object]:
    findings = [msgspec.to_builtins(finding) for finding in reading.findings]
    return {"article": json.loads(to_json(article_of(reading))), "findings": findings}


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.stem)
def test_a_fixture_gives_the_expected_article_and_findings(fixture):
    expected = json.loads(fixture.with_suffix(".json").read_text(encoding="utf-8"))
    assert document(read_xml(fixture.read_text(encoding="utf-8"))) == expected


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.stem)
def test_every_finding_is_a_known_kind(fixture):
    reading = read_xml(fixture.read_text(encoding="utf-8"))
    assert set(codes(reading)) <= set(kinds())
    assert from_json(to_json(article_of(reading))) == reading.article


def test_reading_twice_gives_the_same_result():
    xml = FIXTURES[0].read_text(encoding="utf-8")
    assert read_xml(xml) == read_xml(xml)


def test_an_article_without_front_matter_is_reported():
    reading = read_xml("<article><body><p>Text.</p></body></article>")
    assert (reading.article, codes(reading)) == (None, ["article-meta-missing"])


@pytest.mark.parametrize("xml", ["<article/>", "<article><front/></article>", "<x/>", "<front><article-meta/></front>"])
def test_any_element_gives_an_article_or_a_finding(xml):
    reading = read_xml(xml)
    assert (reading.article is None) == (codes(reading) == ["article-meta-missing"])


OWN_DOI = "<front-stub><article-id pub-id-type='doi'>{}</article-id></front-stub>"
REPORT = f"<sub-article article-type='{{}}'>{OWN_DOI}</sub-article>"
SUB_ARTICLES = [
    (REPORT.format("reviewer-report", "10.5555/a.r1"), [("hasReview", "10.5555/a.r1")], []),
    (REPORT.format("Referee-Report", "10.5555/a.r1"), [("hasReview", "10.5555/a.r1")], []),
    (REPORT.format("peer-review", "10.5555/a.r1"), [("hasReview", "10.5555/a.r1")], []),
    (REPORT.format("translation", "10.5555/a.pt"), [("hasTranslation", "10.5555/a.pt")], []),
    (REPORT.format("reply", "10.5555/a.r2"), [], ["relation-unmapped"]),
    (REPORT.format("", "10.5555/a.r2"), [], ["relation-unmapped"]),
    # Without a DOI of its own, there is nothing to relate to.
    (REPORT.format("reviewer-report", "10.5555/A"), [], []),
    ("<sub-article article-type='reviewer-report'><front-stub/></sub-article>", [], []),
]


@pytest.mark.parametrize(("inner", "related", "expected_codes"), SUB_ARTICLES)
def test_sub_articles_with_a_doi_of_their_own(inner, related, expected_codes):
    reading = read_meta("<article-id pub-id-type='doi'>10.5555/a</article-id>", rest=inner)
    relations = article_of(reading).relations
    assert ([(each.kind, each.target) for each in relations], codes(reading)) == (related, expected_codes)


DOIS = [
    ('<article-id pub-id-type="doi">10.5555/A(b)</article-id>', "10.5555/A(b)", []),
    ('<article-id pub-id-type="DOI"> http://dx.doi.org/10.5555/a </article-id>', "10.5555/a", []),
    ('<article-id pub-id-type="doi"/>', None, []),
    ('<article-id pub-id-type="doi">11022/0000-0000-1F0B-3</article-id>', None, ["doi-invalid"]),
    ("<article-id>10.5555/a</article-id>", None, ["doi-candidate-only"]),
    (
        '<article-id pub-id-type="doi">10.5555/a</article-id><article-id pub-id-type="doi">10.5555/A</article-id>',
        "10.5555/a",
        [],
    ),
    (
        '<article-id pub-id-type="doi">10.5555/a</article-id><article-id pub-id-type="doi">10.5555/b</article-id>',
        None,
        ["doi-ambiguous"],
    ),
    (
        '<article-id pub-id-type="doi">10.5555/a</article-id>'
        '<article-id pub-id-type="doi" specific-use="version">10.5555/a.2</article-id>',
        "10.5555/a",
        ["doi-candidate-only"],
    ),
]


@pytest.mark.parametrize(("inner", "doi", "expected_codes"), DOIS)
def test_only_an_unambiguous_doi_is_used(inner, doi, expected_codes):
    reading = read_meta(inner)
    assert (article_of(reading).doi, codes(reading)) == (doi, expected_codes)


def test_provenance_names_the_elements():
    reading = read_meta(
        '<article-id pub-id-type="doi">10.5555/a</article-id>'
        "<title-group><article-title>T</article-title></title-group>"
    )
    assert article_of(reading).provenance == {
        "doi": "article-id",
        "language": "article@xml:lang",
        "titles[0]": "article-title",
    }
