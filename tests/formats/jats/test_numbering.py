"""Volume, issue and pages as the source writes them."""

from __future__ import annotations

import pytest

from tests.formats.jats.reading import article_of, codes, meta, read_meta

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
    ("<fpage>12-15</fpage>", ("12", "15", None)),
    ("<fpage>12-15</fpage><lpage>15</lpage>", ("12", "15", None)),
    ("<fpage>345</fpage><lpage>52</lpage>", ("345", "52", None)),
    ("<fpage>12-15</fpage><lpage>12-15</lpage>", ("12", "15", None)),
    ("<fpage>12</fpage><lpage>12-15</lpage>", ("12", "15", None)),
    ("<fpage>pp. 12–15</fpage>", ("12", "15", None)),
    ("<fpage>3-12</fpage><lpage>3-15</lpage>", ("3-12", "3-15", None)),
    ("<fpage>A-12</fpage>", ("A-12", None, None)),
    ("<fpage>1</fpage><lpage>714</lpage><page-range>i-x, 1-714</page-range>", ("i", "x", "1-714")),
    ("<fpage>1</fpage><lpage>714</lpage><page-range>1–714; i–x</page-range>", ("1", "714", "i–x")),
    ("<fpage>100</fpage><lpage>410</lpage><page-range>100-120, 410</page-range>", ("100", "120", "410")),
    ("<fpage>12</fpage><page-range>12-20</page-range>", ("12", "20", None)),
    ("<fpage>12</fpage><lpage>20</lpage><page-range>12-20</page-range>", ("12", "20", None)),
    ("<fpage>12</fpage><lpage>20</lpage><page-range>12–20, 31–33</page-range>", ("12", "20", "31–33")),
    ("<fpage>5</fpage><page-range>10-20</page-range>", ("5", None, None)),
]


@pytest.mark.parametrize(("inner", "expected"), PAGES)
def test_pages_are_used_as_written(inner, expected):
    article = meta(inner)
    assert (article.first_page, article.last_page, article.other_pages) == expected


MORE_NUMBERS = [
    ("<issue>00</issue>", None, ["issue-ahead-of-print"]),
    ("<issue>Online ahead of print</issue>", None, ["issue-ahead-of-print"]),
    ("<issue>In press</issue>", None, ["issue-ahead-of-print"]),
    ("<issue>0</issue>", "0", []),
    ("<issue>Ahead of time</issue>", "Ahead of time", []),
    ("<issue>3</issue><issue-part>A</issue-part>", "3 A", []),
    ("<issue/><issue>3</issue>", "3", []),
]


@pytest.mark.parametrize(("inner", "number", "found"), MORE_NUMBERS)
def test_ahead_of_print_is_not_an_issue(inner, number, found):
    reading = read_meta(inner)
    assert (article_of(reading).issue, codes(reading)) == (number, found)


def test_the_title_of_an_issue():
    assert meta("<issue-title>Reeds in winter</issue-title>").issue_title == "Reeds in winter"
    assert meta("<issue-title>tbd</issue-title>").issue_title is None


def test_values_outside_the_group_are_preferred():
    inner = "<volume>8</volume><volume-issue-group><volume>7</volume><issue>1</issue></volume-issue-group>"
    article = meta(inner)
    assert (article.volume, article.issue) == ("8", "1")


def test_article_number_and_pages_are_both_kept():
    article = meta("<elocation-id>e147</elocation-id><fpage>1</fpage><lpage>9</lpage>")
    assert (article.elocation_id, article.first_page, article.last_page) == ("e147", "1", "9")


TYPED = [
    ("<fpage>Article 5</fpage>", ["pages-unparsed"]),
    ("<fpage>12 p.</fpage>", ["pages-unparsed"]),
    ("<fpage>-</fpage>", ["placeholder-value"]),
    ("<lpage>see online</lpage>", ["pages-unparsed"]),
    ("<elocation-id>10.5555/reeds.31</elocation-id>", ["pages-unparsed"]),
    ("<elocation-id>https://doi.org/10.5555/reeds.31</elocation-id>", ["pages-unparsed"]),
    ("<fpage>00</fpage><lpage>00</lpage>", ["issue-ahead-of-print"] * 2),
]


@pytest.mark.parametrize(("inner", "found"), TYPED)
def test_what_is_not_a_page_is_left_out_and_reported(inner, found):
    reading = read_meta(inner)
    article = article_of(reading)
    assert (article.first_page, article.last_page, article.elocation_id) == (None, None, None)
    assert codes(reading) == found


def test_a_last_page_before_the_first_one_is_left_out_and_reported():
    reading = read_meta("<fpage>20</fpage><lpage>11</lpage>")
    assert (article_of(reading).first_page, article_of(reading).last_page) == ("20", None)
    assert [(finding.code, finding.path, finding.value) for finding in reading.findings] == [
        ("pages-unparsed", "last_page", "11")
    ]


def test_words_for_no_issue_are_left_out_of_volume_and_issue():
    reading = read_meta("<volume>Online First</volume><issue>Articles in press</issue>")
    assert (article_of(reading).volume, article_of(reading).issue) == (None, None)
    assert [(finding.code, finding.path) for finding in reading.findings] == [
        ("issue-ahead-of-print", "volume"),
        ("issue-ahead-of-print", "issue"),
    ]
