"""Splits citations in Dublin Core (mapping D3): the form of OJS here, other platforms in `citation_profiles`.

OJS writes `JOURNAL; VOL v NO n (year): TITLE; PAGES` with labels in the journal's language. All parts but the first are
optional, and JOURNAL and TITLE may be any text. A citation is parsed as a whole or not at all: if a part is left over,
or two interpretations are equally good, the result is `None`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct, structs

from harvester.formats.numbering import in_no_issue
from harvester.formats.pages import Pages, parse_pages


class ParsedCitation(Struct, frozen=True, kw_only=True):
    """The parts of a citation. `unread_pages` is the text in the place of the pages if it has no known form."""

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
    """A journal's own words for volume and issue, in addition to those of OJS."""

    volume: tuple[str, ...] = ()
    issue: tuple[str, ...] = ()


def parse_ojs(raw: str, titles: tuple[str, ...] = (), labels: Labels | None = None) -> ParsedCitation | None:
    """The parts of an OJS citation. `titles` are known titles of the journal; they resolve ambiguous citations.

    >>> parse_ojs("Letters; Vol 1, No 2 (2013): Winter; 37-59").issue
    '2'
    """
    citation = raw.strip()
    if not citation.isascii():
        citation = citation.translate(_INVISIBLE)
    if len(citation) > _MAX_LENGTH:
        return None
    grammar = _grammar_for(labels or Labels())
    candidates = [parsed for at in _semicolon_positions(citation) if (parsed := _parse_at(citation, at, grammar))]
    if not candidates:
        return _parse_without_issue(citation, titles)
    if len(candidates) > 1:
        candidates = [parsed for parsed in candidates if parsed.journal in titles] or _most_specific(candidates)
    return candidates[0] if len(candidates) == 1 else None


# ----------------------------------------------------------------------------------------------- grammar

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))

# A volume or issue number: one or several values with a digit or a Roman numeral. `1 (45)` has a running number too.
_NUMBER = r"(?:[^\W\d_]{0,4}\d[\w.]*|(?:[IVXLCDM]+|[^\W\d_])(?![^\W\d_]))"
_NUMBERS = (
    rf"{_NUMBER}(?:\s?[-\u2013\u2014/&+]\s?{_NUMBER}|\s(?:y|e|i|u|et|and|und|и|та|ve|و)\s{_NUMBER})*(?:\s?\(\d{{1,3}}\))?"
    rf"(?:,?\s?(?:suppl|supl|sup|spec|special|especial|extra|спец)[a-z]{{0,9}}\.?(?:\s?{_NUMBER})?)?"
)
# Any words before the year, but no second number: `Núm. Extraordinario (2019)`, not `Vol 1 Heft 2 (2019)`.
_WORD_VALUE = rf"(?:{_NUMBER}\s)?[^\W\d][^\d,;:()]*?"
_YEAR_NEXT = r",?\s*\(\d{4}\)"
_MAX_LENGTH = 1000  # characters; a longer value is not a citation


class _Grammar:
    """One per set of labels. Compared by identity, so that it can be the key of a cache."""

    def __init__(self, issue: re.Pattern[str], single_letters: frozenset[str]) -> None:
        self.issue = issue
        self.single_letters = single_letters  # labels of one letter prove nothing alone: `S. 12` may be a page


@cache
def _ojs_labels() -> tuple[frozenset[str], frozenset[str]]:
    """All words for volume and for issue in the locales of OJS."""
    with Path(__file__).with_name("ojs_issue_labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return (
        frozenset(row["vol_label"] for row in rows if row["vol_label"]),
        frozenset(row["no_label"] for row in rows if row["no_label"]),
    )


@lru_cache(256)
def _grammar_for(labels: Labels) -> _Grammar:
    volumes, numbers = _ojs_labels()
    volume, number = _label_pattern({*volumes, *labels.volume}), _label_pattern({*numbers, *labels.issue})
    volume_value, issue_value = _value_pattern(rf"{_YEAR_NEXT}|,?\s+{number}"), _value_pattern(_YEAR_NEXT)
    issue = re.compile(
        rf"(?:(?P<vol_label>{volume})(?P<volume>{volume_value}))?"
        rf"(?:(?:^|,\s*|\s+)(?P<no_label>{number})(?P<issue>{issue_value}))?"
        rf"(?:(?:^|,?\s*)\((?P<year>\d{{4}})\))?(?::\s*(?P<title>.*))?",
        re.IGNORECASE | re.DOTALL,
    )
    return _Grammar(issue, frozenset(filter(_is_letter, map(_bare, {*volumes, *numbers}))))


def _value_pattern(following: str) -> str:
    return rf"(?:{_NUMBERS}(?=[\s,:(]|$)|{_WORD_VALUE}(?={following}))"


def _label_pattern(labels: set[str]) -> str:
    """A pattern for any of the labels, longest first, with or without its dot, and the separator before a value."""
    bare = {_bare(label) for label in labels} | {_bare(label).replace(".º", sign) for label in labels for sign in "º°"}
    words = "|".join(re.escape(label) for label in sorted(bare, key=len, reverse=True) if not _is_letter(label))
    letters = "|".join(re.escape(label) for label in sorted(bare) if _is_letter(label))
    # A digit right after a single letter does not make the letter a label: `S1` is a page.
    return rf"(?:(?:{words})(?:[.\u2024:]\s*|\s+|(?=\d))|(?:{letters})(?:[.\u2024]\s*|\s+))"


def _bare(label: str) -> str:
    return label.rstrip(".\u2024:").lower()


def _is_letter(label: str) -> bool:
    """Whether the label is a single letter such as `T`. A sign (`№`, `卷`) counts as a word."""
    return len(label) == 1 and label.lower() != label.upper()


# ------------------------------------------------------------------------------------------------ reading

_UNLABELLED = re.compile(r" {2}(\S+) {2}(\S+)(?: \((\d{4})\))?(?:: (.*))?", re.DOTALL)
_UNLABELLED_VOLUME = re.compile(r" {2}(\S+) (?P<rest>\S.*)", re.DOTALL)
_PAGE_RANGE_ONLY = re.compile(r" ?\d+-\d+")
_YEAR_ONLY = re.compile(r"((?:1[5-9]|20)\d\d)(?::\s*(.*))?", re.DOTALL)


def _semicolon_positions(citation: str) -> Iterator[int]:
    at = citation.find(";")
    while at > 0:
        yield at
        at = citation.find(";", at + 1)


def _parse_at(citation: str, at: int, grammar: _Grammar) -> ParsedCitation | None:
    """The citation if the journal's title ends at `at`."""
    rest = citation[at + 1 :]
    head, semicolon, tail = rest.rpartition(";")
    if semicolon:
        pages = parse_pages(tail)
        issue = _parse_issue(head, grammar)
        if issue and (pages or issue.issue_title is None or not tail.strip()):
            unread = None if pages else tail.strip() or None
            return structs.replace(issue, journal=_collapsed(citation[:at]), pages=pages, unread_pages=unread)
    if _PAGE_RANGE_ONLY.fullmatch(rest):  # nearly every citation ends like this
        return None
    issue = _parse_issue(rest, grammar)
    return structs.replace(issue, journal=_collapsed(citation[:at])) if issue else None


@lru_cache(1 << 12)  # the articles of an issue share this segment
def _parse_issue(segment: str, grammar: _Grammar) -> ParsedCitation | None:
    """Volume, issue, year and title from what OJS calls the identification of the issue."""
    identification = segment.strip()
    if match := grammar.issue.fullmatch(identification):
        volume, issue, year = match["volume"], match["issue"], match["year"]
        labels = [match[name] for name in ("vol_label", "no_label") if match[name]]
        if labels and (year or len(labels) > 1 or _bare(labels[0].strip()) not in grammar.single_letters):
            return _issue_parts(volume, issue, year, match["title"])
    if match := _YEAR_ONLY.fullmatch(identification):
        return _issue_parts(None, None, match[1], match[2])
    return _parse_unlabelled(segment, grammar)


def _parse_unlabelled(segment: str, grammar: _Grammar) -> ParsedCitation | None:
    """`  1  2 (2020)`: in a locale without words for volume and issue, only the spaces around them are left."""
    segment = segment.rstrip()
    if match := _UNLABELLED.fullmatch(segment):
        return _issue_parts(*match.groups()) if match[1][0].isdigit() else None
    if (match := _UNLABELLED_VOLUME.fullmatch(segment)) and match[1].isdigit():
        rest = grammar.issue.fullmatch(match["rest"])
        if rest and rest["issue"] and not rest["volume"]:
            return _issue_parts(match[1], rest["issue"], rest["year"], rest["title"])
    return None


def _issue_parts(volume: str | None, issue: str | None, year: str | None, title: str | None) -> ParsedCitation:
    return ParsedCitation(
        volume=volume and volume.strip(),
        issue=issue and issue.strip(),
        year=int(year) if year else None,
        issue_title=_collapsed(title) if title else None,
    )


# Words for volume and issue in citations, in addition to those of OJS.
_MORE_LABELS = """
volume vol iss number num no nr tome tomo tom band bd jahrgang jg heft h fasc fascicle fascicolo
numero número numéro n ano anno année año rok ročník rocznik zeszyt číslo yıl cilt sayı évf szám årgang årgång årg
nummer aflevering jaargang edisi tahun jilid год том номер выпуск вып рік випуск
"""


@cache
def _numbering() -> re.Pattern[str]:
    """What shows that a text identifies an issue: a label with a number, a year in parentheses, `5(2)`, more parts."""
    volumes, numbers = _ojs_labels()
    words = {re.escape(_bare(label)) for label in {*volumes, *numbers}} | set(_MORE_LABELS.split())
    label = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?:{label})[.:\u2024]?\s*\d|\((?:1[5-9]|20)\d\d\)|(?<![\w-])\d{{1,4}}\s?(?:\(\d+\)|[:/]\s?\d)|;[^;]*\d",
        re.IGNORECASE,
    )


def _has_numbering(issue_title: str) -> bool:
    return _numbering().search(issue_title) is not None


def _collapsed(words: str) -> str | None:
    return " ".join(words.split()) or None


def _most_specific(candidates: list[ParsedCitation]) -> list[ParsedCitation]:
    """Those with the most of volume, issue and year, because titles may look like an identification too."""
    scores = [sum(part is not None for part in (parsed.volume, parsed.issue, parsed.year)) for parsed in candidates]
    return [parsed for parsed, score in zip(candidates, scores, strict=True) if score == max(scores)]


def _parse_without_issue(citation: str, titles: tuple[str, ...]) -> ParsedCitation | None:
    """`JOURNAL; PAGES`, `JOURNAL;`, or `JOURNAL; ISSUE TITLE[; PAGES]` if the journal's title is known.

    Words for "in no issue yet" are known: `JOURNAL; Online First (2022)`.
    """
    for title in titles:
        if citation.startswith(f"{title};"):
            head, semicolon, tail = citation[len(title) + 1 :].rpartition(";")
            pages = parse_pages(tail)
            issue_title = _collapsed((head if semicolon else "") if pages else citation[len(title) + 1 :])
            if issue_title and _has_numbering(issue_title):
                return None  # a known title does not make the rest known
            return ParsedCitation(journal=title, issue_title=issue_title, pages=pages)
    journal, semicolon, tail = citation.partition(";")
    words, _, behind = tail.partition(";")
    if journal.strip() and in_no_issue(words.strip()) and ((pages := parse_pages(behind)) or not behind.strip()):
        return ParsedCitation(journal=_collapsed(journal), issue_title=_collapsed(words), pages=pages)
    if not semicolon or ";" in tail or not journal.strip():
        return None
    pages = parse_pages(tail)
    return ParsedCitation(journal=_collapsed(journal), pages=pages) if pages or not tail.strip() else None
