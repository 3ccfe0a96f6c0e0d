"""When the article was published, online and in print, and when it was accepted (mapping J5)."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from msgspec.structs import replace

from harvester.formats.dates import FIRST_YEAR, LAST_YEAR, is_valid_day, month_number, parse_iso, season_month
from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.tree import Element, Grouped, attribute, child, descendants, vocabulary
from harvester.formats.notes import Notes
from harvester.model import PubDate

DateMedium = Literal["online", "print"]

_ONLINE = vocabulary("electronic online web epub digital online-only electronic-only")
_PRINT = frozenset({"print", "ppub", "paper"})
_PUBLICATION_TYPES = frozenset({"pub", "publication", "published"})
_PUB_TYPES: dict[str, tuple[DateMedium, ...]] = {
    "epub": ("online",),
    "epub-only": ("online",),
    "ppub": ("print",),
    "epub-ppub": ("online", "print"),
}
# Date types that belong to the issue, not to the article.
_ISSUE_TYPES = frozenset({"collection", "cover", "issue-pub"})
# Other kinds are recognised by their words: `published-online`, `version-of-record`, `fecha de publicación`. All words
# must be known, so that `pre-publication`, `publication-retracted` and `received` are not.
_PUBLISHED_WORDS = vocabulary(
    "pub pubdate published publication publish vor issued publicado publicada publicación publicacion publicação "
    "publicacao publié publie parution paru veröffentlicht veröffentlichung veroeffentlicht veroeffentlichung "
    "erschienen publiziert pubblicato pubblicazione опубликовано опубликована публикация публикации yayın yayım terbit "
    "diterbitkan"
)
_ONLINE_WORDS = vocabulary(
    "epub epublish online electronic electronically web internet digital ahead línea linea ligne électronique "
    "electronique electrónico electrónica electronico electronica eletrônico eletrônica eletronico "
    "eletronica elektronisch онлайн"
)
_PRINT_WORDS = vocabulary(
    "ppub print printed paper impreso impresa impresso impressa imprimé imprime papier gedruckt druck stampa печать "
    "печатная"
)
_OTHER_WORDS = vocabulary(
    "date dates original first final year version of record the article and in on en de del da do la le e et y und "
    "available fecha data datum дата tarihi tanggal"
)
_RECORD = vocabulary("version of record")
_AHEAD_OF_PRINT = re.compile(r"ahead\W*of\W*print")
_WORD = re.compile(r"[^\W\d_]+")
_GREGORIAN = re.compile(r"gr[eé]gor|iso", re.IGNORECASE)
_ERAS = frozenset({"", "ad", "a.d.", "ce", "c.e.", "common era"})
_YEAR = re.compile(r"\d{4}", re.ASCII)


class DateKind(NamedTuple):
    """The kind of a <pub-date>, from its attributes.

    `untyped`: the attributes do not name a medium. `by_words`: the type is not a known one, but its words are clear.
    """

    media: tuple[DateMedium | None, ...] = ()
    untyped: bool = False
    of_issue: bool = False
    by_words: bool = False


def publication_dates(groups: Grouped, notes: Notes) -> tuple[PubDate, ...]:
    """The publication dates, one for each medium. The date of the issue is never used, even if it is the only date."""
    dates: dict[DateMedium | None, PubDate] = {}
    kinds = [(element, date_kind(element)) for element in groups.get("pub-date", ())]
    for element, kind in kinds:
        if kind.media and not kind.by_words:
            _add_date(dates, element, kind, notes)
    for element, kind in kinds:
        if kind.by_words and dates.keys().isdisjoint(kind.media) and (None not in kind.media or not dates):
            _add_date(dates, element, kind, notes)
    if not dates:
        _report_unused(kinds, notes)
    return tuple(dates.values())


def _report_unused(kinds: list[tuple[Element, DateKind]], notes: Notes) -> None:
    """Reports the dates that are not publication dates, if the article has no other."""
    of_issue = [_as_written(element) for element, kind in kinds if kind.of_issue]
    if of_issue:
        notes.report("pub-date-collection-only", "dates", of_issue[0])
    others = [_with_kind(element) for element, kind in kinds if not kind.of_issue and not kind.media]
    if others:
        notes.report("pub-date-kind-unknown", "dates", "; ".join(others))


def issue_year(groups: Grouped, notes: Notes) -> int | None:
    """The year of the issue, if it has its own date: the article is online first, or the issue appears continuously."""
    for element in groups.get("pub-date", ()):
        if date_kind(element).of_issue:
            date = read_date(element, "issue_year", Notes())  # its season and day are not used, so not reported
            if date is not None:
                return date.year
            notes.report("date-invalid", "issue_year", _as_written(element))
    return None


def accepted(groups: Grouped, notes: Notes) -> PubDate | None:
    """The date of acceptance, from the article's history."""
    for history in (*groups.get("history", ()), *groups.get("pub-history", ())):
        for element in descendants(history, "date"):
            if attribute(element, "date-type") == "accepted":
                return read_date(element, "accepted", notes)
    return None


def date_kind(element: Element) -> DateKind:
    """The kind of a <pub-date>, by `pub-type` (NLM), or by `date-type` and `publication-format` (JATS 1.0)."""
    pub_type = attribute(element, "pub-type")
    date_type = attribute(element, "date-type")
    pub_format = attribute(element, "publication-format")
    if pub_type in _PUB_TYPES:
        return DateKind(_PUB_TYPES[pub_type])
    if pub_type in _ISSUE_TYPES or date_type in _ISSUE_TYPES:
        return DateKind(of_issue=True)
    if pub_type in _PUBLICATION_TYPES or date_type in _PUBLICATION_TYPES or not (pub_type or date_type):
        medium: DateMedium | None = "online" if pub_format in _ONLINE else "print" if pub_format in _PRINT else None
        return DateKind((medium,), untyped=medium is None)
    return _kind_by_words(pub_type or date_type, pub_format)


def _kind_by_words(kind: str, pub_format: str) -> DateKind:
    """The kind of a date of an unknown type, if every word of its type is clear."""
    words = set(_WORD.findall(_AHEAD_OF_PRINT.sub("ahead", kind)))
    named = words & (_PUBLISHED_WORDS | _ONLINE_WORDS | _PRINT_WORDS)
    if not (named or words >= _RECORD) or words - named - _OTHER_WORDS:
        return DateKind()
    online = words & _ONLINE_WORDS or pub_format in _ONLINE
    in_print = words & _PRINT_WORDS or pub_format in _PRINT
    media: tuple[DateMedium | None, ...] = (*(("online",) if online else ()), *(("print",) if in_print else ()))
    return DateKind(media or (None,), untyped=not media, by_words=True)


def read_date(element: Element, path: str, notes: Notes) -> PubDate | None:
    """The date from the parts of an element, or else from its ISO attribute. Invalid parts are reported."""
    if _is_of_another_calendar(element):
        return _from_iso_attribute(element, path, notes)
    holder = child(element, "string-date") if child(element, "year") is None else None
    year = plain_text(next(descendants(holder if holder is not None else element, "year"), None))
    if year is None:
        return _from_iso_attribute(element, path, notes)
    if not _YEAR.fullmatch(year) or not FIRST_YEAR <= int(year) <= LAST_YEAR:
        notes.report("date-invalid", path, year)
        return None
    return _with_parts(PubDate(year=int(year)), holder if holder is not None else element, path, notes)


def _is_of_another_calendar(element: Element) -> bool:
    """Whether the date or a part of it names a calendar or an era other than the Gregorian and the common one."""
    calendars = [value for part in (element, *element) if (value := attribute(part, "calendar"))]
    era = (plain_text(child(element, "era")) or "").lower()
    return any(_GREGORIAN.match(value) is None for value in calendars) or era not in _ERAS


def _from_iso_attribute(element: Element, path: str, notes: Notes) -> PubDate | None:
    """The date of the ISO attribute, which is always Gregorian, or else of the whole text."""
    written = element.get("iso-8601-date") or _as_written(element)
    date = None if _is_of_another_calendar(element) and _repeats_year(element) else parse_iso(written)
    if date is None:
        notes.report("date-invalid", path, _with_calendar(element, written))
    return date


def _repeats_year(element: Element) -> bool:
    """Whether the ISO attribute is missing or repeats the year as written, so that it is not Gregorian either."""
    year = plain_text(child(element, "year")) or ""
    return (element.get("iso-8601-date") or year).startswith(year)


def _with_calendar(element: Element, written: str) -> str:
    calendar = element.get("calendar")
    return f"{_as_written(element) or written} ({calendar})" if calendar else written


def _with_parts(date: PubDate, element: Element, path: str, notes: Notes) -> PubDate:
    """The year with its month or season and its day, if they are valid."""
    season, month, day = (plain_text(child(element, part)) for part in ("season", "month", "day"))
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
    if day.isascii() and day.isdigit() and is_valid_day(date.year, number, int(day)):
        return replace(date, day=int(day))
    notes.report("date-invalid", path, f"{date.year} {written} {day}")
    return date


def _add_date(dates: dict[DateMedium | None, PubDate], element: Element, kind: DateKind, notes: Notes) -> None:
    """Adds a date for its media. If a medium has two, the first is kept, unless the second only adds a month or day."""
    path = f"dates[{len(dates)}]"
    date = read_date(element, path, notes)
    if date is None:
        return
    if kind.untyped:
        notes.report("pub-date-untyped", path, _as_written(element))
    for medium in kind.media:
        known = dates.get(medium)
        if known is None or _is_refined_by(known, date):
            dates[medium] = replace(date, medium=medium)
        elif not _is_refined_by(date, known):
            notes.report("pub-date-conflict", path, _as_written(element), medium=medium or "")


def _with_kind(element: Element) -> str:
    """The date as written, with its kind before it."""
    kind = attribute(element, "pub-type") or attribute(element, "date-type")
    return f"{kind} {_as_written(element)}".strip()


def _as_written(element: Element) -> str:
    """The date as written in the source, for a finding."""
    parts = (plain_text(part) for part in element)
    return " ".join(filter(None, parts)) or plain_text(element) or element.get("iso-8601-date") or ""


def _is_refined_by(date: PubDate, other: PubDate) -> bool:
    """Whether `other` is the same date, or the same with a month or day added."""
    same_month = date.month is None or date.month == other.month
    return date.year == other.year and same_month and (date.day is None or date.day == other.day)
