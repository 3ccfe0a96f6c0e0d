"""Findings about several articles, or about an article and its last deposit.

They are read, judged and written in one transaction, and only findings with the caller's codes are exchanged. So a page
that another process stores meanwhile keeps the findings that its mapping gave.

With `dois`, folded, only the findings of articles that have one of these are found and exchanged: after a harvest, the
others are as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, text

from harvester.model import Finding
from harvester.store.articles import exchange_findings, load_articles
from harvester.store.column_types import Moment
from harvester.store.database import Part, chunks, in_list
from harvester.store.structs import ChangedDeposit, DeletedDeposit, DoiHolder, DuplicateDoi
from harvester.store.tables import article, batch, deposit, deposited, elsewhere, finding

_IN_ONE_TRANSACTION = 100  # articles that are read with their documents: others wait meanwhile


class CrossRecord(Part):
    """Findings that need more than one record."""

    def replace_shared_doi_findings(
        self,
        sources: Collection[str],
        codes: Sequence[str],
        judge: Callable[[DuplicateDoi], Iterable[tuple[int, Finding]]],
        *,
        without: Sequence[str] = (),
        dois: Collection[str] | None = None,
    ) -> None:
        """Makes what `judge` finds about each shared DOI, by article id, the only findings with these codes.

        A DOI is shared if several live articles of these sources have it. Articles that have a finding with a code of
        `without` do not count.
        """
        for keys in _parts(dois):
            with self._write() as connection:
                found: dict[int, list[Finding]] = {}
                for shared in _duplicate_dois(connection, sources, without, keys):
                    for article_id, each in judge(shared):
                        found.setdefault(article_id, []).append(each)
                exchange_findings(connection, codes, found, _having(connection, codes, keys))

    def replace_redeposit_findings(
        self,
        sources: Collection[str],
        codes: Sequence[str],
        judge: Callable[[ChangedDeposit], Finding | None],
        *,
        dois: Collection[str] | None = None,
    ) -> None:
        """Makes what `judge` finds about live articles that differ from a last deposit the only findings with `codes`.

        There is one transaction for some articles at a time, because their documents are read.
        """
        for keys in _parts(dois):
            self._replace_redeposit_findings(sources, codes, judge, keys)

    def _replace_redeposit_findings(
        self,
        sources: Collection[str],
        codes: Sequence[str],
        judge: Callable[[ChangedDeposit], Finding | None],
        keys: Sequence[str] | None,
    ) -> None:
        with self._read() as connection:
            ids = _changed_ids(connection, sources, keys)
        for chunk in chunks(ids, _IN_ONE_TRANSACTION):
            with self._write() as connection:
                found: dict[int, list[Finding]] = {}
                for changed in _changed_deposits(connection, chunk):
                    if each := judge(changed):
                        found.setdefault(changed.article.id, []).append(each)
                exchange_findings(connection, codes, found, chunk)
        with self._write() as connection:
            having, changed_ids = _having(connection, codes, keys), _changed_ids(connection, sources, keys)
            exchange_findings(connection, codes, {}, having.difference(changed_ids))

    def replace_deletion_findings(
        self,
        sources: Collection[str],
        codes: Sequence[str],
        judge: Callable[[DeletedDeposit], Finding],
        *,
        dois: Collection[str] | None = None,
    ) -> None:
        """Makes what `judge` finds about deleted records whose DOI was deposited the only findings with these codes.

        A DOI that a live article of these sources has too is left out: its record has another identifier now.
        """
        for keys in _parts(dois):
            with self._write() as connection:
                rows = connection.execute(*_among(_DELETED, keys, {"sources": list(sources)})).all()
                newest = {row.article_id: row for row in reversed(rows)}
                found = {key: [judge(DeletedDeposit(**row._asdict()))] for key, row in newest.items()}
                exchange_findings(connection, codes, found, _having(connection, codes, keys))


# -------------------------------------------------------------------------------- within a transaction

_LIVE = (article.c.doi_key.is_not(None), article.c.state != "deleted")
# Without the sources: this way the index of the DOIs suffices.
_SEVERAL = select(article.c.doi_key).where(*_LIVE).group_by(article.c.doi_key).having(func.count() > 1)
_HOLDERS_OF = (
    select(
        article.c.doi_key, article.c.id, article.c.source, article.c.identifier, article.c.title, article.c.fingerprint
    )
    .where(
        *_LIVE,
        in_list(article.c.source, "sources"),
        ~select(finding.c.article_id)
        .where(finding.c.article_id == article.c.id, in_list(finding.c.code, "without"))
        .exists(),
    )
    .order_by(article.c.doi_key, article.c.source, article.c.identifier)
)
_HOLDERS = _HOLDERS_OF.where(article.c.doi_key.in_(_SEVERAL))
_HAVING = select(finding.c.article_id).where(in_list(finding.c.code, "codes"))
# A query of its own, or a planner may begin with all that are deleted, or all that have such a finding.
_NAMED_ONE = article.alias()
_NAMED = select(_NAMED_ONE.c.id).where(in_list(_NAMED_ONE.c.doi_key, "keys"))
# SQLite keeps the order of a CROSS JOIN, and the index of the DOIs has all that is compared here.
_CHANGED_IDS = text("""
SELECT article.id
  FROM article
 CROSS JOIN deposited ON deposited.doi_key = article.doi_key
 WHERE article.state <> 'deleted' AND deposited.fingerprint <> article.fingerprint
""")
_CHANGED_AMONG = (
    select(article.c.id)
    .join(deposited, deposited.c.doi_key == article.c.doi_key)
    .where(article.c.state != "deleted", deposited.c.fingerprint != article.c.fingerprint)
)
_OF_SOURCES = select(article.c.id).where(
    article.c.id.in_(bindparam("ids", expanding=True)), in_list(article.c.source, "sources")
)
_CHANGED = (
    select(article.c.id, deposited.c.target, deposit.c.counts_by_kind)
    .join_from(article, deposited, deposited.c.doi_key == article.c.doi_key)
    .join(deposit, (deposit.c.doi_key == deposited.c.doi_key) & (deposit.c.batch_id == deposited.c.batch_id))
    .where(article.c.state != "deleted", deposited.c.fingerprint != article.c.fingerprint)
    .where(article.c.id.in_(bindparam("ids", expanding=True)))
)

_LIVE_ONE = article.alias()
_DELETED = (
    select(
        article.c.id.label("article_id"),
        article.c.doi,
        func.coalesce(batch.c.written, elsewhere.c.since, type_=Moment).label("moment"),
        batch.c.path.label("file"),
    )
    .outerjoin_from(article, deposited, deposited.c.doi_key == article.c.doi_key)
    .outerjoin(batch, batch.c.id == deposited.c.batch_id)
    .outerjoin(elsewhere, elsewhere.c.doi_key == article.c.doi_key)
    .where(article.c.state == "deleted", in_list(article.c.source, "sources"))
    .where(batch.c.id.is_not(None) | elsewhere.c.doi_key.is_not(None))
    .where(
        ~select(_LIVE_ONE.c.id)
        .where(
            _LIVE_ONE.c.doi_key == article.c.doi_key,
            _LIVE_ONE.c.state != "deleted",
            in_list(_LIVE_ONE.c.source, "sources"),
        )
        .exists()
    )
    .order_by(article.c.id, batch.c.written.desc().nulls_last())
)


def _parts(dois: Collection[str] | None) -> Iterable[Sequence[str] | None]:
    """The DOIs in parts, each for one transaction; `None`, for all, is one of them."""
    return [None] if dois is None else chunks(sorted(dois))


def _among(
    statement: Select[Any],
    keys: Sequence[str] | None,
    values: dict[str, Any],
    article_id: ColumnElement[int] = article.c.id,
) -> tuple[Select[Any], dict[str, Any]]:
    """The statement for the articles with these DOIs, and its values."""
    if keys is None:
        return statement, values
    return statement.where(article_id.in_(_NAMED)), {**values, "keys": keys}


def _duplicate_dois(
    connection: Connection, sources: Collection[str], without: Sequence[str], keys: Sequence[str] | None
) -> Iterator[DuplicateDoi]:
    values = {"sources": list(sources), "without": list(without)}
    rows = connection.execute(*_among(_HOLDERS if keys is None else _HOLDERS_OF, keys, values)).all()
    for doi, group in groupby(rows, key=lambda row: row.doi_key):
        holders = tuple(map(_holder, group))
        if len(holders) > 1:
            yield DuplicateDoi(doi, holders)


def _holder(row: Any) -> DoiHolder:
    return DoiHolder(
        article_id=row.id,
        source=row.source,
        identifier=row.identifier,
        title=row.title or "",
        fingerprint=row.fingerprint,
    )


def _changed_ids(connection: Connection, sources: Collection[str], keys: Sequence[str] | None) -> list[int]:
    """The live articles of these sources that differ from a last deposit of their DOI."""
    all_or_some = (_CHANGED_IDS,) if keys is None else _among(_CHANGED_AMONG, keys, {})
    ids = dict.fromkeys(connection.execute(*all_or_some).scalars())
    parameters = ({"ids": chunk, "sources": list(sources)} for chunk in chunks(ids))
    return [article_id for each in parameters for article_id in connection.execute(_OF_SOURCES, each).scalars()]


def _changed_deposits(connection: Connection, ids: Sequence[int]) -> Iterator[ChangedDeposit]:
    rows: Sequence[Any] = connection.execute(_CHANGED, {"ids": ids}).all()
    articles = {stored.id: stored for stored in load_articles(connection, [row.id for row in rows])}
    for row in rows:
        yield ChangedDeposit(article=articles[row.id], target=row.target, counts_by_kind=row.counts_by_kind)


def _having(connection: Connection, codes: Sequence[str], keys: Sequence[str] | None) -> set[int]:
    """The ids of the articles that have a finding with one of these codes."""
    return set(connection.execute(*_among(_HAVING, keys, {"codes": list(codes)}, finding.c.article_id)).scalars())
