"""When the article was published, online and in print, and when it was accepted (mapping J5)."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from msgspec.structs import replace

from harvester.formats.dates import FIRST_YEAR, LAST_YEAR, month_number, parse_iso, season_month, valid_day
from harvester.formats.jats.inline import words
from harvester.formats.jats.tree import Element, Grouped, attribute, child, descendants, vocabulary
from harvester.formats.notes import Notes
from harvester.model import PubDate

Medium = Literal["online", "print"]

_ONLINE = vocabulary("electronic online web epub digital online-only electronic-only")
_PRINT = frozenset({"print", "ppub", "paper"})
_PUBLICATION = frozenset({"pub", "publication", "published"})
_PUB_TYPES: dict[str, tuple[Medium, ...]] = {
    "epub": ("online",),
    "epub-only": ("online",),
    "ppub": ("print",),
    "epub-ppub": ("online", "print"),
}
# Kinds of dates that tell of an issue or an archive, not of the article's publication.
_ISSUE = frozenset({"collection", "cover", "issue-pub"})
_YEAR = re.compile(r"\d{4}", re.ASCII)


class Kind(NamedTuple):
    """What the attributes of a <pub-date> say: the media it counts for; `untyped` where they leave it open."""

    media: tuple[Medium | None, ...] = ()
    untyped: bool = False
    of_issue: bool = False


def publication_dates(groups: Grouped, notes: Notes) -> tuple[PubDate, ...]:
    """The publication dates, one for each medium; the date of an issue is none, even where it stands alone."""
    found: dict[Medium | None, PubDate] = {}
    issue_dates: list[Element] = []
    for element in groups.get("pub-date", ()):
        kind = date_kind(element)
        if kind.of_issue:
            issue_dates.append(element)
        if kind.media:
            _take(found, element, kind, notes)
    if not found and issue_dates:
        notes.report("pub-date-collection-only", "dates", _written(issue_dates[0]))
    return tuple(found.values())


def issue_year(groups: Grouped, notes: Notes) -> int | None:
    """The year of the issue, where it is dated apart from the article: online first, or continuously published."""
    for element in groups.get("pub-date", ()):
        if date_kind(element).of_issue:
            date = read_date(element, "issue_year", Notes())  # its season or day is nowhere needed
            if date is not None:
                return date.year
            notes.report("date-invalid", "issue_year", _written(element))
    return None


def accepted(groups: Grouped, notes: Notes) -> PubDate | None:
    """When the article was accepted, from its history."""
    for history in (*groups.get("history", ()), *groups.get("pub-history", ())):
        for element in descendants(history, "date"):
            if attribute(element, "date-type") == "accepted":
                return read_date(element, "accepted", notes)
    return None


def date_kind(element: Element) -> Kind:
    """What kind of date a <pub-date> is, by `pub-type` (NLM), or `date-type` and `publication-format` (JATS 1.0)."""
    said = attribute(element, "pub-type")
    kind = attribute(element, "date-type")
    medium = attribute(element, "publication-format")
    if said in _PUB_TYPES:
        return Kind(_PUB_TYPES[said])
    if said in _ISSUE or kind in _ISSUE:
        return Kind(of_issue=True)
    if said in _PUBLICATION or kind in _PUBLICATION or not (said or kind):
        found: Medium | None = "online" if medium in _ONLINE else "print" if medium in _PRINT else None
        return Kind((found,), untyped=found is None)
    return Kind()


def read_date(element: Element, path: str, notes: Notes) -> PubDate | None:
    """The date in an element's parts, else in its ISO attribute; a part that cannot be is dropped, with a finding."""
    holder = child(element, "string-date") if child(element, "year") is None else None
    year = words(next(descendants(holder if holder is not None else element, "year"), None))
    if year is None:
        return _whole(element, path, notes)
    if not _YEAR.fullmatch(year) or not FIRST_YEAR <= int(year) <= LAST_YEAR:
        notes.report("date-invalid", path, year)
        return None
    return _with_parts(PubDate(year=int(year)), holder if holder is not None else element, path, notes)


def _whole(element: Element, path: str, notes: Notes) -> PubDate | None:
    written = element.get("iso-8601-date") or words(element) or ""
    found = parse_iso(written)
    if found is None:
        notes.report("date-invalid", path, written)
    return found


def _with_parts(date: PubDate, element: Element, path: str, notes: Notes) -> PubDate:
    """The year with its month or season and its day, as far as each can be."""
    season, month, day = (words(child(element, part)) for part in ("season", "month", "day"))
    written = month or season
    if written is None:
        if day is not None:
            notes.report("date-invalid", path, f"{date.year} {day}")
        return date
    number = month_number(written) or season_month(written)
    if number is None:
        notes.report("date-invalid", path, " ".join(part for part in (str(date.year), written, day) if part))
        return date
    date = replace(date, month=number)
    if day is None:
        return date
    if day.isascii() and day.isdigit() and valid_day(date.year, number, int(day)):
        return replace(date, day=int(day))
    notes.report("date-invalid", path, f"{date.year} {written} {day}")
    return date


def _take(found: dict[Medium | None, PubDate], element: Element, kind: Kind, notes: Notes) -> None:
    """Adds a date for its media. Of two for one medium the first stays, unless the other only says it more exactly."""
    path = f"dates[{len(found)}]"
    date = read_date(element, path, notes)
    if date is None:
        return
    if kind.untyped:
        notes.report("pub-date-untyped", path, _written(element))
    for medium in kind.media:
        known = found.get(medium)
        if known is None or _is_part_of(known, date):
            found[medium] = replace(date, medium=medium)
        elif not _is_part_of(date, known):
            notes.report("pub-date-conflict", path, _written(element), medium=medium or "")


def _written(element: Element) -> str:
    """The date as it stands in the source, for a finding."""
    parts = (words(each) for each in element)
    return " ".join(filter(None, parts)) or words(element) or element.get("iso-8601-date") or ""


def _is_part_of(date: PubDate, other: PubDate) -> bool:
    """Whether `other` says the same as `date`, perhaps more exactly."""
    same_month = date.month is None or date.month == other.month
    return date.year == other.year and same_month and (date.day is None or date.day == other.day)
