"""Any number of records as OJS would send them, created on request: for benchmarks and property tests.

    with serve(Repository(many(100_000))) as provider: ...

The renderers of the demo render one article in each format with a placeholder for every value that varies. A record
fills in these placeholders, which takes some microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import overload

from harvester.demo import dublin_core, jats
from harvester.demo.library import Article, Author, Issue, Journal
from harvester.demo.lists import Record

START = datetime(
    2020, 1, 1, tzinfo=UTC
)  # the datestamp of the first record; each record is a minute younger than the one before
ISSNS = ("0000-0108", "0000-0116")  # print and online, of the one journal
PER_ISSUE, ISSUES = 25, 4  # articles an issue, issues a volume

_FAMILIES = (
    ("Авдеева", "Avdeeva"),
    ("Тёркин", "Tyorkin"),
    ("Щукарь", "Shchukar"),
    ("Ильф", "Ilf"),
    ("Юрьев", "Yuryev"),
    ("Ёлкина", "Yolkina"),
    ("Ким", "Kim"),
)
_GIVEN = (("Анна", "Anna"), ("Пётр", "Pyotr"), ("Ольга", "Olga"), ("Фёдор", "Fyodor"), ("Яна", "Yana"))
_THINGS = (("мостах", "bridges"), ("реках", "rivers"), ("часах", "clocks"), ("картах", "maps"), ("садах", "gardens"))
_JOURNAL = Journal(
    path="many",
    locales=("ru", "en"),
    title={"ru": "Журнал длинных списков", "en": "Journal of Long Lists"},
    sections={"ART": {"ru": "Статьи", "en": "Articles"}},
    publisher="Example University",
    issn_print=ISSNS[0],
    issn_electronic=ISSNS[1],
    licence="https://creativecommons.org/licenses/by/4.0",
)


def many(n: int, seed: int = 0, references: int = 0) -> Sequence[Record]:
    """`n` records in oai_dc and JATS, each with its own DOI and titles; the same for the same arguments.

    Records of two seeds share no DOI. `references` is the length of each citation list, in JATS.
    """
    return _Many(n, seed, references)


class _Many(Sequence[Record]):
    def __init__(self, n: int, seed: int, references: int) -> None:
        self._n, self._seed, self._references = n, seed, references

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | Sequence[Record]:
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(self._n))]
        number = range(self._n)[place]
        return Record(
            identifier=f"oai:many.example.org:{self._seed}/{number}",
            datestamp=START + timedelta(minutes=number),
            sets=("many:ART",),
            metadata=_Metadata(number, self._seed, self._references),
        )


class _Metadata(Mapping[str, bytes]):
    """Both formats of one record, created on request."""

    __slots__ = ("_number", "_references", "_seed")

    def __init__(self, number: int, seed: int, references: int) -> None:
        self._number, self._seed, self._references = number, seed, references

    def __getitem__(self, prefix: str) -> bytes:
        return _pages(self._references)[prefix] % _values(self._number, self._seed)

    def __contains__(self, prefix: object) -> bool:
        return prefix in ("oai_dc", "jats")

    def __iter__(self) -> Iterator[str]:
        return iter(("oai_dc", "jats"))

    def __len__(self) -> int:
        return 2


def _values(number: int, seed: int) -> dict[bytes, bytes]:
    """The values of a record, by placeholder."""
    mixed = (number * 2654435761 + seed * 40503) >> 4
    family, given, thing = _FAMILIES[mixed % 7], _GIVEN[mixed // 7 % 5], _THINGS[mixed // 35 % 5]
    issue, place = divmod(number, PER_ISSUE)
    volume, in_volume = divmod(issue, ISSUES)
    values = {
        "number": f"{number}",
        "doi": f"10.5555/many.{seed}.{number}",
        "title_ru": f"О {thing[0]} и их числе: случай {number} &lt; {number + 1}",
        "title_en": f"On {thing[1]} and their number: case {number} &lt; {number + 1}",
        "family_ru": family[0],
        "family_en": family[1],
        "given_ru": given[0],
        "given_en": given[1],
        "volume": f"{volume + 1}",
        "issue": f"{in_volume + 1}",
        "first": f"{place * 10 + 1}",
        "last": f"{place * 10 + 9}",
    }
    return {key.encode(): value.encode() for key, value in values.items()}


@cache
def _pages(references: int) -> dict[str, bytes]:
    """Both formats with a placeholder, %(name)b, for every value."""
    issue, article = _with_placeholders(references)
    rendered = {"oai_dc": dublin_core.render, "jats": jats.render}
    return {prefix: _template(render(_JOURNAL, issue, article)) for prefix, render in rendered.items()}


def _template(page: bytes) -> bytes:
    return page.replace(b"%", b"%%").replace(b"@[", b"%(").replace(b"]@", b")b").replace(b"9999999999", b"%(number)b")


def _with_placeholders(references: int) -> tuple[Issue, Article]:
    name = {lang: f"@[family_{lang}]@, @[given_{lang}]@" for lang in ("ru", "en")}
    article = Article(
        id=9999999999,
        language="ru",
        doi="@[doi]@",
        title={"ru": "@[title_ru]@", "en": "@[title_en]@"},
        authors=(
            Author(name=name, at=("northern",)),
            Author(name={"ru": "Кто, Некий", "en": "Kto, Nekiy"}, at=("plans",)),
        ),
        abstract={
            "ru": "Мы сосчитали всё, что могли, и записали (случай @[number]@).\n\nСчёт сошёлся: 5 &amp; 5.",
            "en": "We counted all we could and wrote it down (case @[number]@).\n\nThe count was right: 5 &amp; 5.",
        },
        keywords={"ru": ("счёт", "списки"), "en": ("counting", "lists")},
        pages="@[first]@–@[last]@",
        galley=9999999999,
        references=tuple(map(_reference, range(1, references + 1))),
    )
    issue = Issue(
        modified=START,
        articles=(article,),
        volume="@[volume]@",
        number="@[issue]@",
        year=2019,
        published=date(2019, 6, 15),
    )
    return issue, article


def _reference(number: int) -> str:
    doi = f" https://doi.org/10.5555/many-ref.@[number]@.{number}" if number % 8 == 0 else ""
    return f"Счётов И. И., Tally J. Опись № {number} (к случаю @[number]@). Длинные списки, 2001, с. 1–{number}.{doi}"
