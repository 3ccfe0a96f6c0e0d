"""How long each value may be, and how many values of a kind there may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

from harvester.crossref import limits
from harvester.crossref.limits import Range
from harvester.model import Article, Contributor, Finding, Policy
from harvester.rules.rule import Rule
from harvester.text import plain


class _Lengths:
    """The lengths of the fields of one kind of value, and what gets all these fields at once."""

    __slots__ = ("rows", "values_of")

    def __init__(self, lengths: Mapping[str, Range]) -> None:
        self.rows = tuple((field, fewest, most) for field, (fewest, most) in lengths.items())
        self.values_of: Callable[[object], tuple[str | None, ...]] = attrgetter(*lengths)


_OF_ARTICLE = _Lengths(limits.ARTICLE_LENGTHS)
_OF_PERSON = _Lengths(limits.PERSON_LENGTHS)
_OF_ALT_NAME = _Lengths(limits.ALT_NAME_LENGTHS)
_OF_AFFILIATION = _Lengths(limits.AFFILIATION_LENGTHS)


def lengths_are_kept(article: Article, _: Policy) -> Iterator[Finding]:
    yield from _measured("", article, _OF_ARTICLE)
    titles = [plain(title.text) for title in article.journal.titles]
    yield from _each_measured("journal.titles", titles, limits.JOURNAL_TITLE_LENGTH)
    yield from _each_measured("identifiers", article.identifiers, limits.IDENTIFIER_LENGTH)
    for number, person in enumerate(article.contributors):
        yield from _of_contributor(f"contributors[{number}].", person)


def _of_contributor(path: str, person: Contributor) -> Iterator[Finding]:
    yield from _measured(path, person, _OF_PERSON)
    for number, alt in enumerate(person.alt_names):
        yield from _measured(f"{path}alt_names[{number}].", alt, _OF_ALT_NAME)
    for number, affiliation in enumerate(person.affiliations):
        yield from _measured(f"{path}affiliations[{number}].", affiliation, _OF_AFFILIATION)
        departments = f"{path}affiliations[{number}].departments"
        yield from _each_measured(departments, affiliation.departments, limits.DEPARTMENT_LENGTH)


def _measured(path: str, holder: object, lengths: _Lengths) -> Iterator[Finding]:
    """The fields of one value that are too long or too short. Absent fields are neither."""
    for value, (field, fewest, most) in zip(lengths.values_of(holder), lengths.rows, strict=True):
        if value is not None and not fewest <= len(value) <= most:
            yield _finding(path + field, value, fewest, most)


def _each_measured(path: str, values: Iterable[str], length: Range) -> Iterator[Finding]:
    fewest, most = length
    for number, value in enumerate(values):
        if not fewest <= len(value) <= most:
            yield _finding(f"{path}[{number}]", value, fewest, most)


def _finding(path: str, value: str, fewest: int, most: int) -> Finding:
    if len(value) > most:
        return Finding("value-too-long", path, value, {"limit": str(most)})
    return Finding("value-too-short", path, value, {"limit": str(fewest)})


def counts_are_kept(article: Article, _: Policy) -> Iterator[Finding]:
    for path, values, most in _counted(article):
        if len(values) > most:
            yield Finding("too-many-values", path, str(len(values)), {"limit": str(most)})


def _counted(article: Article) -> Iterator[tuple[str, Sequence[object], int]]:
    yield "titles", article.titles, limits.MOST_TITLES
    yield "dates", article.dates, limits.MOST_DATES
    yield "journal.titles", article.journal.titles, limits.MOST_JOURNAL_TITLES
    yield "journal.issns", article.journal.issns, limits.MOST_ISSNS
    yield "identifiers", article.identifiers, limits.MOST_IDENTIFIERS
    for number, person in enumerate(article.contributors):
        for other, affiliation in enumerate(person.affiliations):
            if affiliation.departments:
                path = f"contributors[{number}].affiliations[{other}].departments"
                yield path, affiliation.departments, limits.MOST_DEPARTMENTS


RULES: tuple[Rule, ...] = (lengths_are_kept, counts_are_kept)
