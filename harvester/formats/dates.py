"""Dates as sources write them, parsed by fixed forms and fixed tables only. Nothing is filled in."""

from __future__ import annotations

import re
from calendar import monthrange
from functools import lru_cache

from harvester.model import PubDate

# The years that Crossref's schema accepts, without those of the Persian and Islamic calendars (1300 to 1450). No
# journal is older than 1665.
FIRST_YEAR, LAST_YEAR = 1451, 2200

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)

_MONTHS = (
    ("january", "jan"),
    ("february", "feb", "febr"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_ORDINALS = (("first", "1st", "1"), ("second", "2nd", "2"), ("third", "3rd", "3"), ("fourth", "4th", "4"))
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24} | {
    form: 30 + number
    for number, (word, ordinal, digit) in enumerate(_ORDINALS, 1)
    for form in (f"{word} quarter", f"{ordinal} quarter", f"quarter {digit}", f"q{digit}", str(30 + number))
}
_SEASONS |= {str(number): number for number in (21, 22, 23, 24)}


@lru_cache(1 << 12)
def parse_iso(raw: str) -> PubDate | None:
    """The date of `YYYY`, `YYYY-MM` or `YYYY-MM-DD[T…]`; `None` for other forms and for days that do not exist."""
    match = _ISO.fullmatch(raw.strip())
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if not FIRST_YEAR <= year <= LAST_YEAR or (month is not None and not 1 <= month <= 12):
        return None
    if month is not None and day is not None and not is_valid_day(year, month, day):
        return None
    return PubDate(year=year, month=month, day=day)


def is_valid_day(year: int, month: int, day: int) -> bool:
    """Whether the day exists in the calendar. A season has no days."""
    return 1 <= month <= 12 and 1 <= year <= 9999 and 1 <= day <= monthrange(year, month)[1]


def month_number(name: str) -> int | None:
    """1-12 for the number of a month or its English name, full or abbreviated; `None` for anything else."""
    word = name.strip().rstrip(".").lower()
    if word.isascii() and word.isdigit() and len(word) <= 2:
        return number if 1 <= (number := int(word)) <= 12 else None
    return _MONTH_NUMBERS.get(word)


def season_month(name: str) -> int | None:
    """Crossref's month for a season (21 spring to 24 winter) or a quarter (31-34); `None` for anything else."""
    return _SEASONS.get(" ".join(name.lower().split()).rstrip("."))
