"""How long a value may be, and how many of a kind there may be: the strictest of the schemas 5.3.1, 5.4.0 and 5.5.0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harvester.model import Affiliation, Article, Contributor, Finding, Policy
from harvester.rules.rule import Rule
from harvester.text import plain

Measured = tuple[str, str | None, int, int]  # path, value, fewest and most characters

_NAME, _SUFFIX, _ORGANIZATION = 60, 10, 511
_INSTITUTION, _PLACE = 1024, 255


def lengths_are_kept(article: Article, _: Policy) -> Iterator[Finding]:
    for path, value, fewest, most in _measured(article):
        if value is None:
            continue
        if len(value) > most:
            yield Finding("value-too-long", path, value, {"limit": str(most)})
        elif len(value) < fewest:
            yield Finding("value-too-short", path, value, {"limit": str(fewest)})


def _measured(article: Article) -> Iterator[Measured]:
    yield "volume", article.volume, 1, 32
    yield "issue", article.issue, 1, 32
    yield "first_page", article.first_page, 1, 32
    yield "last_page", article.last_page, 1, 32
    yield "other_pages", article.other_pages, 1, 100
    yield "elocation_id", article.elocation_id, 1, 32
    yield "journal.abbreviation", article.journal.abbreviation, 1, 150
    for number, title in enumerate(article.journal.titles):
        yield f"journal.titles[{number}]", plain(title.text), 1, 255
    for number, identifier in enumerate(article.identifiers):
        yield f"identifiers[{number}]", identifier, 1, 255
    for number, person in enumerate(article.contributors):
        yield from _of_contributor(f"contributors[{number}]", person)


def _of_contributor(path: str, person: Contributor) -> Iterator[Measured]:
    yield f"{path}.surname", person.surname, 1, _NAME
    yield f"{path}.given", person.given, 1, _NAME
    yield f"{path}.suffix", person.suffix, 1, _SUFFIX
    yield f"{path}.name", person.name, 1, _ORGANIZATION
    for number, alt in enumerate(person.alt_names):
        yield f"{path}.alt_names[{number}].surname", alt.surname, 1, _NAME
        yield f"{path}.alt_names[{number}].given", alt.given, 1, _NAME
        yield f"{path}.alt_names[{number}].suffix", alt.suffix, 1, _SUFFIX
    for number, affiliation in enumerate(person.affiliations):
        yield from _of_affiliation(f"{path}.affiliations[{number}]", affiliation)


def _of_affiliation(path: str, affiliation: Affiliation) -> Iterator[Measured]:
    yield f"{path}.name", affiliation.name, 1, _INSTITUTION
    yield f"{path}.place", affiliation.place, 2, _PLACE
    for number, department in enumerate(affiliation.departments):
        yield f"{path}.departments[{number}]", department, 2, _PLACE


def counts_are_kept(article: Article, _: Policy) -> Iterator[Finding]:
    for path, values, most in _counted(article):
        if len(values) > most:
            yield Finding("too-many-values", path, str(len(values)), {"limit": str(most)})


def _counted(article: Article) -> Iterator[tuple[str, Sequence[object], int]]:
    yield "titles", article.titles, 20
    yield "dates", article.dates, 10
    yield "journal.titles", article.journal.titles, 10
    yield "journal.issns", article.journal.issns, 6
    yield "identifiers", article.identifiers, 10
    for number, person in enumerate(article.contributors):
        for other, affiliation in enumerate(person.affiliations):
            yield f"contributors[{number}].affiliations[{other}].departments", affiliation.departments, 6


RULES: tuple[Rule, ...] = (lengths_are_kept, counts_are_kept)
