"""Letters of another script inside the words of a text, which look right and cannot be found (mapping D8)."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.article_texts import texts_of
from harvester.model import Article, Finding, Policy
from harvester.rules.rule import Rule
from harvester.scripts import foreign_letters, words_with_look_alikes
from harvester.text import plain

_MOST_WORDS = 5  # in one finding


def words_have_one_script(article: Article, _: Policy) -> Iterator[Finding]:
    """Names have a rule of their own (`harvester.rules.people`). Nothing is corrected."""
    for path, text in _texts(article):
        if not text.isascii() and (words := list(dict.fromkeys(words_with_look_alikes(text)))):
            letters = ", ".join(dict.fromkeys(", ".join(map(foreign_letters, words)).split(", ")))
            yield Finding("text-mixed-scripts", path, ", ".join(words[:_MOST_WORDS]), {"letters": letters})


def _texts(article: Article) -> Iterator[tuple[str, str]]:
    for number, title in enumerate(article.titles):
        yield f"titles[{number}]", f"{plain(title.text)} {plain(title.subtitle)}"
    for number, name in enumerate(article.journal.titles):
        yield f"journal.titles[{number}]", plain(name.text)
    yield "issue_title", article.issue_title or ""
    for number, abstract in enumerate(article.abstracts):
        yield f"abstracts[{number}]", " ".join(plain(text) for block in abstract.blocks for text in texts_of(block))
    for number, person in enumerate(article.contributors):
        for place, one in enumerate(person.affiliations):
            words = " ".join(filter(None, (one.name, *one.departments, one.place)))
            yield f"contributors[{number}].affiliations[{place}]", words
    for number, keyword in enumerate(article.keywords):
        yield f"keywords[{number}]", keyword.text


RULES: tuple[Rule, ...] = (words_have_one_script,)
