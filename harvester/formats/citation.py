"""Splits citations in Dublin Core (mapping D3): OJS's own form here, other platforms' in `citation_profiles`.

OJS writes `JOURNAL; VOL v NO n (year): TITLE; PAGES` with the labels of the journal's language, each part but the first
optional, and any text at all in JOURNAL and TITLE. A citation is taken only as a whole: where two readings are equally
good, or a part is left over, there is none.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct, structs

from harvester.formats.pages import Pages, parse_pages


class Citation(Struct, frozen=True, kw_only=True):
    """What a citation says. `unread_pages` stands where the pages are and is of no known form."""

    journal: str | None = None
    volume: str | None = None
    issue: str | None = None
    year: int | None = None
    issue_title: str | None = None
    pages: Pages | None = None
    unread_pages: str | None = None
    elocation_id: str | None = None
    publisher: str | None = None
    issn: str | None = None


class Labels(Struct, frozen=True):
    """A journal's own words for volume and number, beside those of OJS."""

    volume: tuple[str, ...] = ()
    issue: tuple[str, ...] = ()


def parse_ojs(raw: str, titles: tuple[str, ...] = (), labels: Labels | None = None) -> Citation | None:
    """The parts of an OJS citation. `titles` are known titles of the journal, which settle doubtful cases.

    >>> parse_ojs("Letters; Vol 1, No 2 (2013): Winter; 37-59").issue
    '2'
    """
    citation = raw.strip()
    if not citation.isascii():
        citation = citation.translate(_INVISIBLE)
    if len(citation) > _LONGEST:
        return None
    grammar = _grammar(labels or Labels())
    found = [reading for at in _semicolons(citation) if (reading := _reading(citation, at, grammar))]
    if not found:
        return _without_issue(citation, titles)
    if len(found) > 1:
        found = [each for each in found if each.journal in titles] or _most_telling(found)
    return found[0] if len(found) == 1 else None


# ----------------------------------------------------------------------------------------------- grammar

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))

# What a volume or number is: something with a digit or a Roman numeral, or a few of them; `1 (45)` counts through.
_NUMBER = r"(?:[^\W\d_]{0,4}\d[\w.]*|(?:[IVXLCDM]+|[^\W\d_])(?![^\W\d_]))"
_NUMBERS = (
    rf"{_NUMBER}(?:\s?[-\u2013\u2014/&+]\s?{_NUMBER}|\s(?:y|e|i|u|et|and|und|и|та|ve|و)\s{_NUMBER})*(?:\s?\(\d{{1,3}}\))?"
    rf"(?:,?\s?(?:suppl|supl|sup|spec|special|especial|extra|спец)[a-z]{{0,9}}\.?(?:\s?{_NUMBER})?)?"
)
# Any words will do before the year, but no second number: `Núm. Extraordinario (2019)`, not `Vol 1 Heft 2 (2019)`.
_WORDS = rf"(?:{_NUMBER}\s)?[^\W\d][^\d,;:()]*?"
_YEAR_NEXT = r",?\s*\(\d{4}\)"
_LONGEST = 1000  # characters of a citation; what is longer is none


class _Grammar:
    """One per set of labels, compared by identity, so that readings can be remembered by it."""

    def __init__(self, issue: re.Pattern[str], short: frozenset[str]) -> None:
        self.issue = issue
        self.short = short  # labels of one letter, which say nothing when they stand alone: `S. 12` may be a page


@cache
def _ojs_labels() -> tuple[frozenset[str], frozenset[str]]:
    """All words for volume and for number in the locales of OJS."""
    with Path(__file__).with_name("ojs_issue_labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return (
        frozenset(row["vol_label"] for row in rows if row["vol_label"]),
        frozenset(row["no_label"] for row in rows if row["no_label"]),
    )


@lru_cache(256)
def _grammar(labels: Labels) -> _Grammar:
    volumes, numbers = _ojs_labels()
    volume, number = _any_of({*volumes, *labels.volume}), _any_of({*numbers, *labels.issue})
    volume_value, issue_value = _value(rf"{_YEAR_NEXT}|,?\s+{number}"), _value(_YEAR_NEXT)
    issue = re.compile(
        rf"(?:(?P<vol_label>{volume})(?P<volume>{volume_value}))?"
        rf"(?:(?:^|,\s*|\s+)(?P<no_label>{number})(?P<issue>{issue_value}))?"
        rf"(?:(?:^|,?\s*)\((?P<year>\d{{4}})\))?(?::\s*(?P<title>.*))?",
        re.IGNORECASE | re.DOTALL,
    )
    return _Grammar(issue, frozenset(filter(_is_letter, map(_bare, {*volumes, *numbers}))))


def _value(follows: str) -> str:
    return rf"(?:{_NUMBERS}(?=[\s,:(]|$)|{_WORDS}(?={follows}))"


def _any_of(labels: set[str]) -> str:
    """An expression for any of the labels, longest first, with or without its dot, and what parts it from a value."""
    bare = {_bare(label) for label in labels} | {_bare(label).replace(".º", sign) for label in labels for sign in "º°"}
    words = "|".join(re.escape(label) for label in sorted(bare, key=len, reverse=True) if not _is_letter(label))
    letters = "|".join(re.escape(label) for label in sorted(bare) if _is_letter(label))
    # After a single letter a digit alone is no sign of a label: `S1` is a page.
    return rf"(?:(?:{words})(?:[.\u2024:]\s*|\s+|(?=\d))|(?:{letters})(?:[.\u2024]\s*|\s+))"


def _bare(label: str) -> str:
    return label.rstrip(".\u2024:").lower()


def _is_letter(label: str) -> bool:
    """Whether the label is a single letter such as `T`; a sign (`№`, `卷`) is as good as a word."""
    return len(label) == 1 and label.lower() != label.upper()


# ------------------------------------------------------------------------------------------------ reading

_UNTRANSLATED = re.compile(r" {2}(\S+) {2}(\S+)(?: \((\d{4})\))?(?:: (.*))?", re.DOTALL)
_UNTRANSLATED_VOLUME = re.compile(r" {2}(\S+) (?P<rest>\S.*)", re.DOTALL)
_PAGES_ALONE = re.compile(r" ?\d+-\d+")
_BARE_YEAR = re.compile(r"((?:1[5-9]|20)\d\d)(?::\s*(.*))?", re.DOTALL)


def _semicolons(citation: str) -> Iterator[int]:
    at = citation.find(";")
    while at > 0:
        yield at
        at = citation.find(";", at + 1)


def _reading(citation: str, at: int, grammar: _Grammar) -> Citation | None:
    """The citation read with its journal ending at `at`."""
    rest = citation[at + 1 :]
    head, semicolon, tail = rest.rpartition(";")
    if semicolon:
        pages = parse_pages(tail)
        issue = _issue(head, grammar)
        if issue and (pages or (issue.issue_title is None and tail.strip())):
            unread = None if pages else tail.strip()
            return structs.replace(issue, journal=_title(citation[:at]), pages=pages, unread_pages=unread)
    if _PAGES_ALONE.fullmatch(rest):  # nearly every citation ends so
        return None
    issue = _issue(rest, grammar)
    return structs.replace(issue, journal=_title(citation[:at])) if issue else None


@lru_cache(1 << 12)  # the articles of an issue share it
def _issue(segment: str, grammar: _Grammar) -> Citation | None:
    """Volume, number, year and title of what OJS calls the issue's identification."""
    bare = segment.strip()
    if match := grammar.issue.fullmatch(bare):
        volume, issue, year = match["volume"], match["issue"], match["year"]
        labels = [match[name] for name in ("vol_label", "no_label") if match[name]]
        if labels and (year or len(labels) > 1 or _bare(labels[0].strip()) not in grammar.short):
            return _identification(volume, issue, year, match["title"])
    if match := _BARE_YEAR.fullmatch(bare):
        return _identification(None, None, match[1], match[2])
    return _untranslated(segment, grammar)


def _untranslated(segment: str, grammar: _Grammar) -> Citation | None:
    """`  1  2 (2020)`: a locale without words for volume and number leaves only the blanks around them."""
    segment = segment.rstrip()
    if match := _UNTRANSLATED.fullmatch(segment):
        return _identification(*match.groups()) if match[1][0].isdigit() else None
    if (match := _UNTRANSLATED_VOLUME.fullmatch(segment)) and match[1].isdigit():
        rest = grammar.issue.fullmatch(match["rest"])
        if rest and rest["issue"] and not rest["volume"]:
            return _identification(match[1], rest["issue"], rest["year"], rest["title"])
    return None


def _identification(volume: str | None, issue: str | None, year: str | None, title: str | None) -> Citation:
    return Citation(
        volume=volume and volume.strip(),
        issue=issue and issue.strip(),
        year=int(year) if year else None,
        issue_title=_title(title) if title else None,
    )


def _title(words: str) -> str | None:
    return " ".join(words.split()) or None


def _most_telling(found: list[Citation]) -> list[Citation]:
    """Those that name most of volume, number and year: journal and issue titles may look like an identification too."""
    scores = [sum(part is not None for part in (each.volume, each.issue, each.year)) for each in found]
    return [each for each, score in zip(found, scores, strict=True) if score == max(scores)]


def _without_issue(citation: str, titles: tuple[str, ...]) -> Citation | None:
    """`JOURNAL; PAGES`, `JOURNAL;`, and for a journal whose title is known `JOURNAL; ISSUE TITLE[; PAGES]`."""
    for title in titles:
        if citation.startswith(f"{title};"):
            head, semicolon, tail = citation[len(title) + 1 :].rpartition(";")
            pages = parse_pages(tail)
            issue_title = _title((head if semicolon else "") if pages else citation[len(title) + 1 :])
            return Citation(journal=title, issue_title=issue_title, pages=pages)
    journal, semicolon, tail = citation.partition(";")
    if not semicolon or ";" in tail or not journal.strip():
        return None
    pages = parse_pages(tail)
    return Citation(journal=_title(journal), pages=pages) if pages or not tail.strip() else None
