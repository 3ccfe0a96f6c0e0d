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
    """The allowed lengths of the fields of one kind of value, and a getter for all these fields at once."""

    __slots__ = ("rows", "values_of")

    def __init__(self, lengths: Mapping[str, Range]) -> None:
        self.rows = tuple((field, shortest, longest) for field, (shortest, longest) in lengths.items())
        self.values_of: Callable[[object], tuple[str | None, ...]] = attrgetter(*lengths)


_OF_ARTICLE = _Lengths(limits.ARTICLE_LENGTHS)
_OF_PERSON = _Lengths(limits.PERSON_LENGTHS)
_OF_ALT_NAME = _Lengths(limits.ALT_NAME_LENGTHS)
_OF_AFFILIATION = _Lengths(limits.AFFILIATION_LENGTHS)


def lengths_are_within_limits(article: Article, _: Policy) -> Iterator[Finding]:
    yield from _check_fields("", article, _OF_ARTICLE)
    titles = [plain(title.text) for title in article.journal.titles]
    yield from _check_list("journal.titles", titles, limits.JOURNAL_TITLE_LENGTH)
    yield from _check_list("identifiers", article.identifiers, limits.IDENTIFIER_LENGTH)
    for number, person in enumerate(article.contributors):
        yield from _check_contributor(f"contributors[{number}].", person)


def _check_contributor(path: str, person: Contributor) -> Iterator[Finding]:
    yield from _check_fields(path, person, _OF_PERSON)
    for number, alt in enumerate(person.alt_names):
        yield from _check_fields(f"{path}alt_names[{number}].", alt, _OF_ALT_NAME)
    for number, affiliation in enumerate(person.affiliations):
        yield from _check_fields(f"{path}affiliations[{number}].", affiliation, _OF_AFFILIATION)
        departments = f"{path}affiliations[{number}].departments"
        yield from _check_list(departments, affiliation.departments, limits.DEPARTMENT_LENGTH)


def _check_fields(path: str, holder: object, lengths: _Lengths) -> Iterator[Finding]:
    """Reports the fields of one value that are too long or too short. Absent fields are neither."""
    for value, (field, shortest, longest) in zip(lengths.values_of(holder), lengths.rows, strict=True):
        if value is not None and not shortest <= len(value) <= longest:
            yield _finding(path + field, value, shortest, longest)


def _check_list(path: str, values: Iterable[str], length: Range) -> Iterator[Finding]:
    shortest, longest = length
    for number, value in enumerate(values):
        if not shortest <= len(value) <= longest:
            yield _finding(f"{path}[{number}]", value, shortest, longest)


def _finding(path: str, value: str, shortest: int, longest: int) -> Finding:
    if len(value) > longest:
        return Finding("value-too-long", path, value, {"limit": str(longest)})
    return Finding("value-too-short", path, value, {"limit": str(shortest)})


def counts_are_within_limits(article: Article, _: Policy) -> Iterator[Finding]:
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


RULES: tuple[Rule, ...] = (lengths_are_within_limits, counts_are_within_limits)
