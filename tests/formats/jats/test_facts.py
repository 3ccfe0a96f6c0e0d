"""Dates, journal, numbers, links, licences, funding, relations."""

from __future__ import annotations

import pytest

from harvester.model import Funding, Hints, License, PubDate, Relation
from tests.formats.jats.reading import NAMESPACES, article_of, codes, meta, read_meta, read_xml

DATES = [
    (
        "pub-type='epub'",
        "<day>03</day><month>Feb.</month><year>2020</year>",
        PubDate(year=2020, month=2, day=3, medium="online"),
        [],
    ),
    ("date-type='pub' publication-format='electronic'", "<year>2020</year>", PubDate(year=2020, medium="online"), []),
    (
        "date-type='pub' publication-format='print'",
        "<month>7</month><year>2020</year>",
        PubDate(year=2020, month=7, medium="print"),
        [],
    ),
    ("pub-type='ppub'", "<season>Summer</season><year>2020</year>", PubDate(year=2020, month=22, medium="print"), []),
    (
        "pub-type='ppub'",
        "<season>Jan-Mar</season><year>2020</year>",
        PubDate(year=2020, medium="print"),
        ["date-invalid"],
    ),
    (
        "pub-type='epub'",
        "<day>31</day><month>2</month><year>2020</year>",
        PubDate(year=2020, month=2, medium="online"),
        ["date-invalid"],
    ),
    ("pub-type='epub'", "<day>3</day><year>2020</year>", PubDate(year=2020, medium="online"), ["date-invalid"]),
    ("pub-type='epub' iso-8601-date='2020-02-03'", "", PubDate(year=2020, month=2, day=3, medium="online"), []),
    ("pub-type='epub'", "<string-date><year>2020</year></string-date>", PubDate(year=2020, medium="online"), []),
    ("pub-type='epub'", "<year>20</year>", None, ["date-invalid"]),
    ("", "<year>2020</year>", PubDate(year=2020), ["pub-date-untyped"]),
    ("date-type='pub'", "<year>2020</year>", PubDate(year=2020), ["pub-date-untyped"]),
    ("pub-type='collection'", "<year>2020</year>", None, ["pub-date-collection-only"]),
    ("pub-type='pmc-release'", "<year>2020</year>", None, []),
]


@pytest.mark.parametrize(("attributes", "inner", "date", "expected_codes"), DATES)
def test_publication_dates(attributes, inner, date, expected_codes):
    reading = read_meta(f"<pub-date {attributes}>{inner}</pub-date>")
    assert article_of(reading).dates == ((date,) if date else ())
    assert codes(reading) == expected_codes


def test_a_more_exact_date_replaces_another_and_a_conflict_is_reported():
    year, month = "<year>2020</year>", "<month>5</month><year>2020</year>"
    dates = f"<pub-date pub-type='epub'>{year}</pub-date><pub-date pub-type='epub'>{month}</pub-date>"
    assert meta(dates).dates == (PubDate(year=2020, month=5, medium="online"),)
    assert codes(read_meta(dates + "<pub-date pub-type='epub'><year>2021</year></pub-date>")) == ["pub-date-conflict"]


@pytest.mark.parametrize("attributes", ["pub-type='collection'", "date-type='collection'", "pub-type='cover'"])
def test_the_year_of_the_issue_is_kept_apart_from_the_publication_date(attributes):
    online = "<pub-date pub-type='epub'><year>2025</year></pub-date>"
    reading = read_meta(f"{online}<pub-date {attributes}><season>Jan-Apr</season><year>2019</year></pub-date>")
    assert article_of(reading).issue_year == 2019
    assert article_of(reading).dates == (PubDate(year=2025, medium="online"),)
    assert (codes(reading), meta(online).issue_year) == ([], None)


def test_an_invalid_year_of_the_issue_is_reported():
    online = "<pub-date pub-type='epub'><year>2025</year></pub-date>"
    dates = f"{online}<pub-date pub-type='collection'><year>20</year></pub-date>"
    assert (meta(dates).issue_year, codes(read_meta(dates))) == (None, ["date-invalid"])


# ---------------------------------------------------------------------------------------------- journal


def journal(inner: str):
    xml = f"<article {NAMESPACES}><front><journal-meta>{inner}</journal-meta><article-meta/></front></article>"
    reading = read_xml(xml)
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


def test_an_issn_given_for_both_media_has_no_medium():
    both = "<issn pub-type='ppub'>2049-3630</issn><issn pub-type='epub'>2049-3630</issn>"
    assert [(issn.value, issn.medium) for issn in journal(both)[0].issns] == [("2049-3630", None)]


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


# ---------------------------------------------------------------------------------------------- numbers

NUMBERS = [
    ("<volume>4</volume><issue>2</issue>", ("4", "2"), []),
    ("<volume>¿VOL?</volume><issue>¿NO?</issue>", (None, None), ["placeholder-value"] * 2),
    ("<issue>ahead</issue>", (None, None), ["issue-ahead-of-print"]),
    ("<issue>3</issue><supplement>Suppl 2</supplement>", (None, "3 Suppl 2"), []),
    ("<volume>1</volume><supplement>2</supplement>", ("1", "Suppl. 2"), []),
    ("<volume-issue-group><volume>7</volume><issue>1</issue></volume-issue-group>", ("7", "1"), []),
]


@pytest.mark.parametrize(("inner", "expected", "expected_codes"), NUMBERS)
def test_volume_and_issue(inner, expected, expected_codes):
    reading = read_meta(inner)
    article = article_of(reading)
    assert ((article.volume, article.issue), codes(reading)) == (expected, expected_codes)


PAGES = [
    ("<fpage>e147</fpage>", ("e147", None, None)),
    ("<fpage>iii</fpage><lpage>ix</lpage>", ("iii", "ix", None)),
    ("<page-range>12–20</page-range>", ("12", "20", None)),
    ("<fpage>12</fpage><lpage>20</lpage><page-range>12-20, 31</page-range>", ("12", "20", "31")),
    ("<page-range>passim</page-range>", ("passim", None, None)),
]


@pytest.mark.parametrize(("inner", "expected"), PAGES)
def test_pages_are_used_as_written(inner, expected):
    article = meta(inner)
    assert (article.first_page, article.last_page, article.other_pages) == expected


# ------------------------------------------------------------------------------------------------ links


def uri(address: str, kind: str = "") -> str:
    content_type = f" content-type='{kind}'" if kind else ""
    return f"<self-uri xlink:href='{address}'{content_type}/>"


OJS = "https://j.example/index.php/j/article/view/"
LANDING = [
    (uri(f"{OJS}1/1") + uri(f"{OJS}1"), f"{OJS}1", []),
    (uri("https://doi.org/10.5555/a") + uri("https://j.example/a"), "https://j.example/a", []),
    (uri("https://j.example/a.pdf") + uri("https://j.example/x", "pdf"), None, []),
    (
        uri("https://j.example/full", "full_html") + uri("https://j.example/abs", "abstract"),
        "https://j.example/abs",
        [],
    ),
    (uri("https://a.example/1") + uri("https://b.example/1"), None, ["url-ambiguous"]),
    (uri("info:doi/10.5555/a"), None, []),
    ("<self-uri>https://j.example/text</self-uri>", "https://j.example/text", []),
    (uri("http://[bad"), None, []),
]


@pytest.mark.parametrize(("inner", "page", "expected_codes"), LANDING)
def test_landing_page(inner, page, expected_codes):
    reading = read_meta(inner)
    assert (article_of(reading).landing_page, codes(reading)) == (page, expected_codes)


def test_the_host_of_the_provider_decides_between_sites():
    inner = uri("https://a.example/1") + uri("https://b.example/1")
    assert meta(inner, hints=Hints(provider_host="b.example")).landing_page == "https://b.example/1"


def test_only_real_files_are_files():
    article = meta(uri("https://j.example/1.pdf") + uri(f"{OJS}1/1", "application/pdf") + uri("x.pdf", "pdf"))
    assert [(file.url, file.mime) for file in article.files] == [("https://j.example/1.pdf", "application/pdf")]


# --------------------------------------------------------------------------------------------- licences

BY = "https://creativecommons.org/licenses/by/4.0/"
ND = "https://creativecommons.org/licenses/by-nd/4.0/"
LICENSES = [
    (f"<license xlink:href='{BY}deed.es'/>", (License(url=BY),), []),
    ("<license xlink:href='https://press.example/terms'/>", (License(url="https://press.example/terms"),), []),
    (f"<license><ali:license_ref>{BY}</ali:license_ref></license>", (License(url=BY),), []),
    (
        f"<license><ali:license_ref applies_to='vor' start_date='2020-01-02'>{BY}</ali:license_ref>"
        f"<ali:license_ref specific-use='textmining'>{ND}</ali:license_ref></license>",
        (License(url=BY, applies_to="vor", start_date="2020-01-02"), License(url=ND, applies_to="tdm")),
        [],
    ),
    (
        f"<license><license-p>See <ext-link xlink:href='{BY}'>this</ext-link>.</license-p></license>",
        (License(url=BY),),
        [],
    ),
    (f"<license><license-p>Under {BY}.</license-p></license>", (License(url=BY),), []),
    (f"<copyright-statement>Under {BY}.</copyright-statement>", (License(url=BY),), []),
    ("<license><license-p>See https://press.example/help.</license-p></license>", (), []),
    (f"<license xlink:href='{BY}'/><license xlink:href='{ND}'/>", (), ["license-conflict"]),
    (f"<license xlink:href='{BY}'/><license xlink:href='{BY}'/>", (License(url=BY),), []),
]


@pytest.mark.parametrize(("inner", "expected", "expected_codes"), LICENSES)
def test_licenses(inner, expected, expected_codes):
    reading = read_meta(f"<permissions>{inner}</permissions>")
    assert (article_of(reading).licenses, codes(reading)) == (expected, expected_codes)


# ---------------------------------------------------------------------------------------------- funding

NSF = "https://doi.org/10.13039/100000001"
FUNDING = [
    (
        "<funding-source>Reed Fund</funding-source><award-id>R-1</award-id>",
        (Funding(funder="Reed Fund", awards=("R-1",)),),
    ),
    (
        "<funding-source><institution-wrap><institution>NSF</institution>"
        "<institution-id institution-id-type='FundRef'>10.13039/100000001</institution-id></institution-wrap>"
        "</funding-source>",
        (Funding(funder="NSF", funder_id=NSF),),
    ),
    (
        "<funding-source><named-content content-type='funder-name'>NSF</named-content>"
        f"<named-content content-type='funder-id'>{NSF}</named-content></funding-source>",
        (Funding(funder="NSF", funder_id=NSF),),
    ),
    (
        "<funding-source id='http://dx.doi.org/10.13039/100000001'>NSF</funding-source>",
        (Funding(funder="NSF", funder_id=NSF),),
    ),
    (
        "<funding-source><institution>R</institution><institution-id>https://ror.org/05dxps055</institution-id></funding-source>",
        (Funding(funder="R", ror="https://ror.org/05dxps055"),),
    ),
    ("<award-id>R-1</award-id><award-id/>", (Funding(awards=("R-1",)),)),
    # One award of two funders; then two awards in one group, each with its own funder.
    (
        "<funding-source>A</funding-source><funding-source>B</funding-source>"
        "<award-id>1</award-id><award-id>2</award-id>",
        (Funding(funder="A", awards=("1", "2")), Funding(funder="B", awards=("1", "2"))),
    ),
    (
        "<funding-source>A</funding-source><award-id>1</award-id><funding-source>B</funding-source><award-id>2</award-id>",
        (Funding(funder="A", awards=("1",)), Funding(funder="B", awards=("2",))),
    ),
    (
        "<award-id>1</award-id><funding-source>A</funding-source><award-id>2</award-id><funding-source>B</funding-source>",
        (Funding(funder="A", awards=("1",)), Funding(funder="B", awards=("2",))),
    ),
]


@pytest.mark.parametrize(("inner", "expected"), FUNDING)
def test_funding(inner, expected):
    assert meta(f"<funding-group><award-group>{inner}</award-group></funding-group>").funding == expected


def test_a_wrong_funder_identifier_is_reported():
    source = "<funding-source>N<institution-id>nonsense</institution-id></funding-source>"
    reading = read_meta(f"<funding-group><award-group>{source}</award-group></funding-group>")
    assert article_of(reading).funding == (Funding(funder="N"),)
    assert codes(reading) == ["funder-id-invalid"]


# -------------------------------------------------------------------------------------------- relations

RELATIONS = [
    ("preprint", "research-article", "hasPreprint", False),
    ("translated-article", "translation", "isTranslationOf", False),
    ("commentary-article", "article-commentary", "isCommentOn", False),
    ("corrected-article", "correction", "correction", True),
    ("corrected-article", "erratum", "erratum", True),
    ("corrected-article", None, "correction", True),
    ("retracted-article", "retraction", "retraction", True),
    ("retracted-article", "correction", "retraction", True),
    ("object-of-concern", "expression-of-concern", "expression_of_concern", True),
]


@pytest.mark.parametrize(("relation_type", "article_type", "kind", "update"), RELATIONS)
def test_relations(relation_type, article_type, kind, update):
    related = f"<related-article related-article-type='{relation_type}' ext-link-type='doi' xlink:href='10.5555/b'/>"
    attribute = f"article-type='{article_type}'" if article_type else ""
    xml = f"<article {NAMESPACES} {attribute}><front><article-meta>{related}</article-meta></front></article>"
    assert article_of(read_xml(xml)).relations == (Relation(kind=kind, target="10.5555/b", update=update),)


def test_a_notice_about_this_article_is_not_an_update_by_it():
    related = "<related-article related-article-type='retraction-forward' xlink:href='https://doi.org/10.5555/b'/>"
    reading = read_meta(related)
    assert (article_of(reading).relations, codes(reading)) == ((), ["relation-unmapped"])


def test_preprints_in_the_publication_history_are_relations():
    link = "<event><self-uri content-type='{}' xlink:href='https://doi.org/10.5555/{}'/></event>"
    inner = f"<pub-history>{link.format('preprint', 'pre')}{link.format('reviewed-preprint', 'pre.1')}</pub-history>"
    reading = read_meta(inner)
    assert article_of(reading).relations == (Relation(kind="hasPreprint", target="10.5555/pre"),)
    assert codes(reading) == ["relation-unmapped"]  # the reviewed preprint is not lost silently
