"""The words of an article for targets that take plain text."""

from __future__ import annotations

from harvester.article_texts import texts_of
from harvester.model import Abstract, Affiliation, Contributor, PubDate
from harvester.text import plain


def abstract_text(abstract: Abstract) -> str:
    """The abstract as plain text, with a line for each paragraph, list item and heading."""
    return "\n".join(filter(None, (plain(text) for block in abstract.blocks for text in texts_of(block))))


def full_name(person: Contributor) -> str | None:
    """`Chidi Okoye Jr.`, or the name of a group; `None` if the contributor is anonymous."""
    if person.kind == "anonymous":
        return None
    return " ".join(filter(None, (person.given, person.surname, person.suffix))) or person.name


def affiliation_text(known: Affiliation) -> str | None:
    """`Department of Hydrology, Institute of Rivers, Orenburg`; `None` without any of these."""
    return ", ".join(filter(None, (*known.departments, known.name, known.place))) or None


def first_date(dates: tuple[PubDate, ...]) -> PubDate | None:
    """The date of publication: the earliest, and of the dates in one year or month the one that says more.

    A season is not a month.
    """
    return min(dates, key=lambda date: (date.year, month_of(date) or 13, date.day or 32), default=None)


def month_of(date: PubDate) -> int | None:
    """The month; `None` if there is none, or a season or a quarter."""
    return date.month if date.month is not None and date.month <= 12 else None
