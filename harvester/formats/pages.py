"""Page ranges as people type them: `12-20`, `S1–S5`, `e1001`, `pp. 38-43`, `17-24, 37`."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from harvester.text import with_ascii_digits

_ROMAN = r"(?=[ivxlcdm])m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})(?!\w)"
_CAPITALS = "".join(letter.upper() if letter in "mdclxvi" else letter for letter in _ROMAN)
_PAGE = rf"(?:[^\W\d_]{{0,3}}\.?\d(?:[^\W_]|\.)*|{_ROMAN}|{_CAPITALS})"
_DASH = r"(?:\s*(?:[-\u2010-\u2015\u2212]{1,2}|[~\u301c\uff5e])\s*|\s+(?:to|a|à|bis|до)\s+)"
_LABEL = (
    r"(?:(?i:pp?|pgs?|págs?|pags?|páginas?|pages?|стр|сс?|ss?|str|hal|hlm|halaman|seiten?|бб?|sid|صص?)(?:\.\s*|\s+))?"
)
_MORE = r"(?:\s*[,;+&]\s*|\s+/\s+|\s+(?:and|und|y|e|et|и|та)\s+)"
_PAGES = re.compile(
    rf"{_LABEL}(?P<first>{_PAGE})(?:{_DASH}(?P<last>{_PAGE})(?:\s*(?:pp?|с|стр)\.?)?)?"
    rf"(?:{_MORE}(?P<other>{_PAGE}(?:{_DASH}{_PAGE})?(?:{_MORE}{_PAGE}(?:{_DASH}{_PAGE})?)*))?\.?"
)
# A number of pages, not a page: 15 pp., 12 p.
_COUNT = re.compile(r"\d+\s?(?:pp?|pgs?|págs?|pags?|pages?|páginas?|стр|Seiten)\.?", re.IGNORECASE)
# Other single pages: `A`, `A-12` and `3-12` with the section before the hyphen, `CD001.pub2`.
_SINGLE = re.compile(rf"{_PAGE}|[^\W\d_]{{1,2}}|[^\W_]+(?:[.-][^\W_]+)+")
_HYPHENATED = re.compile(rf"(?P<first>{_PAGE})(?P<dash>{_DASH})(?P<last>{_PAGE})")
_IN_SECTION = re.compile(r"(?P<section>[^\W_]+)-[^\W_]+")
_NUMBERED = re.compile(r"(?P<before>[^\W\d_]*)(?P<number>\d+)(?P<after>[^\W\d_]?)")
_COUNTER = re.compile(r"第?\s*(.*?)\s*(?:[页頁쪽면]|페이지|ページ)")  # Chinese, Korean, Japanese: 第12-15页
_LABELLED = re.compile(r"(?:pp?|pgs?|p[áa]gs?|сс?|стр|hal|hlm)\.\d", re.IGNORECASE)  # without a blank
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_MAX_LENGTH = 100  # characters; a longer value is prose


class Pages(Struct, frozen=True):
    first: str
    last: str | None = None
    other: str | None = None

    def ends_include(self, page: str) -> bool:
        """Whether the page is the first or last of one of the ranges."""
        return page in (self.first, self.last) or page in re.split(r"[^\w.]+", self.other or "")


@lru_cache(1 << 12)
def parse_pages(raw: str) -> Pages | None:
    """The pages as written, in ASCII digits; `None` unless the whole value has this form.

    >>> parse_pages("pp. 17–24, 37")
    Pages(first='17', last='24', other='37')
    """
    value = _without_counter(with_ascii_digits(raw.strip()))
    match = _PAGES.fullmatch(value) if len(raw) <= _MAX_LENGTH else None
    if match is None or _COUNT.fullmatch(value):
        return None
    first, last = _trimmed(match["first"]), match["last"] and _trimmed(match["last"])
    return None if are_reversed(first, last) else Pages(first, last, match["other"])


def are_reversed(first: str, last: str | None) -> bool:
    """Whether the last page has a lower number than the first, unless it is shortened as in `345-52`."""
    if last is None or not (first.isdecimal() and last.isdecimal()):
        return False
    return int(first[: -len(last)] + last) < int(first)


def _without_counter(value: str) -> str:
    counted = _COUNTER.fullmatch(value)
    return counted[1] if counted else value


def _trimmed(page: str) -> str:
    return page.rstrip(".")


def parse_page(raw: str) -> Pages | None:
    """The pages in a field for one page: usually one, as written; `None` if the field has words.

    With a hyphen it is a range if the second number is the higher one: `3-1` is page 1 of section 3.

    >>> parse_page("A-12"), parse_page("12-15")
    (Pages(first='A-12', last=None, other=None), Pages(first='12', last='15', other=None))
    """
    value = _without_counter(with_ascii_digits(raw.strip()))
    if _COUNT.fullmatch(value):
        return None
    is_single = _SINGLE.fullmatch(value) and not _is_range(value) and not _LABELLED.match(value)
    return Pages(value) if is_single else parse_pages(value)


def same_section(first: str, last: str) -> bool:
    """Whether both are pages of one section, such as `3-12` and `3-15`."""
    one, other = _IN_SECTION.fullmatch(first), _IN_SECTION.fullmatch(last)
    return first != last and one is not None and other is not None and one["section"] == other["section"]


def _is_range(value: str) -> bool:
    match = _HYPHENATED.fullmatch(value)
    if match is None or match["dash"] != "-":
        return match is not None
    one, other = _NUMBERED.fullmatch(match["first"]), _NUMBERED.fullmatch(match["last"])
    if one and other:
        is_alike = other["before"] in ("", one["before"]) and bool(one["after"]) == bool(other["after"])
        return is_alike and int(other["number"]) > int(one["number"])
    return not one and not other and 0 < _roman(match["first"]) < _roman(match["last"])


def _roman(number: str) -> int:
    """The value of a Roman numeral; 0 for anything else."""
    values = [_ROMAN_VALUES.get(letter, 0) for letter in number.lower()]
    if not all(values):
        return 0
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))
