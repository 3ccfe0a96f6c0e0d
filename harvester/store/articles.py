"""Articles: the documents made from raw records, with their findings and what they were made with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count, groupby
from typing import Any

import msgspec
from msgspec.structs import astuple
from sqlalchemy import Connection, Select, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from harvester.article_rows import ArticleRow
from harvester.findings import is_blocking, kinds
from harvester.identifiers import fold_doi
from harvester.model import Finding, from_json
from harvester.store.database import Database, ManyRows, among, chunks, new_id
from harvester.store.structs import ArticleToSave, StoredArticle
from harvester.store.tables import article, finding, mapping, record
from harvester.store.tables import source as source_table


class Articles(Database):
    """Articles one by one, and what has to be made again."""

    def save_articles(self, saves: Iterable[ArticleToSave]) -> None:
        """Keeps articles made again from what the store holds, all of them or none."""
        with self._write() as connection:
            save_articles(connection, saves)

    def article(self, name: str, source: str | None = None) -> list[StoredArticle]:
        """The articles of an OAI identifier or a DOI, in one source or all."""
        # The source stands in both halves, so that SQLite takes the index of each; without one, over all sources.
        place = article.c.source == source if source else article.c.source.in_(select(source_table.c.name))
        named = or_(and_(place, article.c.identifier == name), and_(place, article.c.doi_key == fold_doi(name)))
        statement = select(article.c.id).where(named)
        with self._read() as connection:
            ids = connection.execute(statement.order_by(article.c.source, article.c.identifier)).scalars().all()
            return load_articles(connection, ids)

    def articles(self, ids: Collection[int]) -> list[StoredArticle]:
        """The articles with these ids (`Member.article_id`), in this order."""
        with self._read() as connection:
            return [one for chunk in chunks(ids) for one in load_articles(connection, chunk)]

    def replace_findings(self, findings: Mapping[int, Sequence[Finding]]) -> None:
        """Gives stored articles, by their ids, other findings and the state that follows; what they say stays."""
        with self._write() as connection:
            for ids in chunks(findings):
                for held in load_articles(connection, ids):
                    _put_findings(connection, held, findings[held.id])

    def stale(self, mapped_with: str, sources: Collection[str] = ()) -> int:
        """How many identifiers were mapped by another configuration or program, in these sources or all."""
        statement = select(func.count()).select_from(article).join(mapping).where(mapping.c.fingerprint != mapped_with)
        if sources:
            statement = statement.where(article.c.source.in_(sources))
        with self._read() as connection:
            return connection.execute(statement).scalar_one()

    def identifiers(
        self, source: str, after: str = "", limit: int = 500, *, not_mapped_with: str | None = None
    ) -> list[str]:
        """The identifiers of a source behind one of them, in their order, tombstones included.

        With `not_mapped_with` only those whose article was not made by that configuration and program.
        """
        statement = (
            select(record.c.identifier)
            .distinct()
            .where(record.c.source == source, record.c.identifier > after)
            .order_by(record.c.identifier)
            .limit(limit)
        )
        if not_mapped_with is not None:
            same = (
                select(article.c.id)
                .join(mapping)
                .where(
                    article.c.source == record.c.source,
                    article.c.identifier == record.c.identifier,
                    mapping.c.fingerprint == not_mapped_with,
                )
            )
            statement = statement.where(~same.exists())
        with self._read() as connection:
            return list(connection.execute(statement).scalars())


# -------------------------------------------------------------------------------- saving, in a transaction

_STANDING = ("state", "mapping_id")
_SAYS = ArticleRow.__struct_fields__
_at_id = update(article).where(article.c.id == bindparam("id"))
_ADD = ManyRows(insert(article), ("id", "source", "identifier", *_STANDING, *_SAYS))
_CHANGE = ManyRows(_at_id, (*_STANDING, *_SAYS), at=("id",))
# A tombstone leaves what was known: people ask what it was, and its DOI stays taken.
_BURY = ManyRows(_at_id, _STANDING, at=("id",))
_ADD_FINDINGS = ManyRows(insert(finding), ("article_id", "position", "code", "severity", "path", "value", "detail"))
_IDS = select(article.c.identifier, article.c.id).where(
    article.c.source == bindparam("source"), among(article.c.identifier, "identifiers")
)
_LAST = select(func.coalesce(func.max(article.c.id), 0))
_MAPPING = select(mapping.c.id).where(mapping.c.fingerprint == bindparam("fingerprint"))
_DROP_FINDINGS = delete(finding).where(among(finding.c.article_id, "ids"))


def save_articles(connection: Connection, saves: Iterable[ArticleToSave]) -> None:
    """Keeps articles with their findings, in the place of what was held for the same identifiers."""
    for chunk in chunks(saves):
        _save_chunk(connection, chunk)


def _save_chunk(connection: Connection, saves: Sequence[ArticleToSave]) -> None:
    mappings = _mapping_ids(connection, {save.mapped_with for save in saves})
    held = _ids_of(connection, saves)
    next_id = count(connection.execute(_LAST).scalar_one() + 1)
    added, changed, buried, findings = [], [], [], []
    for save in saves:
        stands = _standing(save, mappings)
        article_id = held.get((save.source, save.identifier))
        if article_id is None:
            article_id = next(next_id)
            added.append((article_id, save.source, save.identifier, *stands, *_says(save)))
        elif save.deleted and save.row is None:
            buried.append((*stands, article_id))
        else:
            changed.append((*stands, *_says(save), article_id))
        findings += _finding_rows(article_id, save.findings)
    _ADD.write(connection, added)
    _CHANGE.write(connection, changed)
    _BURY.write(connection, buried)
    _drop_findings(connection, held.values())
    _ADD_FINDINGS.write(connection, findings)


def _ids_of(connection: Connection, saves: Sequence[ArticleToSave]) -> dict[tuple[str, str], int]:
    """The ids of those articles that are held, by source and identifier."""
    held = {}
    for source, group in groupby(saves, key=lambda save: save.source):
        rows = connection.execute(_IDS, {"source": source, "identifiers": [save.identifier for save in group]})
        held.update({(source, identifier): article_id for identifier, article_id in rows.all()})
    return held


def _put_findings(connection: Connection, held: StoredArticle, findings: Sequence[Finding]) -> None:
    _drop_findings(connection, [held.id])
    _ADD_FINDINGS.write(connection, _finding_rows(held.id, findings))
    state = _state(held.deleted, held.doi, findings)
    connection.execute(update(article).where(article.c.id == held.id).values(state=state))


def _drop_findings(connection: Connection, ids: Collection[int]) -> None:
    if ids:
        connection.execute(_DROP_FINDINGS, {"ids": list(ids)})


def _mapping_ids(connection: Connection, fingerprints: set[str]) -> dict[str, int]:
    return {one: _mapping_id(connection, one) for one in sorted(fingerprints)}


def _mapping_id(connection: Connection, fingerprint: str) -> int:
    held = connection.execute(_MAPPING, {"fingerprint": fingerprint}).scalar()
    return new_id(connection, insert(mapping).values(fingerprint=fingerprint)) if held is None else held


def _standing(save: ArticleToSave, mappings: Mapping[str, int]) -> tuple[str, int]:
    """The values of `_STANDING`."""
    state = _state(save.deleted, save.row.doi if save.row else None, save.findings)
    return state, mappings[save.mapped_with]


def _says(save: ArticleToSave) -> tuple[Any, ...]:
    """The values of `_SAYS`."""
    return _NOTHING if save.row is None else astuple(save.row)


_NOTHING = (None,) * len(_SAYS)


def _state(deleted: bool, doi: str | None, findings: Sequence[Finding]) -> str:
    """`ready` is all that a deposit needs: alive, with a DOI, and no finding that holds it back."""
    if deleted:
        return "deleted"
    return "held" if doi is None or any(map(is_blocking, findings)) else "ready"


def _finding_rows(article_id: int, findings: Sequence[Finding]) -> list[tuple[Any, ...]]:
    return [
        (article_id, position, one.code, kinds()[one.code].severity, one.path, one.value, _detail(one))
        for position, one in enumerate(findings)
    ]


def _detail(one: Finding) -> str:
    return msgspec.json.encode(one.detail).decode() if one.detail else "{}"


# ------------------------------------------------------------------------------- loading, in a transaction

_LOAD = select(article).where(article.c.id.in_(bindparam("ids", expanding=True)))
_FINDINGS = (
    select(finding)
    .where(finding.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(finding.c.article_id, finding.c.position)
)
_DATESTAMPS = (
    select(article.c.id, record.c.prefix, record.c.datestamp)
    .where(article.c.source == record.c.source, article.c.identifier == record.c.identifier)
    .where(article.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(record.c.prefix)
)


def load_articles(connection: Connection, ids: Sequence[int], state: str | None = None) -> list[StoredArticle]:
    """The articles with these ids, in this order; with `state` only those that are in it."""
    statement: Select[Any] = _LOAD if state is None else _LOAD.where(article.c.state == state)
    rows = {row.id: row for row in connection.execute(statement, {"ids": ids}).all()}
    findings: dict[int, list[Finding]] = {article_id: [] for article_id in ids}
    for row in connection.execute(_FINDINGS, {"ids": ids}).all():
        findings[row.article_id].append(finding_of(row))
    datestamps: dict[int, dict[str, str]] = {article_id: {} for article_id in ids}
    for article_id, prefix, datestamp in connection.execute(_DATESTAMPS, {"ids": ids}).all():
        datestamps[article_id][prefix] = datestamp
    return [_stored(rows[one], findings[one], datestamps[one]) for one in ids if one in rows]


def finding_of(row: Any) -> Finding:
    """The finding of a row of its table."""
    detail = {} if row.detail == "{}" else msgspec.json.decode(row.detail, type=dict[str, str])
    return Finding(row.code, row.path, row.value, detail)


def _stored(row: Any, findings: Sequence[Finding], datestamps: dict[str, str]) -> StoredArticle:
    return StoredArticle(
        id=row.id,
        source=row.source,
        identifier=row.identifier,
        article=None if row.document is None else from_json(row.document),
        state=row.state,
        doi=row.doi,
        fingerprint=row.fingerprint,
        findings=tuple(findings),
        datestamps=datestamps,
    )
