"""An article as JATS, as OJS writes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester import formats
from harvester.demo.jats import render
from harvester.demo.library import Article, Author, Citation, Funding, Issue, Journal, Related
from harvester.model import Hints, RawRecord, Relation
from harvester.text import plain
from tests.demo.pages import LANG, J, full, texts


def test_people_in_jats() -> None:
    page = full(502)
    assert texts(page, ".//j:contrib/j:name-alternatives/j:name/j:surname") == ["Marsh", "de Vries", "Ó Dálaigh"]
    assert [found.get("rid") for found in page.iterfind(".//j:contrib/j:xref", J)] == [
        "aff-1",
        "aff-2",
        "aff-3",
        "aff-4",
        "aff-1",
    ]
    assert texts(page, ".//j:aff[@id='aff-2']//j:institution-id") == ["https://ror.org/03yrm5c26"]
    assert texts(full(504), ".//j:suffix") == ["Jr.", "III"]
    assert texts(full(503), ".//j:collab") == ["Thermometer Calibration Group"]
    scripts = [found.get(LANG) for found in full(111).iterfind(".//j:contrib//j:name", J)]
    assert scripts == ["ru", "en"]


def test_texts_and_links_in_jats() -> None:
    assert full(501).find(".//j:article-title//m:math", J) is not None
    assert texts(full(502), ".//j:abstract/j:sec/j:title") == ["Background", "Methods", "Results", "Conclusions"]
    related = full(508).find(".//j:related-article", J)
    assert related is not None
    assert related.get("{http://www.w3.org/1999/xlink}href") == "10.5555/jsdcm.2023.1.2"
    assert texts(full(508), ".//j:elocation-id") == ["e200"]
    assert len(full(505).findall(".//j:ref", J)) == 120
    assert texts(full(502), ".//j:award-id") == ["DEMO-000907"]


ISSUE = Issue(modified=datetime(2024, 1, 1, tzinfo=UTC), articles=(), volume="1", number="2", year=2020)
JOURNAL = Journal(
    path="j",
    locales=("en",),
    title={"en": "Mills & Co", "ru": "Мельницы"},
    sections={"ART": {"en": "Articles"}},
    issn_print="2049-3630",
)


def read(article: Article):
    """The article as our own reader reads it."""
    record = RawRecord(identifier="oai:x:1", datestamp="2024-01-01", payload=render(JOURNAL, ISSUE, article))
    found = formats.read(record, Hints()).article
    assert found is not None
    return found


def test_rendered_article_can_be_read():
    article = Article(
        id=7,
        language="ru",
        title={"en": "On <italic>mills</italic>", "ru": "О мельницах"},
        subtitle={"en": "A study"},
        doi="10.5555/mills.7",
        authors=(
            Author(name={"en": "Doe, Jane, Jr.", "ru": "Доу, Джейн"}, orcid="0000-0002-1825-0097", corresponding=True),
            Author(group={"en": "Mill Society"}),
        ),
        abstract={"en": "## Aim\nTo see.", "ru": "Увидеть."},
        keywords={"en": ("mill", "flour")},
        pages="5–18",
        published="2020-02-03",
        licence="https://creativecommons.org/licenses/by/4.0",
        funding=(Funding(funder="Reed Fund", id="10.13039/100000001", awards=("R-1",)),),
        related=(Related("preprint", "10.5555/pre.7"),),
        references=("Berg A. Reeds. 2001.", Citation("book", ("Dahl, B.",), "2002", "Lakes", doi="10.5555/lakes")),
    )
    found = read(article)
    assert (found.doi, found.language, found.identifiers) == ("10.5555/mills.7", "ru", ("7",))
    assert [(plain(title.text), plain(title.subtitle), title.lang) for title in found.titles] == [
        ("О мельницах", "", "ru"),
        ("On mills", "A study", "en"),
    ]
    person, group = found.contributors
    assert (person.surname, person.given, person.corresponding) == ("Доу", "Джейн", True)
    assert [(name.surname, name.suffix) for name in person.alt_names] == [("Doe", "Jr.")]
    assert (person.orcid, group.name) == ("https://orcid.org/0000-0002-1825-0097", "Mill Society")
    assert [abstract.lang for abstract in found.abstracts] == ["ru", "en"]
    assert [keyword.text for keyword in found.keywords] == ["mill", "flour"]
    assert (found.volume, found.issue, found.issue_year, found.first_page, found.last_page) == (
        "1",
        "2",
        2020,
        "5",
        "18",
    )
    assert [(date.year, date.month, date.day) for date in found.dates] == [(2020, 2, 3)]
    assert [license.url for license in found.licenses] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert [(one.funder, one.funder_id, one.awards) for one in found.funding] == [
        ("Reed Fund", "https://doi.org/10.13039/100000001", ("R-1",))
    ]
    assert found.relations == (Relation(kind="hasPreprint", target="10.5555/pre.7"),)
    assert [(one.key, one.text, one.doi) for one in found.references] == [
        ("R1", "Berg A. Reeds. 2001.", None),
        ("R2", "Dahl B. 2002. Lakes. doi:10.5555/lakes", "10.5555/lakes"),
    ]
    assert [plain(title.text) for title in found.journal.titles] == ["Mills & Co", "Мельницы"]


def test_article_with_few_values_can_be_read():
    found = read(Article(id=7, language="en", landing_page=False))
    assert (found.titles, found.doi, found.contributors, found.references) == ((), None, (), ())
    assert (found.landing_page, found.identifiers, found.dates) == (None, (), ())


@pytest.mark.parametrize(("medium", "expected"), [("epub", "online"), ("ppub", "print")])
def test_medium_of_the_date(medium, expected):
    (date,) = read(Article(id=7, language="en", published="2020", medium=medium)).dates
    assert date.medium == expected


def test_landing_page_and_file_of_an_article():
    found = read(Article(id=7, language="en", galley=9))
    page = "https://journals.example.org/index.php/j/article"
    assert found.landing_page == f"{page}/view/7"
    assert [(file.url, file.mime) for file in found.files] == [(f"{page}/download/7/9", "application/pdf")]
