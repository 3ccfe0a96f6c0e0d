"""Each limit is that of the strictest schema: a value at it is valid in every version, a value beyond it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from harvester.crossref import bundles, limits
from harvester.crossref.versions import VERSIONS
from harvester.model import Affiliation, AltName, Article, Contributor, Issn, LangText, PubDate, Title
from tests.crossref.deposit.deposits import build
from tests.rules.samples import ARTICLE, PERSON

Schemas = dict[str, bundles.Schema]
Made = Callable[[Any], Article]


def article(field: str) -> Made:
    """What makes an article with a value in this field."""
    journal, _, name = field.rpartition(".")
    if journal:
        return lambda value: replace(ARTICLE, journal=replace(ARTICLE.journal, **{name: value}))
    return lambda value: replace(ARTICLE, **{name: value})


def person(field: str) -> Made:
    return lambda value: replace(ARTICLE, contributors=(replace(PERSON, **{field: value}),))


def alt_name(field: str) -> Made:
    return lambda value: person("alt_names")((AltName(**{"surname": "Карберри", field: value}),))


def affiliation(field: str) -> Made:
    return lambda value: person("affiliations")((Affiliation(**{"name": "A university", field: value}),))


def lengths() -> Iterator[tuple[str, int, Made]]:
    """Each limit of a length: its name, the most characters, and what makes an article with a value."""
    yield from ((field, most, article(field)) for field, (_, most) in limits.ARTICLE_LENGTHS.items())
    yield (
        "journal.titles",
        limits.JOURNAL_TITLE_LENGTH[1],
        lambda value: article("journal.titles")((LangText((value,)),)),
    )
    yield "identifiers", limits.IDENTIFIER_LENGTH[1], lambda value: article("identifiers")((value,))
    yield "doi", limits.LONGEST_DOI_SUFFIX, lambda value: article("doi")(f"10.5555/{value}")
    for field, (_, most) in limits.PERSON_LENGTHS.items():
        yield f"person {field}", most, group if field == "name" else person(field)
    yield from ((f"alt name {field}", most, alt_name(field)) for field, (_, most) in limits.ALT_NAME_LENGTHS.items())
    yield from (
        (f"affiliation {field}", most, affiliation(field)) for field, (_, most) in limits.AFFILIATION_LENGTHS.items()
    )
    yield "department", limits.DEPARTMENT_LENGTH[1], lambda value: affiliation("departments")((value,))


def group(name: str) -> Article:
    return article("contributors")((Contributor(kind="group", name=name),))


NUMBERS: list[tuple[str, int, Made]] = [
    ("titles", limits.MOST_TITLES, lambda n: article("titles")(tuple(Title(text=(f"Title {i}",)) for i in range(n)))),
    ("dates", limits.MOST_DATES, lambda n: article("dates")(tuple(PubDate(year=2000 + i) for i in range(n)))),
    ("journal.titles", limits.MOST_JOURNAL_TITLES, lambda n: article("journal.titles")(named(n))),
    ("journal.issns", limits.MOST_ISSNS, lambda n: article("journal.issns")((Issn("0317-8471", "print"),) * n)),
    ("identifiers", limits.MOST_IDENTIFIERS, lambda n: article("identifiers")(tuple(str(i) for i in range(n)))),
    ("department", limits.MOST_DEPARTMENTS, lambda n: affiliation("departments")(tuple(f"Room {i}" for i in range(n)))),
]


def named(number: int) -> tuple[LangText, ...]:
    return tuple(LangText((f"Journal {one}",)) for one in range(number))


@pytest.mark.parametrize(("name", "most", "made"), [pytest.param(*row, id=row[0]) for row in lengths()])
def test_the_longest_value_is_valid_and_a_longer_one_is_not(schemas: Schemas, name: str, most: int, made: Made):
    assert invalid_in(schemas, made("v" * most)) == set()
    assert_refused(schemas, made("v" * (most + 1)))


@pytest.mark.parametrize(("name", "most", "made"), [pytest.param(*row, id=row[0]) for row in NUMBERS])
def test_the_most_values_are_valid_and_more_are_not(schemas: Schemas, name: str, most: int, made: Made):
    assert invalid_in(schemas, made(most)) == set()
    assert_refused(schemas, made(most + 1))


def invalid_in(schemas: Schemas, one: Article) -> set[str]:
    """The versions in which the deposit of the article is not valid."""
    return {version for version, schema in schemas.items() if schema.validate(build(one, version))}


def assert_refused(schemas: Schemas, one: Article) -> None:
    """Asserts that the deposit of the article is not valid in some version."""
    refusing = invalid_in(schemas, one)
    if not refusing and schemas.keys() != VERSIONS.keys():
        pytest.skip("the version with this limit is in the folder `shared`, which is absent")
    assert refusing
