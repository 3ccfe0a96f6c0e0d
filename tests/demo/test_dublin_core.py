"""An article as Dublin Core, as OJS writes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree
from msgspec import structs

from harvester.demo.dublin_core import citation, render
from harvester.demo.library import Article, Author, Issue, Journal
from tests.demo.pages import core, values


def test_dublin_core_as_ojs_34_writes_it() -> None:
    page = core(112)
    assert values(page, "title") == [
        ("ru", "Масштаб и мера: как землемеры XVIII века считали вёрсты"),
        ("en", "Scale and measure: how eighteenth-century surveyors counted versts"),
    ]
    assert values(page, "creator") == [
        ("ru", "Громов, Пётр Сергеевич"),
        ("ru", "Аль-Рашид, Мариам"),
        ("en", "Gromov, Pyotr S."),
        ("en", "Al-Rashid, Mariam"),
    ]
    assert "p &lt; 0,05" in values(page, "description")[0][1]  # escaped twice
    assert values(page, "source") == [
        ("ru", "Вестник истории чертежа и карты; Том 5 № 1 (2022); 19–33"),
        ("en", "Bulletin of the History of Plans and Maps; Vol. 5 No. 1 (2022); 19–33"),
        (None, "0000-0027"),
        (None, "0000-0019"),
    ]
    assert values(page, "identifier") == [
        (None, "https://journals.example.org/index.php/vick/article/view/112"),
        (None, "10.5555/vick.2022.1.3"),
    ]
    assert values(page, "language") == [(None, "rus")]
    assert values(page, "rights")[1] == ("ru", "https://creativecommons.org/licenses/by/4.0")


def test_dublin_core_as_ojs_33_writes_it() -> None:
    page = core(24, "archive")
    assert values(page, "creator") == [(None, "von der Heide, Karl-Otto")]
    assert values(page, "source")[0] == (
        "de-DE",
        "Zeitschrift für Gartenkunde und Wetterbeobachtung; Bd. 10 Nr. 1 (2017): Hecken; Zäune; Mauern; 1–16",
    )
    assert values(page, "language") == [(None, "ger")]
    assert values(core(41, "archive"), "source")[0] == ("en-US", "Harbour Society Papers; No. 41 (2015); 3–19")


def test_article_in_a_right_to_left_script() -> None:
    page = core(701)
    assert values(page, "source")[0] == ("ar", "مجلة دراسات الورق والحبر; عدد 7 (2022); 7–24")
    assert values(page, "creator")[0] == ("ar", "الحسيني, ليلى")


ISSUE = Issue(modified=datetime(2024, 1, 1, tzinfo=UTC), articles=())
ARTICLE = Article(id=7, language="en", pages="5–18")
JOURNAL = Journal(path="j", locales=("en", "ru"), title={"en": "Mills"}, sections={"ART": {"en": "Articles"}})


@pytest.mark.parametrize(
    ("lang", "issue", "expected"),
    [
        ("en", {"volume": "1", "number": "2", "year": 2020}, "J; Vol. 1 No. 2 (2020); 5–18"),
        ("ru", {"volume": "1", "number": "2", "year": 2020}, "J; Том 1 № 2 (2020); 5–18"),
        ("en", {"volume": "1", "title": {"en": "Lamps"}}, "J; Vol. 1: Lamps; 5–18"),
        ("en", {"title": {"en": "Lamps"}}, "J; Lamps; 5–18"),
        ("en", {"title": {"ru": "Лампы"}}, "J; 5–18"),
        ("en", {}, "J; 5–18"),
    ],
)
def test_citation_has_the_known_parts_of_the_issue(lang, issue, expected):
    assert citation("J", lang, structs.replace(ISSUE, **issue), ARTICLE) == expected


def test_article_number_replaces_pages():
    assert citation("J", "en", ISSUE, Article(id=7, language="en", elocation="e7")) == "J; e7"


def rendered(article, journal=JOURNAL):
    return etree.fromstring(render(journal, ISSUE, article))


def test_missing_values_are_not_written():
    page = rendered(Article(id=7, language="en", landing_page=False, galley=9))
    written = {etree.QName(child).localname for child in page}
    assert written == {"type", "source", "language"}


def test_ojs_33_has_authors_in_one_language_only():
    article = Article(id=7, language="en", authors=(Author(name={"en": "Doe, Jane", "ru": "Доу, Джейн"}),))
    old = structs.replace(JOURNAL, platform="ojs33")
    assert values(rendered(article), "creator") == [("en", "Doe, Jane"), ("ru", "Доу, Джейн")]
    assert values(rendered(article, old), "creator") == [(None, "Doe, Jane")]


def test_markup_is_escaped_once_and_in_an_abstract_twice():
    article = Article(id=7, language="en", title={"en": "A <b>&lt;</b> b"}, abstract={"en": "## Aim\np &lt; <i>0</i>"})
    page = rendered(article)
    assert values(page, "title") == [("en", "A < b")]
    assert values(page, "description") == [("en", "Aim\np &lt; 0")]
