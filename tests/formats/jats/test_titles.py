"""Titles with their languages, also from translations inside the article."""

from __future__ import annotations

import pytest

from harvester.model import Hints
from harvester.text import plain
from tests.formats.jats.reading import (
    article_of,
    codes,
    meta,
    read_meta,
)


def titles(inner: str, **options) -> list[tuple[str, str, str | None]]:
    article = meta(f"<title-group>{inner}</title-group>", **options)
    return [(plain(title.text), plain(title.subtitle), title.lang) for title in article.titles]


TITLES = [
    ("<article-title>A</article-title><subtitle>B</subtitle>", [("A", "B", "en")]),
    ("<article-title>A</article-title><subtitle>B</subtitle><subtitle>C</subtitle>", [("A", "B: C", "en")]),
    ("<article-title>.</article-title>", []),
    ("<article-title/>", []),
    (
        '<article-title xml:lang="ru">Река</article-title><trans-title-group xml:lang="en_US">'
        "<trans-title>River</trans-title><trans-subtitle>Long</trans-subtitle></trans-title-group>",
        [("River", "Long", "en"), ("Река", "", "ru")],
    ),
    (
        '<article-title>A</article-title><trans-title xml:lang="ger">B</trans-title><trans-title>C</trans-title>',
        [("A", "", "en"), ("B", "", "de"), ("C", "", None)],
    ),
    (
        '<article-title>A</article-title><trans-title-group xml:lang="fr"><trans-title>A</trans-title>'
        "</trans-title-group>",
        [("A", "", "en")],
    ),
]


@pytest.mark.parametrize(("inner", "expected"), TITLES)
def test_titles_and_subtitles(inner, expected):
    assert titles(inner) == expected


SUB = '<sub-article article-type="translation" xml:lang="pt"><front-stub>{}</front-stub></sub-article>'
TITLE = "<title-group><article-title>{}</article-title></title-group>"


def test_a_translation_inside_the_article_adds_metadata():
    rest = SUB.format(TITLE.format("Rio") + "<abstract><p>Água.</p></abstract>")
    article = meta(TITLE.format("River"), rest=rest)
    assert [(plain(title.text), title.lang) for title in article.titles] == [("River", "en"), ("Rio", "pt")]
    assert article.abstracts[0].lang == "pt"


def test_a_translation_with_its_own_doi_is_another_article():
    rest = SUB.format('<article-id pub-id-type="doi">10.5555/a.pt</article-id>' + TITLE.format("Rio"))
    article = meta('<article-id pub-id-type="doi">10.5555/a</article-id>' + TITLE.format("River"), rest=rest)
    assert [(relation.kind, relation.target) for relation in article.relations] == [("hasTranslation", "10.5555/a.pt")]
    assert len(article.titles) == 1


def test_a_second_title_in_one_language_is_reported():
    own = (
        "<title-group><article-title>River</article-title>"
        '<trans-title-group xml:lang="pt"><trans-title>O rio</trans-title></trans-title-group></title-group>'
    )
    reading = read_meta(own, rest=SUB.format(TITLE.format("Rio")))
    assert codes(reading) == ["translation-duplicate"]
    assert len(article_of(reading).titles) == 2


MORE_TITLES = [
    # NLM 2.3: translations directly in the title-group, each with the subtitle after it.
    (
        '<article-title>A</article-title><trans-title xml:lang="fr">B</trans-title><trans-subtitle>C</trans-subtitle>'
        '<trans-title xml:lang="pt">D</trans-title>',
        [("A", "", "en"), ("B", "C", "fr"), ("D", "", "pt")],
    ),
    ("<article-title>A</article-title><subtitle>—</subtitle>", [("A", "", "en")]),
    (
        '<article-title>A</article-title><article-title xml:lang="fr">B</article-title><subtitle>C</subtitle>',
        [("A", "C", "en"), ("B", "", "fr")],
    ),
    ("<trans-subtitle>C</trans-subtitle>", []),
]


@pytest.mark.parametrize(("inner", "expected"), MORE_TITLES)
def test_subtitles_belong_to_the_title_before_them(inner, expected):
    assert titles(inner) == expected


def test_without_an_article_language_the_order_is_unchanged():
    inner = '<article-title xml:lang="ru">Река</article-title><trans-title xml:lang="en">River</trans-title>'
    assert [lang for _, _, lang in titles(inner, lang=None)] == ["ru", "en"]


def test_the_provenance_of_a_title_is_its_element():
    rest = SUB.format(TITLE.format("Rio"))
    translated = "<trans-title-group xml:lang='fr'><trans-title>B</trans-title></trans-title-group>"
    inner = f"<article-title>A</article-title>{translated}"
    article = meta(f"<title-group>{inner}</title-group>", rest=rest)
    found = [article.provenance[f"titles[{number}]"] for number in range(3)]
    assert found == ["article-title", "trans-title", "sub-article/article-title"]


def plain_titles(inner: str, **options):
    article = meta(f"<title-group>{inner}</title-group>", **options)
    return [(plain(title.text), plain(title.subtitle)) for title in article.titles]


SUBTITLES = [
    ("Rivers:", ": a study", ("Rivers", "a study")),
    ("Rivers –", "a study", ("Rivers", "a study")),
    ("Rivers", "— a study", ("Rivers", "a study")),
    ("Rivers", "- a study", ("Rivers", "a study")),
    ("Rivers --", "a study", ("Rivers", "a study")),
    ("河流：", "：研究", ("河流", "研究")),
    ("Rivers ―", "a study", ("Rivers", "a study")),
    ("Rivers: a study", "A study", ("Rivers: a study", "")),
    ("Rivers. A Study", "a study.", ("Rivers. A Study", "")),
    ("Rivers", "RIVERS", ("Rivers", "")),
    ("What is a river?", "A study", ("What is a river?", "A study")),
    ("And then…", "a study", ("And then…", "a study")),
    ("Rivers!", "Rivers and seas", ("Rivers!", "Rivers and seas")),
    ("The study of rivers", "Rivers", ("The study of rivers", "Rivers")),
    ("Rivers in a self-study", "Study", ("Rivers in a self-study", "Study")),
    ("Rivers", "-omics of water", ("Rivers", "-omics of water")),
]


@pytest.mark.parametrize(("title", "subtitle", "expected"), SUBTITLES)
def test_a_separator_and_a_subtitle_are_written_once(title, subtitle, expected):
    inner = f"<article-title>{title}</article-title><subtitle>{subtitle}</subtitle>"
    assert plain_titles(inner) == [expected]
    translated = f"<trans-title>{title}</trans-title><trans-subtitle>{subtitle}</trans-subtitle>"
    group = f"<trans-title-group xml:lang='fr'>{translated}</trans-title-group>"
    assert plain_titles(f"<article-title>Own</article-title>{group}") == [("Own", ""), expected]


@pytest.mark.parametrize("title", ["", "<xref>1</xref>", "None"])
def test_a_subtitle_alone_is_not_a_title(title):
    assert plain_titles(f"<article-title>{title}</article-title><subtitle>a study</subtitle>") == []


def test_a_title_alone_keeps_its_colon():
    assert plain_titles("<article-title>Rivers:</article-title>") == [("Rivers:", "")]


TWO = (
    "<article-title>Rivers</article-title><subtitle xml:lang='en'>A study</subtitle>"
    "<subtitle xml:lang='es'>Un estudio</subtitle>"
)
RIOS = "<trans-title-group xml:lang='es'><trans-title>Ríos</trans-title></trans-title-group>"


def test_a_subtitle_in_another_language_belongs_to_the_title_in_that_language():
    assert plain_titles(TWO + RIOS) == [("Rivers", "A study"), ("Ríos", "Un estudio")]
    reading = read_meta(f"<title-group>{TWO}</title-group>", hints=Hints(repairs=("mojibake", "ligatures")))
    assert [(f.code, f.value, f.detail) for f in reading.findings] == [
        ("subtitle-left-out", "Un estudio", {"lang": "es"})
    ]


@pytest.mark.parametrize("lang", ["en", None])
def test_without_languages_all_subtitles_belong_to_the_title(lang):
    inner = "<article-title>Rivers</article-title><subtitle>A study</subtitle><subtitle>in two parts</subtitle>"
    assert plain_titles(inner, lang=lang) == [("Rivers", "A study: in two parts")]
