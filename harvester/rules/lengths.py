"""How long a value may be, and how many of a kind there may be: the strictest of the schemas 5.3.1, 5.4.0 and 5.5.0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

from harvester.model import Article, Contributor, Finding, Policy
from harvester.rules.rule import Rule
from harvester.text import plain

_PLACE = 255  # characters, of a department too


class _Limits:
    """Fields of one kind of value with the fewest and most characters of each."""

    __slots__ = ("rows", "values_of")

    def __init__(self, *rows: tuple[str, int, int]) -> None:
        self.rows = rows
        self.values_of: Callable[[object], tuple[str | None, ...]] = attrgetter(*(field for field, _, _ in rows))


_OF_ARTICLE = _Limits(
    ("volume", 1, 32),
    ("issue", 1, 32),
    ("first_page", 1, 32),
    ("last_page", 1, 32),
    ("other_pages", 1, 100),
    ("elocation_id", 1, 32),
    ("journal.abbreviation", 1, 150),
)
_NAMES = (("surname", 1, 60), ("given", 1, 60), ("suffix", 1, 10))
_OF_NAMES = _Limits(*_NAMES)
_OF_PERSON = _Limits(*_NAMES, ("name", 1, 511))
_OF_AFFILIATION = _Limits(("name", 1, 1024), ("place", 2, _PLACE))


def lengths_are_kept(article: Article, _: Policy) -> Iterator[Finding]:
    yield from _measured("", article, _OF_ARTICLE)
    titles = [plain(title.text) for title in article.journal.titles]
    yield from _each_measured("journal.titles", titles, 1, 255)
    yield from _each_measured("identifiers", article.identifiers, 1, 255)
    for number, person in enumerate(article.contributors):
        yield from _of_contributor(f"contributors[{number}].", person)


def _of_contributor(path: str, person: Contributor) -> Iterator[Finding]:
    yield from _measured(path, person, _OF_PERSON)
    for number, alt in enumerate(person.alt_names):
        yield from _measured(f"{path}alt_names[{number}].", alt, _OF_NAMES)
    for number, affiliation in enumerate(person.affiliations):
        yield from _measured(f"{path}affiliations[{number}].", affiliation, _OF_AFFILIATION)
        yield from _each_measured(f"{path}affiliations[{number}].departments", affiliation.departments, 2, _PLACE)


def _measured(path: str, holder: object, limits: _Limits) -> Iterator[Finding]:
    """The fields of one value that are too long or too short; those that are not there are neither."""
    for value, (field, fewest, most) in zip(limits.values_of(holder), limits.rows, strict=True):
        if value is not None and not fewest <= len(value) <= most:
            yield _finding(path + field, value, fewest, most)


def _each_measured(path: str, values: Iterable[str], fewest: int, most: int) -> Iterator[Finding]:
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
    yield "titles", article.titles, 20
    yield "dates", article.dates, 10
    yield "journal.titles", article.journal.titles, 10
    yield "journal.issns", article.journal.issns, 6
    yield "identifiers", article.identifiers, 10
    for number, person in enumerate(article.contributors):
        for other, affiliation in enumerate(person.affiliations):
            if affiliation.departments:
                yield f"contributors[{number}].affiliations[{other}].departments", affiliation.departments, 6


RULES: tuple[Rule, ...] = (lengths_are_kept, counts_are_kept)
