"""What became of DOIs: in which file they were deposited, and which ones another program deposited."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Executable,
    Select,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from harvester.answers import System
from harvester.identifiers import fold_doi
from harvester.store.column_types import Moment, Sha256
from harvester.store.database import NO_LIMIT, Part, chunks, in_list
from harvester.store.deposit_structs import (
    ArticleFacts,
    DepositCounts,
    DepositFile,
    DepositRow,
    DepositState,
    FileRow,
    MarkPreview,
)
from harvester.store.registration_structs import DoiState
from harvester.store.registrations import is_due_again
from harvester.store.selection import selected
from harvester.store.structs import Selection, StoredArticle
from harvester.store.tables import article, batch, deposit, deposited, elsewhere


class Deposits(Part):
    """What was deposited, and marks for what another program deposited."""

    def states(self, articles: Sequence[StoredArticle]) -> dict[int, tuple[DepositState, ...]]:
        """What became of the DOIs of these articles, by article id; the newest comes last."""
        with self._read() as connection:
            return deposit_states(connection, [one.id for one in articles])

    def counts(self, sources: Collection[str]) -> tuple[DepositCounts, ...]:
        """How much of each of these sources was deposited, in this order."""
        with self._read() as connection:
            rows = connection.execute(_COUNTS).all()
        counts = {row.source: DepositCounts(**row._asdict()) for row in rows}
        return tuple(counts.get(name, DepositCounts(source=name)) for name in sources)

    def facts(self, target: str, system: System) -> dict[str, dict[ArticleFacts, int]]:
        """What decides how the articles of each source are, each with the number of articles it is true of."""
        with self._read() as connection:
            rows = connection.execute(_FACTS, {"target": target, "system": system}).all()
        found: dict[str, dict[ArticleFacts, int]] = {}
        for row in rows:
            values = row._asdict()
            source, number = values.pop("source"), values.pop("number")
            found.setdefault(source, {})[ArticleFacts(**values)] = number
        return found

    def files(self, target: str, doi: str | None = None) -> tuple[DepositFile, ...]:
        """Every deposit file that was written for the target, or those with this DOI, oldest first."""
        with self._read() as connection:
            rows = connection.execute(_FILES, {"target": target, "doi": fold_doi(doi) if doi else None}).all()
        return tuple(DepositFile(**row._asdict()) for row in rows)

    def find_files(
        self,
        target: str,
        system: System,
        *,
        batch_id: str | None = None,
        states: Collection[str] = (),
        before: int | None = None,
        limit: int = NO_LIMIT,
    ) -> list[FileRow]:
        """Deposit files with what became of them, newest first: in these states, or all, before this timestamp."""
        parameters = {"target": target, "system": system, "batch_id": batch_id, "before": before, "limit": limit}
        parameters["states"] = json.dumps(list(states)) if states else None
        with self._read() as connection:
            rows = [row._asdict() for row in connection.execute(_FOUND_FILES, parameters)]
            numbers = connection.execute(
                _DOIS_OF_FILES,
                {"target": target, "system": system, "ids": json.dumps([row["batch_id"] for row in rows])},
            ).all()
        dois: dict[str, dict[DoiState, int]] = {}
        for row in numbers:
            dois.setdefault(row.batch_id, {})[row.state] = row.number
        return [FileRow(**row, dois=dois.get(row["batch_id"], {})) for row in rows]

    def count_files(self, target: str, system: System) -> dict[str, int]:
        """How many deposit files are in each state."""
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(_FILES_BY_STATE, {"target": target, "system": system})}

    def articles_by_day(self, target: str, since: datetime) -> dict[date, int]:
        """How many articles the deposit files have that were written on each day in UTC, not before `since`."""
        parameters = {"target": target, "since": since}
        with self._read() as connection:
            return {date.fromisoformat(row[0]): row[1] for row in connection.execute(_BY_DAY, parameters)}

    def rows(self, target: str) -> Iterator[DepositRow]:
        """Every DOI that an article has, or that was deposited or marked, with what became of it; sorted by DOI."""
        with self._read() as connection:
            keys = list(connection.execute(_KEYS, {"target": target}).scalars())
        for chunk in chunks(keys):
            yield from self._rows(_ROWS, target=target, keys=json.dumps(chunk))

    def rows_of_file(self, batch_id: str) -> list[DepositRow]:
        """The DOIs in a deposit file, in its order. `changed_since` is a comparison with this file."""
        return self._rows(_ROWS_OF_FILE, batch_id=batch_id)

    def _rows(self, statement: Executable, **parameters: str) -> list[DepositRow]:
        with self._read() as connection:
            return [DepositRow(**row._asdict()) for row in connection.execute(statement, parameters).all()]

    # ----------------------------------------------------------------------- deposited by another program

    def preview_marks(self, target: str, sources: Collection[str], selection: Selection) -> MarkPreview:
        """What `mark_elsewhere` would do."""
        with self._read() as connection:
            ids = _markable(connection, sources, selection)
            in_files = _number(connection, _IN_FILES, target, ids)
            already = _number(connection, _ALREADY, target, ids)
            unknown = len(_unknown_dois(connection, target, selection))
        return MarkPreview(marked=len(ids) - in_files - already, already=already, in_files=in_files, unknown=unknown)

    def mark_elsewhere(self, target: str, sources: Collection[str], selection: Selection, now: datetime) -> int:
        """Marks the selected articles as deposited by another program, as they are now; returns how many DOIs.

        What is in a deposit file of this program is left out. An article that is held back counts as it is when it is
        first ready. A DOI that no article has yet is marked too.
        """
        with self._write(durable=True) as connection:
            ids = _markable(connection, sources, selection)
            marks: dict[str, str | None] = dict.fromkeys(_unknown_dois(connection, target, selection))
            for chunk in chunks(ids):
                rows = connection.execute(_TO_MARK, {"target": target, "ids": chunk}).all()
                marks |= {row.doi_key: row.fingerprint if row.state == "ready" else None for row in rows}
            for key, fingerprint in marks.items():
                values = {"fingerprint": fingerprint, "since": now, "system": None}
                mark = insert(elsewhere).values(doi_key=key, target=target, **values)
                connection.execute(mark.on_conflict_do_update(set_=values))
        return len(marks)

    def unmark_elsewhere(self, target: str, sources: Collection[str], selection: Selection) -> int:
        """Removes the marks of the selected articles, or all without a selection; returns how many."""
        which = elsewhere.c.target == target
        if sources or selection:
            keys = selected(select(article.c.doi_key), sources, selection)
            named = elsewhere.c.doi_key.in_(map(fold_doi, selection.dois if _has_only_dois(sources, selection) else ()))
            which &= elsewhere.c.doi_key.in_(keys) | named
        with self._write(durable=True) as connection:
            return connection.execute(delete(elsewhere).where(which)).rowcount

    def mark_held(
        self, target: str, system: System, dois: Collection[str], now: datetime, *, again: bool = False
    ) -> None:
        """Notes that what the agency holds of these DOIs in this system counts for their articles as they are now.

        A DOI that has a mark keeps it, unless `again` is set, or the mark is about the test system and this one is
        not. DOIs in files of this program can be marked too.
        """
        with self._write(durable=True) as connection:
            for chunk in chunks(dict.fromkeys(map(fold_doi, dois))):
                ready = select(article.c.doi_key, article.c.fingerprint).where(
                    in_list(article.c.doi_key, "keys"), article.c.state == "ready"
                )
                marks: dict[str, str | None] = dict.fromkeys(chunk)
                marks |= {row.doi_key: row.fingerprint for row in connection.execute(ready, {"keys": chunk})}
                for key, fingerprint in marks.items():
                    values = {"fingerprint": fingerprint, "since": now, "system": system}
                    mark = insert(elsewhere).values(doi_key=key, target=target, **values)
                    is_replaced = None if again else (elsewhere.c.system == "test") & (system == "live")
                    connection.execute(mark.on_conflict_do_update(set_=values, where=is_replaced))

    def settle_marks(self, target: str) -> None:
        """Marks that were made before their article was ready count from now on for the article as it is."""
        ready = select(article.c.fingerprint).where(
            article.c.doi_key == elsewhere.c.doi_key, article.c.state == "ready"
        )
        unsettled = (elsewhere.c.target == target) & elsewhere.c.fingerprint.is_(None)
        with self._write(durable=True) as connection:
            connection.execute(update(elsewhere).where(unsettled).values(fingerprint=ready.limit(1).scalar_subquery()))


# -------------------------------------------------------------------------------- within a transaction


def deposit_states(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[DepositState, ...]]:
    """What became of the DOIs of the articles with these ids; the newest comes last."""
    states: dict[int, tuple[DepositState, ...]] = {}
    for chunk in chunks(ids):
        for row in connection.execute(_STATES, {"ids": json.dumps(chunk)}).all():
            values = row._asdict()
            article_id = values.pop("id")
            states[article_id] = (*states.get(article_id, ()), DepositState(**values))
    return states


def is_pending(target: str, system: System, now: datetime | None) -> ColumnElement[bool]:
    """The condition that an article differs from what was deposited of its DOI, by this program or another.

    Or that it is due again at that moment, because of what became of it in the system.
    """
    of_doi = (deposited.c.target == target) & (deposited.c.doi_key == article.c.doi_key)
    own = select(deposited.c.doi_key).where(of_doi, deposited.c.fingerprint == article.c.fingerprint)
    of_doi = (elsewhere.c.target == target) & (elsewhere.c.doi_key == article.c.doi_key)
    others = select(elsewhere.c.doi_key).where(of_doi, _SAME, func.coalesce(elsewhere.c.system, system) == system)
    differs = ~own.exists() & ~others.exists()
    return differs if now is None else differs | is_due_again(target, system, now)


def forget_marks(connection: Connection, batch_id: str) -> None:
    """A deposit of this program is newer than that of another one."""
    members = select(deposit.c.doi_key).where(deposit.c.batch_id == batch_id)
    target = select(batch.c.target).where(batch.c.id == batch_id).scalar_subquery()
    connection.execute(delete(elsewhere).where(elsewhere.c.doi_key.in_(members), elsewhere.c.target == target))


def _has_only_dois(sources: Collection[str], selection: Selection) -> bool:
    return not sources and selection == Selection(dois=selection.dois)


def _markable(connection: Connection, sources: Collection[str], selection: Selection) -> list[int]:
    live = select(article.c.id).where(article.c.doi_key.is_not(None), article.c.state != "deleted")
    return list(connection.execute(selected(live, sources, selection)).scalars())


def _unknown_dois(connection: Connection, target: str, selection: Selection) -> list[str]:
    """The selected DOIs that no article has, and that have no mark; none if something else is selected too."""
    if not _has_only_dois((), selection):
        return []
    unknown = dict.fromkeys(map(fold_doi, selection.dois))
    for chunk in chunks(list(unknown)):
        marked = select(elsewhere.c.doi_key).where(elsewhere.c.target == target)
        for known in (select(article.c.doi_key), select(deposited.c.doi_key), marked):
            column = known.selected_columns[0]
            for key in connection.execute(known.where(in_list(column, "keys")), {"keys": chunk}).scalars():
                unknown.pop(key, None)
    return list(unknown)


def _number(connection: Connection, statement: Select[Any], target: str, ids: Sequence[int]) -> int:
    return sum(connection.execute(statement, {"target": target, "ids": chunk}).scalar_one() for chunk in chunks(ids))


_IDS = in_list(article.c.id, "ids")
_TARGET: BindParameter[str] = bindparam("target")
_OWN = (deposited.c.doi_key == article.c.doi_key) & (deposited.c.target == _TARGET)
_OTHERS = (elsewhere.c.doi_key == article.c.doi_key) & (elsewhere.c.target == _TARGET)
_IN_FILES = select(func.count()).select_from(article).where(_IDS, select(deposited.c.doi_key).where(_OWN).exists())
_SAME = func.coalesce(elsewhere.c.fingerprint, article.c.fingerprint) == article.c.fingerprint
_ALREADY = (
    select(func.count())
    .select_from(article)
    .where(
        _IDS,
        ~select(deposited.c.doi_key).where(_OWN).exists(),
        select(elsewhere.c.doi_key).where(_OTHERS, _SAME).exists(),
    )
)
_TO_MARK = select(article.c.doi_key, article.c.state, article.c.fingerprint).where(
    _IDS,
    ~select(deposited.c.doi_key).where(_OWN).exists(),
    ~select(elsewhere.c.doi_key).where(_OTHERS, _SAME, elsewhere.c.system.is_(None)).exists(),
)
_NOT_OWN = """NOT EXISTS (
       SELECT 1 FROM deposited own WHERE own.doi_key = elsewhere.doi_key AND own.target = elsewhere.target)"""
_TYPES = {"written": Moment, "elsewhere_since": Moment, "changed_since": Boolean}
_STATES = text(f"""
SELECT article.id, deposited.target, batch.path AS file, batch.id AS batch_id, batch.written, NULL AS elsewhere_since,
       article.state <> 'deleted' AND article.fingerprint <> deposited.fingerprint AS changed_since
  FROM article JOIN deposited ON deposited.doi_key = article.doi_key JOIN batch ON batch.id = deposited.batch_id
 WHERE article.id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))
 UNION ALL
SELECT article.id, elsewhere.target, NULL, NULL, NULL, elsewhere.since,
       article.state <> 'deleted' AND coalesce(article.fingerprint <> elsewhere.fingerprint, FALSE)
  FROM article JOIN elsewhere ON elsewhere.doi_key = article.doi_key
 WHERE article.id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids)) AND {_NOT_OWN}
 ORDER BY written NULLS FIRST
""").columns(**_TYPES)  # noqa: S608 — our own words
_COUNTS = text("""
WITH one AS (
    SELECT source, state = 'ready' AS ready,
           EXISTS (SELECT 1 FROM deposited WHERE doi_key = article.doi_key) AS own,
           EXISTS (SELECT 1 FROM deposited WHERE doi_key = article.doi_key AND fingerprint <> article.fingerprint)
               AS own_differs,
           EXISTS (SELECT 1 FROM elsewhere WHERE doi_key = article.doi_key) AS other,
           EXISTS (SELECT 1 FROM elsewhere WHERE doi_key = article.doi_key AND fingerprint <> article.fingerprint)
               AS other_differs,
           EXISTS (SELECT 1 FROM finding WHERE article_id = article.id AND code = 'deposit-deleted') AS deleted
      FROM article WHERE state <> 'held'
)
SELECT source,
       count(*) FILTER (WHERE ready AND NOT own AND NOT other) AS new,
       count(*) FILTER (WHERE ready AND (own_differs OR NOT own AND other_differs)) AS changed,
       count(*) FILTER (WHERE ready AND own AND NOT own_differs) AS deposited,
       count(*) FILTER (WHERE ready AND NOT own AND other AND NOT other_differs) AS elsewhere,
       count(*) FILTER (WHERE deleted) AS deleted
  FROM one GROUP BY source
""")
_FACTS = text("""
SELECT article.source, article.state, deposited.doi_key IS NOT NULL AS in_file,
       elsewhere.doi_key IS NOT NULL AND deposited.doi_key IS NULL AS is_marked,
       coalesce(article.state <> 'deleted'
                AND coalesce(deposited.fingerprint, elsewhere.fingerprint) <> article.fingerprint, FALSE
       ) AS has_changed,
       registration.state AS registration, count(*) AS number
  FROM article
  LEFT JOIN deposited ON deposited.doi_key = article.doi_key AND deposited.target = :target
  LEFT JOIN elsewhere ON elsewhere.doi_key = article.doi_key AND elsewhere.target = :target
  LEFT JOIN registration ON registration.doi_key = article.doi_key AND registration.target = :target
                        AND registration.system = :system
 GROUP BY 1, 2, 3, 4, 5, 6
""").columns(in_file=Boolean, is_marked=Boolean, has_changed=Boolean)
_FILES = text("""
SELECT batch.id AS batch_id, batch.target, batch.path, batch.written, count(*) AS records,
       count(*) FILTER (
           WHERE article.state <> 'deleted' AND article.fingerprint <> deposit.fingerprint) AS changed_since
  FROM batch JOIN deposit ON deposit.batch_id = batch.id
  LEFT JOIN article ON article.id = deposit.article_id
 WHERE batch.target = :target AND batch.state = 'written'
   AND (:doi IS NULL OR batch.id IN (SELECT batch_id FROM deposit WHERE doi_key = :doi))
 GROUP BY batch.id ORDER BY batch.timestamp
""").columns(written=Moment)
_BY_DAY = text("""
SELECT substr(batch.written, 1, 10) AS day, sum((SELECT count(*) FROM deposit WHERE deposit.batch_id = batch.id))
  FROM batch
 WHERE batch.target = :target AND batch.state = 'written' AND batch.written >= :since
 GROUP BY day ORDER BY day
""").bindparams(bindparam("since", type_=Moment))
_FOUND_FILES = text("""
WITH found AS (
    SELECT batch.*, coalesce(submission.state, 'written') AS file_state, submission.since, submission.sent,
           submission.next, submission.submission_id, submission.answer
      FROM batch LEFT JOIN submission ON submission.batch_id = batch.id AND submission.system = :system
     WHERE batch.target = :target AND batch.state = 'written' AND (:batch_id IS NULL OR batch.id = :batch_id)
       AND (:before IS NULL OR batch.timestamp < :before)
       AND (:states IS NULL OR coalesce(submission.state, 'written') IN (SELECT value FROM json_each(:states)))
     ORDER BY batch.timestamp DESC LIMIT :limit
)
SELECT found.id AS batch_id, found.target, found.path, CAST(found.timestamp AS TEXT) AS timestamp,
       found.schema_version, found.written, found.size, found.sha256,
       (SELECT count(*) FROM deposit WHERE batch_id = found.id) AS records,
       (SELECT count(*) FROM deposit JOIN article ON article.id = deposit.article_id
         WHERE batch_id = found.id AND article.state <> 'deleted' AND article.fingerprint <> deposit.fingerprint
       ) AS changed_since,
       found.file_state AS state, coalesce(found.since, found.written) AS since, found.sent, found.next,
       found.submission_id, coalesce(found.answer, '') AS answer
  FROM found ORDER BY found.timestamp DESC
""").columns(written=Moment, since=Moment, sent=Moment, next=Moment, sha256=Sha256)
# A cross join is done in this order: there is no index over the files of registrations.
_DOIS_OF_FILES = text("""
SELECT deposit.batch_id, known.state, count(*) AS number
  FROM deposit CROSS JOIN registration known ON known.doi_key = deposit.doi_key AND known.target = :target
   AND known.system = :system AND known.batch_id = deposit.batch_id
 WHERE deposit.batch_id IN (SELECT value FROM json_each(:ids)) GROUP BY deposit.batch_id, known.state
""")
_FILES_BY_STATE = text("""
SELECT coalesce(submission.state, 'written') AS state, count(*)
  FROM batch LEFT JOIN submission ON submission.batch_id = batch.id AND submission.system = :system
 WHERE batch.target = :target AND batch.state = 'written' GROUP BY 1
""")
_KEYS = text("""
SELECT doi_key FROM article WHERE doi_key IS NOT NULL
 UNION SELECT doi_key FROM deposited WHERE target = :target
 UNION SELECT doi_key FROM elsewhere WHERE target = :target
 ORDER BY doi_key
""")
_ROWS = text("""
SELECT coalesce(article.doi, one.value) AS doi, :target AS target, article.identifier AS record, article.source,
       article.title, batch.path AS file, CAST(batch.timestamp AS TEXT) AS timestamp, batch.written,
       elsewhere.since AS elsewhere_since,
       coalesce(article.state <> 'deleted'
                AND coalesce(deposited.fingerprint, elsewhere.fingerprint) <> article.fingerprint, FALSE
       ) AS changed_since
  FROM json_each(:keys) one
  LEFT JOIN article ON article.id = (
       SELECT id FROM article WHERE doi_key = one.value ORDER BY state = 'deleted', id LIMIT 1)
  LEFT JOIN deposited ON deposited.doi_key = one.value AND deposited.target = :target
  LEFT JOIN batch ON batch.id = deposited.batch_id
  LEFT JOIN elsewhere ON elsewhere.doi_key = one.value AND elsewhere.target = :target AND batch.id IS NULL
 ORDER BY one.key
""").columns(**_TYPES)
_ROWS_OF_FILE = text("""
SELECT coalesce(article.doi, deposit.doi_key) AS doi, batch.target, article.identifier AS record, article.source,
       article.title, batch.path AS file, CAST(batch.timestamp AS TEXT) AS timestamp, batch.written,
       NULL AS elsewhere_since,
       coalesce(article.state <> 'deleted' AND article.fingerprint <> deposit.fingerprint, FALSE) AS changed_since
  FROM deposit JOIN batch ON batch.id = deposit.batch_id
  LEFT JOIN article ON article.id = deposit.article_id
 WHERE batch.id = :batch_id
 ORDER BY deposit.position
""").columns(**_TYPES)
