"""Selections of articles as conditions of SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, or_, select

from harvester.identifiers import fold_doi
from harvester.store.structs import Selection
from harvester.store.tables import article


def selected(statement: Select[Any], sources: Collection[str] = (), selection: Selection | None = None) -> Select[Any]:
    """The statement about articles, only for those of these sources (empty: all) in the selection."""
    if sources:
        statement = statement.where(article.c.source.in_(sources))
    return statement.where(*_conditions(selection)) if selection else statement


def _conditions(selection: Selection) -> Iterator[ColumnElement[bool]]:
    if selection.dois:
        yield article.c.doi_key.in_([fold_doi(doi) for doi in selection.dois])
    if selection.journals:
        yield _is_of_journal(selection.journals)
    for column, values in (
        (article.c.year, selection.years),
        (article.c.volume, selection.volumes),
        (article.c.issue, selection.issues),
    ):
        if values:
            yield column.in_(values)
    if selection.since:
        yield _is_published_since(selection.since)


def _is_of_journal(names: Collection[str]) -> ColumnElement[bool]:
    """Whether one of its ISSNs or the title of its journal is among the names."""
    issn = func.json_each(article.c.document, "$.journal.issns").table_valued("value", name="issn")
    of_issn = select(issn.c.value).where(func.json_extract(issn.c.value, "$.value").in_(names))
    return or_(of_issn.exists(), func.lower(article.c.journal).in_([name.lower() for name in names]))


_PARTS = ("year", "month", "day")


def _is_published_since(day: str) -> ColumnElement[bool]:
    """Whether its first publication is on that day or later. What a date does not say may be as late as possible."""
    date = func.json_each(article.c.document, "$.dates").table_valued("value", name="date")
    year, month, of_month = (cast(func.json_extract(date.c.value, f"$.{part}"), Integer) for part in _PARTS)
    # Months above 12 are seasons and quarters.
    last_month = case((func.coalesce(month, 13) > 12, 12), else_=month)
    last_day = year * 10_000 + last_month * 100 + func.coalesce(of_month, 31)
    earlier = select(date.c.value).where(last_day < int(day.replace("-", "")))
    return article.c.year.is_not(None) & ~earlier.exists()
