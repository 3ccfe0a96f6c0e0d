"""Publication dates by medium, and the year of the issue."""

from __future__ import annotations

import pytest

from harvester.formats.jats.dates import DateKind, accepted, date_kind, read_date
from harvester.formats.jats.tree import grouped
from harvester.formats.notes import Notes
from harvester.model import PubDate
from tests.formats.jats.reading import article_of, codes, element, meta, read_meta

ONLINE_2020 = PubDate(year=2020, medium="online")
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
    ("pub-type='pmc-release'", "<year>2020</year>", None, ["pub-date-kind-unknown"]),
    ("date-type='published-online'", "<year>2020</year>", PubDate(year=2020, medium="online"), []),
    ("date-type='original-publication'", "<year>2020</year>", PubDate(year=2020), ["pub-date-untyped"]),
    ("date-type='original-publication' publication-format='web'", "<year>2020</year>", ONLINE_2020, []),
    ("date-type='version-of-record' publication-format='online'", "<year>2020</year>", ONLINE_2020, []),
    ("pub-type='publication-year'", "<year>2020</year>", PubDate(year=2020), ["pub-date-untyped"]),
    ("pub-type='print'", "<year>2020</year>", PubDate(year=2020, medium="print"), []),
    ("date-type='Fecha de publicación en línea'", "<year>2020</year>", ONLINE_2020, []),
    ("date-type='epub-ahead-of-print'", "<year>2020</year>", ONLINE_2020, []),
    ("date-type='available-online'", "<year>2020</year>", ONLINE_2020, []),
    ("date-type='available'", "<year>2020</year>", None, ["pub-date-kind-unknown"]),
    ("date-type='veröffentlicht'", "<year>2020</year>", PubDate(year=2020), ["pub-date-untyped"]),
    *(
        (f"date-type='{kind}'", "<year>2020</year>", None, ["pub-date-kind-unknown"])
        for kind in (
            "received",
            "retracted",
            "pre-publication",
            "publication-retracted",
            "original",
            "preprint",
            "year",
        )
    ),
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


KINDS = [
    ("pub-type='epub'", DateKind(("online",))),
    ("pub-type='epub-ppub'", DateKind(("online", "print"))),
    ("pub-type='pub' publication-format='online-only'", DateKind(("online",))),
    ("date-type='publication' publication-format='paper'", DateKind(("print",))),
    ("publication-format='clay'", DateKind((None,), untyped=True)),
    ("date-type='issue-pub'", DateKind(of_issue=True)),
    ("date-type='received'", DateKind()),
    ("pub-type='epub' date-type='collection'", DateKind(("online",))),
]


@pytest.mark.parametrize(("attributes", "kind"), KINDS)
def test_the_kind_of_a_date(attributes, kind):
    (date,) = element(f"<pub-date {attributes}/>")
    assert date_kind(date) == kind


PARTS = [
    ("<year>2020</year><month>2</month><day>29</day>", PubDate(year=2020, month=2, day=29), None),
    ("<year>2021</year><month>2</month><day>29</day>", PubDate(year=2021, month=2), "2021 2 29"),
    ("<year>2021</year><month>2</month><day>٣</day>", PubDate(year=2021, month=2), "2021 2 ٣"),
    ("<year>2021</year><season>Spring</season><day>2</day>", PubDate(year=2021, month=21), "2021 Spring 2"),
    ("<year>2021</year><month>Smarch</month><day>2</day>", PubDate(year=2021), "2021 Smarch 2"),
    ("<year>1401</year>", None, "1401"),
    ("<year>1450</year>", None, "1450"),
    ("<year>1451</year>", PubDate(year=1451), None),
    ("<year>1665</year>", PubDate(year=1665), None),
    ("<year>2200</year>", PubDate(year=2200), None),
    ("<year>2201</year>", None, "2201"),
    ("<year>2020a</year>", None, "2020a"),
    ("2020-02-03", PubDate(year=2020, month=2, day=3), None),
    ("in spring", None, "in spring"),
]


@pytest.mark.parametrize(("inner", "date", "shown"), PARTS)
def test_an_invalid_part_of_a_date_is_dropped_and_reported(inner, date, shown):
    notes = Notes()
    assert read_date(element(inner, "date"), "dates[0]", notes) == date
    assert [(finding.code, finding.value) for finding in notes.findings] == ([("date-invalid", shown)] if shown else [])


def test_the_date_of_acceptance_comes_from_the_history():
    day = "<year>2020</year><month>2</month><day>3</day>"
    for holder in ("history", "pub-history"):
        history = f"<{holder}><date date-type='received'>{day}</date><date date-type='Accepted'>{day}</date></{holder}>"
        assert accepted(grouped(element(history)), Notes()) == PubDate(year=2020, month=2, day=3)
    assert accepted(grouped(element(f"<date date-type='accepted'>{day}</date>")), Notes()) is None


def test_a_more_exact_version_of_the_same_date_is_not_a_conflict():
    year, day = "<year>2020</year>", "<year>2020</year><month>5</month><day>6</day>"
    for first, second in ((year, day), (day, year)):
        dates = f"<pub-date pub-type='epub'>{first}</pub-date><pub-date pub-type='epub'>{second}</pub-date>"
        reading = read_meta(dates)
        assert article_of(reading).dates == (PubDate(year=2020, month=5, day=6, medium="online"),)
        assert codes(reading) == []


def test_one_date_for_both_media():
    dates = meta("<pub-date pub-type='epub-ppub'><year>2020</year></pub-date>").dates
    assert dates == (PubDate(year=2020, medium="online"), PubDate(year=2020, medium="print"))


CALENDARS = [
    ("calendar='Jalali'", "<day>5</day><month>2</month><year>1401</year>", None, ["5 2 1401 (Jalali)"]),
    ("calendar='Ethiopian'", "<year>2012</year>", None, ["2012 (Ethiopian)"]),
    ("calendar='islamic' iso-8601-date='1443-09-24'", "<year>1443</year>", None, ["1443 (islamic)"]),
    ("calendar='islamic' iso-8601-date='2022-04-25'", "<year>1443</year>", PubDate(year=2022, month=4, day=25), []),
    ("", "<year calendar='Saka'>1943</year>", None, ["1943"]),
    ("", "<era>Heisei</era><year>2001</year>", None, ["Heisei 2001"]),
    ("calendar='Gregorian'", "<year>2012</year>", PubDate(year=2012), []),
    ("calendar='grégorien'", "<era>CE</era><year>2012</year>", PubDate(year=2012), []),
]


@pytest.mark.parametrize(("attributes", "inner", "date", "shown"), CALENDARS)
def test_a_date_of_another_calendar_is_never_read_as_ours(attributes, inner, date, shown):
    notes = Notes()
    (found,) = element(f"<pub-date {attributes}>{inner}</pub-date>")
    assert read_date(found, "dates[0]", notes) == date
    assert [finding.value for finding in notes.findings] == shown


def test_a_known_type_is_preferred_to_words():
    known = "<pub-date pub-type='epub'><year>2020</year></pub-date>"
    year = "<pub-date pub-type='publication-year'><year>2021</year></pub-date>"
    printed = "<pub-date pub-type='print'><year>2021</year></pub-date>"
    reading = read_meta(year + printed + known)
    assert article_of(reading).dates == (ONLINE_2020, PubDate(year=2021, medium="print"))
    assert codes(reading) == []


def test_every_date_is_named_if_the_article_has_no_other():
    dates = "<pub-date date-type='archived'><month>3</month><year>2022</year></pub-date>"
    reading = read_meta(dates + "<pub-date pub-type='pmc-release'><year>2023</year></pub-date>")
    assert [finding.value for finding in reading.findings] == ["archived 3 2022; pmc-release 2023"]
