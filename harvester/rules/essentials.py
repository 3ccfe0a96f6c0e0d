"""What the article must have in addition to its DOI: a title, text in its abstracts, a plain volume and issue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.article_texts import texts_of
from harvester.genres import kind_of_other_work
from harvester.model import Article, Finding, Policy
from harvester.rules.rule import Rule
from harvester.text import Text, plain

_LABEL = re.compile(
    r"(?:^|[^\w])(?:vol(?:ume)?|no|nr|n[uú]m|issue|iss|tom[eo]|band|heft|cilt|sayı|jilid|edisi|том|номер|выпуск|вып|№)\b|"
    r"№|_|第\s?\d|\d\s?[卷巻期号號권호]",
    re.IGNORECASE,
)
# Titles of parts of an issue, and words for "without a title". Editorials, errata and book reviews are articles.
_GENERIC_TITLE = re.compile(
    r"[\[(]?(?:untitled|no title|without title|sin t[ií]tulo|sem t[ií]tulo|sans titre|senza titolo|ohne titel|"
    r"без названия|без заголовка|без назви|tanpa judul|başlıksız|[无無][题題]|제목 없음|بدون عنوان|"
    r"(?:front|back|end|prelim\w*)\s?matter|(?:full|complete|entire|whole) (?:issue|volume|number)|"
    r"edici[oó]n completa|"
    r"edi[cç][aã]o completa|n[uú]mero completo|revista completa|num[eé]ro complet|полный выпуск|tam sayı|"
    r"(?:table of )?contents|toc|sumario|sum[aá]rio|sommaire|inhalt(?:sverzeichnis)?|содержание|daftar isi|içindekiler|"
    r"[ií]ndice|зміст|spis treści|table des mati[eè]res|目[录錄次]|차례|فهرست? ?(?:مطالب|المحتويات)?|"
    r"masthead|imprint|colophon|expediente|impressum|(?:(?:front|back|inside) )?cover(?: (?:page|image))?|title page|"
    r"kapak|jenerik|sampul|okładka|обложка|(?:article )?title|judul|"
    r"capa|portada|couverture|editorial board|issue information|(?:author|subject) index|advertisements?)[\])]?",
    re.IGNORECASE,
)
_DASH = re.compile("[-\u2010-\u2015\u2212]")


def has_a_title(article: Article, _: Policy) -> Iterator[Finding]:
    """Crossref: "Title name value is missing"."""
    if not article.titles:
        yield Finding("title-missing", "titles")
    for number, title in enumerate(article.titles):
        if not has_words(title.text):
            yield Finding("title-missing", f"titles[{number}]", plain(title.text))


def titles_say_something(article: Article, _: Policy) -> Iterator[Finding]:
    """The article is deposited: a journal may have registered its front matter, and a review may be [untitled]."""
    for number, title in enumerate(article.titles):
        if _GENERIC_TITLE.fullmatch(plain(title.text).strip(" .")):
            yield Finding("title-generic", f"titles[{number}]", plain(title.text))


def abstracts_have_text(article: Article, _: Policy) -> Iterator[Finding]:
    for number, abstract in enumerate(article.abstracts):
        if not any(has_words(text) for block in abstract.blocks for text in texts_of(block)):
            yield Finding("abstract-empty", f"abstracts[{number}]")


def has_words(text: Text) -> bool:
    """Whether the text has a letter or a digit. A value such as `.` is absent (mapping D8)."""
    return any(map(str.isalnum, plain(text)))


def numbers_have_no_labels(article: Article, _: Policy) -> Iterator[Finding]:
    """Crossref lists labels and dashes in its weekly report to the publisher."""
    for field, value in (("volume", article.volume), ("issue", article.issue)):
        if value is None or value.isdigit():
            continue
        if _LABEL.search(value):
            yield Finding("volume-suspect", field, value, {"field": field})
        elif _DASH.search(value):
            yield Finding("volume-dash", field, value, {"field": field})


def is_an_article(article: Article, policy: Policy) -> Iterator[Finding]:
    """Theses, datasets, tables of contents and the like, unless the source says that they are to be deposited."""
    name = article.type
    if name and kind_of_other_work(name) and name.casefold() not in map(str.casefold, policy.article_types):
        yield Finding("type-not-article", "type", name)


RULES: tuple[Rule, ...] = (
    has_a_title,
    titles_say_something,
    abstracts_have_text,
    numbers_have_no_labels,
    is_an_article,
)
