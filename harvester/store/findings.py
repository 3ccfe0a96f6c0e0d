"""What is wrong with articles, as it was stored with them.

Long results are streams, and no transaction stays open while the caller reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from harvester.findings import Severity
from harvester.reports import HeldBack
from harvester.store.articles import finding_of
from harvester.store.database import Part, chunks
from harvester.store.deposit_structs import DepositState
from harvester.store.deposits import deposit_states
from harvester.store.selection import selected
from harvester.store.structs import FindingRow, Selection
from harvester.store.tables import article, finding

_BY_IDENTIFIER = (article.c.source, article.c.identifier)


class Findings(Part):
    """The findings of all articles."""

    def matching(
        self, sources: Collection[str] = (), codes: Collection[str] = (), severities: Collection[Severity] = ()
    ) -> Iterator[FindingRow]:
        """The findings with these sources, codes and severities (empty: all), by source and identifier."""
        conditions = _conditions(codes, severities)
        having = select(finding.c.article_id).where(*conditions)
        ids = selected(select(article.c.id).where(article.c.id.in_(having)), sources).order_by(*_BY_IDENTIFIER)
        for chunk in chunks(self._ids(ids)):
            with self._read() as connection:
                rows = connection.execute(_FINDINGS.where(*conditions), {"ids": chunk}).all()
                states = deposit_states(connection, chunk)
            for row in rows:
                *_, deposit = (None, *states.get(row.article_id, ()))
                yield _row_of(row, deposit)

    def count(
        self, sources: Collection[str] = (), codes: Collection[str] = (), severities: Collection[Severity] = ()
    ) -> int:
        """How many findings `matching` yields."""
        counting = select(func.count()).select_from(finding).join(article).where(*_conditions(codes, severities))
        with self._read() as connection:
            return int(connection.execute(selected(counting, sources)).scalar_one())

    def held_back(self, sources: Collection[str] = (), selection: Selection | None = None) -> Iterator[HeldBack]:
        """The articles that are held back, with the codes of the findings that do so, by source and identifier."""
        held = selected(select(article.c.id).where(article.c.state == "held"), sources, selection)
        for ids in chunks(self._ids(held.order_by(*_BY_IDENTIFIER))):
            with self._read() as connection:
                rows = connection.execute(_HELD_BACK, {"ids": ids}).all()
            for _, group in groupby(rows, key=lambda row: (row.source, row.identifier)):
                yield _held_back_of(list(group))

    def _ids(self, statement: Select[Any]) -> list[int]:
        with self._read() as connection:
            return list(connection.execute(statement).scalars())


_HELD_BACK = (
    select(article.c.source, article.c.identifier, article.c.doi, finding.c.code)
    .outerjoin_from(article, finding, (finding.c.article_id == article.c.id) & (finding.c.severity == "error"))
    .where(article.c.id.in_(bindparam("ids", expanding=True)), article.c.state == "held")
    .order_by(*_BY_IDENTIFIER, finding.c.position)
)
_FINDINGS = (
    select(article.c.source, article.c.identifier, article.c.doi, article.c.issn, article.c.title, finding)
    .add_columns(func.json_extract(article.c.document, "$.landing_page").label("landing_page"))
    .join_from(finding, article)
    .where(article.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(*_BY_IDENTIFIER, finding.c.position)
)


def _conditions(codes: Collection[str], severities: Collection[Severity]) -> list[Any]:
    conditions: list[Any] = [finding.c.code.in_(codes)] if codes else []
    return [*conditions, finding.c.severity.in_(severities)] if severities else conditions


def _row_of(row: Any, deposit: DepositState | None) -> FindingRow:
    return FindingRow(
        row.source,
        row.identifier,
        row.doi,
        finding_of(row),
        issn=row.issn,
        deposit=deposit,
        title=row.title,
        landing_page=row.landing_page,
    )


def _held_back_of(rows: Sequence[Any]) -> HeldBack:
    """The article of these rows, one row for each finding."""
    first = rows[0]
    codes = tuple(dict.fromkeys(row.code for row in rows if row.code is not None))
    return HeldBack(record=first.identifier, source=first.source, doi=first.doi, codes=codes)
