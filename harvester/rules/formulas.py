"""Formulas: MathML as Crossref's schema accepts it.

One wrong attribute in a formula makes a whole deposit file invalid, so it is reported before the file is built.
"""

from __future__ import annotations

from collections.abc import Iterator

from harvester.article_texts import texts_of
from harvester.crossref.mathml import problem_of
from harvester.model import Article, Finding, Policy
from harvester.rules.rule import Rule
from harvester.text import Math, Span, Text

_EXCERPT_LENGTH = 120  # characters of a formula in a finding


def formulas_are_accepted(article: Article, _: Policy) -> Iterator[Finding]:
    for path, number, text in _texts(article):
        if len(text) == 1 and isinstance(text[0], str):  # nearly always
            continue
        for formula in _formulas(text):
            if problem := problem_of(formula.mathml):
                yield Finding(
                    "formula-refused", path.format(number), formula.mathml[:_EXCERPT_LENGTH], {"problem": problem}
                )


def _texts(article: Article) -> Iterator[tuple[str, int, Text]]:
    """Every text that may have formulas, with the pattern of its path and the number in the path."""
    for number, title in enumerate(article.titles):
        yield "titles[{}]", number, title.text
        yield "titles[{}].subtitle", number, title.subtitle
    for number, abstract in enumerate(article.abstracts):
        for block in abstract.blocks:
            for text in texts_of(block):
                yield "abstracts[{}]", number, text


def _formulas(text: Text) -> Iterator[Math]:
    for part in text:
        if isinstance(part, Math):
            yield part
        elif isinstance(part, Span):
            yield from _formulas(part.inline)


RULES: tuple[Rule, ...] = (formulas_are_accepted,)
