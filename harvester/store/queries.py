"""Queries over the whole store, for people and for the export.

Long results are streams, and no transaction stays open while the caller reads them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, text

from harvester.findings import Severity
from harvester.model import Article, from_json
from harvester.reports import HeldBack
from harvester.store import payloads
from harvester.store.articles import finding_of, load_articles
from harvester.store.database import Database, chunks
from harvester.store.deposits import deposit_states, is_pending
from harvester.store.overview import Overview
from harvester.store.selection import selected
from harvester.store.structs import FindingRow, Selection, SourceStatus, StoredArticle
from harvester.store.tables import article, article_count, batch, finding, record, record_count
from harvester.system.progress import report

_BY_IDENTIFIER = (article.c.source, article.c.identifier)


class PendingArticles:
    """The articles that were to be deposited at one moment, as many as `len` says. Iterating loads them.

    One that changes meanwhile is not given any more.
    """

    def __init__(
        self, load: Callable[[Sequence[int]], list[StoredArticle]], found: Sequence[tuple[int, str | None]]
    ) -> None:
        self._load, self._found = load, found

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[StoredArticle]:
        for chunk in chunks(self._found, 100):
            fingerprints = dict(chunk)
            yield from (one for one in self._load(list(fingerprints)) if one.fingerprint == fingerprints[one.id])


class Queries(Database):
    """Queries over the whole store."""

    def pending(
        self,
        target: str,
        sources: Collection[str] = (),
        selection: Selection | None = None,
        *,
        everything: bool = False,
        configured: Collection[str] = (),
        without: Collection[str] = (),
    ) -> PendingArticles:
        """The articles to deposit: ready, and different from the last deposit of their DOI for `target`.

        With `everything` or DOIs in the selection the second condition is dropped. The articles of an issue come
        together.

        They are those of one moment. What another process stores later is left to the next call. So is a DOI for which
        the findings are not up to date yet: another article of the `configured` sources has it with other content, and
        no finding with a code of `without`.
        """
        columns = select(article.c.id, article.c.fingerprint).where(article.c.state == "ready")
        ready = selected(columns, sources, selection).where(~_contested(configured, without))
        if not (everything or (selection and selection.dois)):
            ready = ready.where(is_pending(target))
        by_issue = (article.c.issn, article.c.journal, article.c.year, article.c.volume, article.c.issue)
        with self._read() as connection:
            rows = connection.execute(ready.order_by(*by_issue, article.c.doi_key, article.c.id)).all()
        return PendingArticles(self._load_ready, [(row.id, row.fingerprint) for row in rows])

    def _load_ready(self, ids: Sequence[int]) -> list[StoredArticle]:
        with self._read() as connection:
            return load_articles(connection, ids, state="ready")

    def ready_articles(self, sources: Collection[str] = ()) -> Iterator[Article]:
        """Every article that is not held back, deposited or not, without its findings."""
        ready = selected(select(article.c.id).where(article.c.state == "ready"), sources)
        for ids in chunks(self._ids(ready)):
            with self._read() as connection:
                documents = connection.execute(_DOCUMENTS, {"ids": ids}).scalars().all()
            yield from map(from_json, documents)

    def ready_count(self, sources: Collection[str] = (), selection: Selection | None = None) -> int:
        """The number of articles that are not held back, deposited or not."""
        ready = select(func.count()).select_from(article).where(article.c.state == "ready")
        with self._read() as connection:
            return int(connection.execute(selected(ready, sources, selection)).scalar_one())

    def has_articles(self, sources: Collection[str], selection: Selection) -> bool:
        """Whether any article, in whatever state, is in the selection."""
        with self._read() as connection:
            return connection.execute(selected(select(article.c.id), sources, selection).limit(1)).first() is not None

    def held_back(self, sources: Collection[str] = (), selection: Selection | None = None) -> Iterator[HeldBack]:
        """The articles that are held back, with the codes of the findings that do so, by source and identifier."""
        held = selected(select(article.c.id).where(article.c.state == "held"), sources, selection)
        for ids in chunks(self._ids(held.order_by(*_BY_IDENTIFIER))):
            with self._read() as connection:
                rows = connection.execute(_HELD_BACK, {"ids": ids}).all()
            for _, group in groupby(rows, key=lambda row: (row.source, row.identifier)):
                yield _held_back_of(list(group))

    def findings(
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
                yield FindingRow(row.source, row.identifier, row.doi, finding_of(row), row.issn, deposit)

    def last_export(self, target: str | None = None) -> datetime | None:
        """When the last deposit file was written, for this target or for any; `None` if there is none."""
        newest = select(func.max(batch.c.written, type_=batch.c.written.type))
        with self._read() as connection:
            return connection.execute(newest.where(batch.c.target == target) if target else newest).scalar()

    def _ids(self, statement: Select[Any]) -> list[int]:
        with self._read() as connection:
            return list(connection.execute(statement).scalars())

    # --------------------------------------------------------------------------------- the whole store

    def status(self) -> tuple[SourceStatus, ...]:
        """Every source with its articles by state, its records by format and its last runs."""
        with self.overview() as overview:
            return overview.status()

    @contextmanager
    def overview(self) -> Iterator[Overview]:
        """What the store knows without reading records, as it is now."""
        with self._read() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            yield Overview(raw)

    def check_integrity(self, *, deep: bool = False) -> list[str]:
        """What is wrong with the file, one sentence each.

        `deep` reads every payload, because SQLite's own check does not see damage inside one.
        """
        report("checking the structure of the store")
        with self._read() as connection:
            lines = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            faults = [f"SQLite finds: {line}." for line in lines if line != "ok"]
            faults += [
                f"Row {row[1]} of table {row[0]} points to a row of {row[2]} that is not there." for row in broken
            ]
            faults += [
                f"The store has miscounted its {what} of {name}; please report this."
                for what, name in _miscounted(connection)
            ]
            if deep:
                damaged = payloads.damaged(connection)
                faults += [f"The bytes of payload {digest} are not what was received." for digest in damaged]
        return faults


_DOCUMENTS = select(article.c.document).where(
    article.c.id.in_(bindparam("ids", expanding=True)), article.c.state == "ready"
)
_HELD_BACK = (
    select(article.c.source, article.c.identifier, article.c.doi, finding.c.code)
    .outerjoin_from(article, finding, (finding.c.article_id == article.c.id) & (finding.c.severity == "error"))
    .where(article.c.id.in_(bindparam("ids", expanding=True)), article.c.state == "held")
    .order_by(*_BY_IDENTIFIER, finding.c.position)
)
_FINDINGS = (
    select(article.c.source, article.c.identifier, article.c.doi, article.c.issn, finding)
    .join_from(finding, article)
    .where(article.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(*_BY_IDENTIFIER, finding.c.position)
)


def _contested(configured: Collection[str], without: Collection[str]) -> ColumnElement[bool]:
    """The condition that another live article of these sources has the DOI with other content."""
    other = article.alias("other")
    outside = select(finding.c.article_id).where(finding.c.article_id == other.c.id, finding.c.code.in_(without))
    return (
        select(other.c.id)
        .where(
            other.c.doi_key == article.c.doi_key,
            other.c.state != "deleted",
            other.c.source.in_(configured),
            other.c.fingerprint != article.c.fingerprint,
            ~outside.exists(),
        )
        .exists()
    )


def _conditions(codes: Collection[str], severities: Collection[Severity]) -> list[Any]:
    conditions: list[Any] = [finding.c.code.in_(codes)] if codes else []
    return [*conditions, finding.c.severity.in_(severities)] if severities else conditions


def _held_back_of(rows: Sequence[Any]) -> HeldBack:
    """The article of these rows, one row for each finding."""
    first = rows[0]
    codes = tuple(dict.fromkeys(row.code for row in rows if row.code is not None))
    return HeldBack(record=first.identifier, source=first.source, doi=first.doi, codes=codes)


def _miscounted(connection: Connection) -> set[tuple[str, str]]:
    """The sources whose records or articles the triggers have miscounted, each as ("records" or "articles", source)."""
    miscounted: set[tuple[str, str]] = set()
    for table, counts in ((record, record_count), (article, article_count)):
        key = [table.c[column.name] for column in counts.primary_key]
        actual = connection.execute(select(*key, func.count()).group_by(*key)).all()
        counted = connection.execute(select(counts).where(counts.c.number != 0)).all()
        miscounted |= {(f"{table.name}s", row[0]) for row in set(actual) ^ set(counted)}
    return miscounted
