"""What the article must have in addition to its DOI: a title, text in its abstracts, a plain volume and issue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.genres import kind_of_other_work
from harvester.model import Article, Finding, Policy
from harvester.rules.rule import Rule
from harvester.rules.texts import texts_of
from harvester.text import Text, plain

_LABEL = re.compile(r"(?:^|[^\w])(?:vol(?:ume)?|no|nr|num|issue|iss|том|номер|выпуск|вып|№)\b|№|_", re.IGNORECASE)
_DASH = re.compile("[-\u2010-\u2015\u2212]")


def has_a_title(article: Article, _: Policy) -> Iterator[Finding]:
    """Crossref: "Title name value is missing"."""
    if not article.titles:
        yield Finding("title-missing", "titles")
    for number, title in enumerate(article.titles):
        if not has_words(title.text):
            yield Finding("title-missing", f"titles[{number}]", plain(title.text))


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


RULES: tuple[Rule, ...] = (has_a_title, abstracts_have_text, numbers_have_no_labels, is_an_article)
