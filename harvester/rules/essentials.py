"""What the article must have in addition to its DOI: a title, text in its abstracts, a plain volume and issue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.model import Article, Finding, Policy
from harvester.rules.rule import Rule
from harvester.rules.texts import texts_of
from harvester.text import Text, plain

_LABEL = re.compile(r"(?:^|[^\w])(?:vol(?:ume)?|no|nr|num|issue|iss|том|номер|выпуск|вып|№)\b|№|_", re.IGNORECASE)
_DASH = re.compile("[-\u2010-\u2015\u2212]")

# Types of content in a journal system that are never articles.
_NOT_ARTICLES = frozenset(
    {"cover", "covers", "toc", "table-of-contents", "front-matter", "frontmatter", "back-matter", "backmatter"}
    | {"advertisement", "masthead", "imprint", "editorial-board", "author-index", "subject-index"}
)


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


def is_an_article(article: Article, _: Policy) -> Iterator[Finding]:
    if article.type and article.type.casefold() in _NOT_ARTICLES:
        yield Finding("type-not-article", "type", article.type)


RULES: tuple[Rule, ...] = (has_a_title, abstracts_have_text, numbers_have_no_labels, is_an_article)
