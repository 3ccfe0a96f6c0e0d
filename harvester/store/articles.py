"""Articles: the documents mapped from raw records, with their findings and the fingerprint of their mapping."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, groupby
from threading import Lock
from typing import Any

import msgspec
from msgspec.structs import astuple
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from harvester.article_rows import ArticleRow
from harvester.findings import PLANNED_DOI, is_blocking, kinds
from harvester.identifiers import fold_doi
from harvester.model import Finding, from_json
from harvester.store.database import BulkStatement, Database, Part, chunks, in_list, is_named, new_ids
from harvester.store.selection import selected
from harvester.store.structs import ArticleToSave, RecordStates, Selection, StoredArticle
from harvester.store.tables import NO_SOURCE, article, finding, mapping, minted, record, record_count
from harvester.store.tables import source as source_table


class Articles(Part):
    """Articles, and which of them have to be rebuilt."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._touched: set[str] = set()
        self._touching = Lock()

    def touch(self, keys: Iterable[str]) -> None:
        """Notes the DOIs, folded, of articles that were saved, and those that they had before."""
        with self._touching:
            self._touched.update(keys)

    def take_touched(self) -> set[str]:
        """The DOIs that were noted since this was last asked. What another process saved is not among them."""
        with self._touching:
            touched, self._touched = self._touched, set()
        return touched

    def record_states(self, source: str, identifiers: Collection[str]) -> RecordStates:
        """What the records of these identifiers are now, to be compared later (`save_articles`)."""
        with self._read() as connection:
            return _record_states(connection, source, identifiers)

    def save(self, saves: Sequence[ArticleToSave], based_on: RecordStates | None = None) -> None:
        """Saves articles that were rebuilt from stored records, all of them or none.

        `based_on` are the states of their records when these were read. An article whose records have changed since, or
        whose minted DOI has, is left out: whoever stored that has mapped it.
        """
        if not saves:
            return
        with self._database.write_source(saves[0].source) as connection:
            if based_on is not None:
                now = _record_states(connection, saves[0].source, [save.identifier for save in saves])
                saves = [save for save in saves if now.get(save.identifier) == based_on.get(save.identifier)]
            self.touch(save_articles(connection, saves))

    def find(self, name: str, source: str | None = None) -> list[StoredArticle]:
        """The articles with this OAI identifier or DOI, in one source or all."""
        # Both halves name the source (or all sources), so that SQLite uses an index for each of them.
        in_source = article.c.source == source if source else article.c.source.in_(select(source_table.c.name))
        is_named = or_(
            and_(in_source, article.c.identifier == name), and_(in_source, article.c.doi_key == fold_doi(name))
        )
        statement = select(article.c.id).where(is_named)
        with self._read() as connection:
            ids = connection.execute(statement.order_by(article.c.source, article.c.identifier)).scalars().all()
            return load_articles(connection, ids)

    def by_id(self, ids: Collection[int]) -> list[StoredArticle]:
        """The articles with these ids (`BatchMember.article_id`), in this order."""
        with self._read() as connection:
            return [stored for chunk in chunks(ids) for stored in load_articles(connection, chunk)]

    def identifiers(
        self, source: str, after: str = "", limit: int = 500, *, not_mapped_with: str | None = None
    ) -> list[str]:
        """The identifiers of a source after this one, sorted, tombstones included, at most `limit`.

        With `not_mapped_with` only those whose article has another fingerprint of configuration and program, or none.
        """
        statement = (
            select(record.c.identifier)
            .distinct()
            .where(record.c.source == source, record.c.identifier > after)
            .order_by(record.c.identifier)
            .limit(limit)
        )
        if not_mapped_with is not None:
            is_current = (
                select(article.c.id)
                .join(mapping)
                .where(
                    article.c.source == record.c.source,
                    article.c.identifier == record.c.identifier,
                    mapping.c.fingerprint == not_mapped_with,
                )
            )
            statement = statement.where(~is_current.exists())
        with self._read() as connection:
            return list(connection.execute(statement).scalars())

    def mark_stale(self, name: str) -> None:
        """Marks every article of a source as to be rebuilt."""
        with self._write() as connection:
            mark_stale(connection, article.c.source == name)

    def has_any(self, sources: Collection[str], selection: Selection) -> bool:
        """Whether any article, in whatever state, is in the selection."""
        with self._read() as connection:
            return connection.execute(selected(select(article.c.id), sources, selection).limit(1)).first() is not None


# -------------------------------------------------------------------------------- saving, in a transaction

_NO_MAPPING = ""  # a fingerprint that no configuration and program has


def mark_stale(connection: Connection, which: ColumnElement[bool]) -> None:
    """Marks these articles as to be rebuilt."""
    connection.execute(insert(mapping).values(fingerprint=_NO_MAPPING).on_conflict_do_nothing())
    no_mapping = select(mapping.c.id).where(mapping.c.fingerprint == _NO_MAPPING).scalar_subquery()
    connection.execute(update(article).where(which).values(mapping_id=no_mapping))


_STATE = ("state", "mapping_id")
_CONTENT = ArticleRow.__struct_fields__
_at_id = update(article).where(article.c.id == bindparam("id"))
_ADD = BulkStatement(insert(article), ("id", "source", "identifier", *_STATE, *_CONTENT))
_REPLACE = BulkStatement(_at_id, (*_STATE, *_CONTENT), keys=("id",))
# The content of a deleted article stays: people ask what it was, and its DOI stays in use.
_SET_STATE = BulkStatement(_at_id, _STATE, keys=("id",))
_ADD_FINDINGS = BulkStatement(
    insert(finding), ("article_id", "position", "code", "severity", "path", "value", "detail")
)
_STORED_ROWS = select(article.c.identifier, article.c.id, article.c.doi_key).where(
    is_named(article, "identifiers", source=bindparam("source"))
)
_ADD_MAPPING = insert(mapping).on_conflict_do_nothing()
_MAPPING = select(mapping.c.id).where(mapping.c.fingerprint == bindparam("fingerprint"))
_DELETE_FINDINGS = delete(finding).where(in_list(finding.c.article_id, "ids"))


_FORMATS = select(record_count.c.prefix).distinct().where(record_count.c.source == bindparam("source")).subquery()
_RECORD_STATES = select(
    record.c.identifier, record.c.prefix, record.c.payload_id, record.c.deleted, record.c.datestamp, record.c.sets
).where(is_named(record, "identifiers", source=bindparam("source"), prefix=_FORMATS.c.prefix))
_MINTED = select(minted.c.identifier, minted.c.doi).where(
    minted.c.source.in_((bindparam("source"), NO_SOURCE)), in_list(minted.c.identifier, "identifiers")
)


def _record_states(connection: Connection, source: str, identifiers: Collection[str]) -> RecordStates:
    states: dict[str, set[tuple[Any, ...]]] = {}
    for chunk in chunks(identifiers):
        parameters = {"source": source, "identifiers": chunk}
        rows = chain(connection.execute(_RECORD_STATES, parameters), connection.execute(_MINTED, parameters))
        for identifier, *state in rows:
            states.setdefault(identifier, set()).add(tuple(state))
    return {identifier: frozenset(state) for identifier, state in states.items()}


def save_articles(connection: Connection, saves: Iterable[ArticleToSave]) -> set[str]:
    """Saves articles with their findings, replacing those of the same identifiers.

    Returns the DOIs, folded, that they have and had before.
    """
    return {key for chunk in chunks(saves) for key in _save_chunk(connection, chunk)}


def _save_chunk(connection: Connection, saves: Sequence[ArticleToSave]) -> set[str]:
    mappings = _mapping_ids(connection, {save.mapped_with for save in saves})
    stored = _stored_rows(connection, saves)
    stored_ids = {key: row.id for key, row in stored.items()}
    number = sum((save.source, save.identifier) not in stored_ids for save in saves)
    ids = iter(new_ids(connection, article, number))
    added, replaced, deleted, findings = [], [], [], []
    for save in saves:
        state = _state_values(save, mappings)
        article_id = stored_ids.get((save.source, save.identifier))
        if article_id is None:
            article_id = next(ids)
            added.append((article_id, save.source, save.identifier, *state, *_content_values(save)))
        elif save.deleted and save.row is None:
            deleted.append((*state, article_id))
        else:
            replaced.append((*state, *_content_values(save), article_id))
        findings += _finding_rows(article_id, save.findings)
    _ADD.write(connection, added)
    _REPLACE.write(connection, replaced)
    _SET_STATE.write(connection, deleted)
    _delete_findings(connection, stored_ids.values())
    _ADD_FINDINGS.write(connection, findings)
    dois = {save.row.doi_key for save in saves if save.row} | {row.doi_key for row in stored.values()}
    return {key for key in dois if key is not None}


def _stored_rows(connection: Connection, saves: Sequence[ArticleToSave]) -> dict[tuple[str, str], Any]:
    """Id and DOI of those of these articles that are stored already, by source and identifier."""
    stored: dict[tuple[str, str], Any] = {}
    for source, group in groupby(saves, key=lambda save: save.source):
        rows = connection.execute(_STORED_ROWS, {"source": source, "identifiers": [save.identifier for save in group]})
        stored.update({(source, row.identifier): row for row in rows.all()})
    return stored


def exchange_findings(
    connection: Connection, codes: Collection[str], found: Mapping[int, Sequence[Finding]], having: Collection[int]
) -> None:
    """Makes `found`, by article id, the only findings with these codes of these articles and of those that are `having`
    some. Writes only the articles that change.
    """
    ids = sorted(found.keys() | set(having))
    for chunk in chunks(ids):
        before = _findings_with(connection, codes, chunk)
        changed = [article_id for article_id in chunk if before[article_id] != list(found.get(article_id, ()))]
        for stored in load_articles(connection, changed):
            kept = (each for each in stored.findings if each.code not in codes)
            _replace_findings(connection, stored, [*kept, *found.get(stored.id, ())])


def _findings_with(connection: Connection, codes: Collection[str], ids: Sequence[int]) -> dict[int, list[Finding]]:
    """The findings with these codes of each of these articles."""
    findings: dict[int, list[Finding]] = {article_id: [] for article_id in ids}
    for row in connection.execute(_FINDINGS.where(finding.c.code.in_(codes)), {"ids": ids}).all():
        findings[row.article_id].append(finding_of(row))
    return findings


def _replace_findings(connection: Connection, stored: StoredArticle, findings: Sequence[Finding]) -> None:
    _delete_findings(connection, [stored.id])
    _ADD_FINDINGS.write(connection, _finding_rows(stored.id, findings))
    state = _state(stored.deleted, stored.doi, findings)
    connection.execute(update(article).where(article.c.id == stored.id).values(state=state))


def _delete_findings(connection: Connection, ids: Collection[int]) -> None:
    if ids:
        connection.execute(_DELETE_FINDINGS, {"ids": list(ids)})


def _mapping_ids(connection: Connection, fingerprints: set[str]) -> dict[str, int]:
    return {fingerprint: _mapping_id(connection, fingerprint) for fingerprint in sorted(fingerprints)}


def _mapping_id(connection: Connection, fingerprint: str) -> int:
    values = {"fingerprint": fingerprint}
    mapping_id: int | None = connection.execute(_MAPPING, values).scalar()
    if mapping_id is None:  # else somebody else who writes may add it now
        connection.execute(_ADD_MAPPING, values)
        mapping_id = connection.execute(_MAPPING, values).scalar_one()
    return mapping_id


def _state_values(save: ArticleToSave, mappings: Mapping[str, int]) -> tuple[str, int]:
    """The values of `_STATE`."""
    state = _state(save.deleted, save.row.doi if save.row else None, save.findings)
    return state, mappings[save.mapped_with]


def _content_values(save: ArticleToSave) -> tuple[Any, ...]:
    """The values of `_CONTENT`."""
    return _NO_CONTENT if save.row is None else astuple(save.row)


_NO_CONTENT = (None,) * len(_CONTENT)


def _state(deleted: bool, doi: str | None, findings: Sequence[Finding]) -> str:
    """`deleted`, or `ready` if nothing holds the article back and it has a DOI or a planned one, else `held`."""
    if deleted:
        return "deleted"
    has_doi = doi is not None or any(each.code == PLANNED_DOI for each in findings)
    return "ready" if has_doi and not any(map(is_blocking, findings)) else "held"


def _finding_rows(article_id: int, findings: Sequence[Finding]) -> list[tuple[Any, ...]]:
    return [
        (article_id, position, new.code, kinds()[new.code].severity, new.path, new.value, _detail(new))
        for position, new in enumerate(findings)
    ]


def _detail(new: Finding) -> str:
    return msgspec.json.encode(new.detail).decode() if new.detail else "{}"


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
    """The articles with these ids, in this order; with `state` only those in that state."""
    statement: Select[Any] = _LOAD if state is None else _LOAD.where(article.c.state == state)
    rows = {row.id: row for row in connection.execute(statement, {"ids": ids}).all()}
    findings: dict[int, list[Finding]] = {article_id: [] for article_id in ids}
    for row in connection.execute(_FINDINGS, {"ids": ids}).all():
        findings[row.article_id].append(finding_of(row))
    datestamps: dict[int, dict[str, str]] = {article_id: {} for article_id in ids}
    for article_id, prefix, datestamp in connection.execute(_DATESTAMPS, {"ids": ids}).all():
        datestamps[article_id][prefix] = datestamp
    return [_stored(rows[key], findings[key], datestamps[key]) for key in ids if key in rows]


def finding_of(row: Any) -> Finding:
    """The finding in a row of its table."""
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
