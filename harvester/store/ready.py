"""The articles that can be deposited.

They are streams, and no transaction stays open while the caller reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from harvester.answers import System
from harvester.model import Article, from_json
from harvester.store.articles import load_articles
from harvester.store.database import Part, chunks
from harvester.store.deposits import is_pending
from harvester.store.registrations import is_in_flight
from harvester.store.selection import selected
from harvester.store.structs import Selection, StoredArticle
from harvester.store.tables import article, finding


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


class Ready(Part):
    """The articles that no finding holds back."""

    def pending(
        self,
        target: str,
        sources: Collection[str] = (),
        selection: Selection | None = None,
        *,
        everything: bool = False,
        configured: Collection[str] = (),
        without: Collection[str] = (),
        system: System = "live",
        now: datetime | None = None,
        waits: bool = False,
    ) -> PendingArticles:
        """The articles to deposit: ready, and different from the last deposit of their DOI for `target`.

        With `everything` or DOIs in the selection the second condition is dropped. The articles of an issue come
        together. What is due again `now` in this system of the target is pending too. With `waits`, a DOI is not
        pending while the result of an earlier file with it is awaited.

        They are those of one moment. What another process stores later is left to the next call. So is a DOI for which
        the findings are not up to date yet: another article of the `configured` sources has it with other content, and
        no finding with a code of `without`.
        """
        columns = select(article.c.id, article.c.fingerprint).where(article.c.state == "ready")
        ready = selected(columns, sources, selection).where(~_contested(configured, without))
        if not (everything or (selection and selection.dois)):
            ready = ready.where(is_pending(target, system, now))
        if waits:
            ready = ready.where(~is_in_flight(target, system))
        issue = (article.c.issn, article.c.journal, article.c.year, article.c.volume, article.c.issue)
        by_issue = [column.nulls_first() for column in issue]
        with self._read() as connection:
            rows = connection.execute(ready.order_by(*by_issue, article.c.doi_key, article.c.id)).all()
        return PendingArticles(self._load_ready, [(row.id, row.fingerprint) for row in rows])

    def _load_ready(self, ids: Sequence[int]) -> list[StoredArticle]:
        with self._read() as connection:
            return load_articles(connection, ids, state="ready")

    def articles(self, sources: Collection[str] = ()) -> Iterator[Article]:
        """Every one of them, deposited or not, without its findings."""
        ready = selected(select(article.c.id).where(article.c.state == "ready"), sources)
        for ids in chunks(self._ids(ready.order_by(article.c.id))):
            with self._read() as connection:
                documents = connection.execute(_DOCUMENTS, {"ids": ids}).scalars().all()
            yield from map(from_json, documents)

    def count(self, sources: Collection[str] = (), selection: Selection | None = None) -> int:
        """How many they are, deposited or not."""
        ready = select(func.count()).select_from(article).where(article.c.state == "ready")
        with self._read() as connection:
            return int(connection.execute(selected(ready, sources, selection)).scalar_one())

    def _ids(self, statement: Select[Any]) -> list[int]:
        with self._read() as connection:
            return list(connection.execute(statement).scalars())


_DOCUMENTS = (
    select(article.c.document)
    .where(article.c.id.in_(bindparam("ids", expanding=True)), article.c.state == "ready")
    .order_by(article.c.id)
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
