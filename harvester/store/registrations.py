"""What became of each DOI at the agency, and the versions that it is known to have."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, TextClause, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from harvester.answers import System
from harvester.identifiers import fold_doi
from harvester.model import Finding
from harvester.store.column_types import Moment, Strings, Words
from harvester.store.database import NO_LIMIT, Part, chunks, in_list
from harvester.store.registration_structs import DoiRow, DoiState, Registration
from harvester.store.tables import article, batch, registration, version_floor

_FIELDS = tuple(name for name in Registration.__struct_fields__ if name != "timestamp")
_KEYS = ("target", "system")
_NUMBERS = ("held", "overruled")  # versions, of any length


class Registrations(Part):
    """The DOIs of each system."""

    def of_file(self, batch_id: str, system: System) -> list[Registration]:
        """The DOIs whose newest file is this one."""
        which = (registration.c.batch_id == batch_id) & (registration.c.system == system)
        return self._select(which)

    def of_dois(self, target: str, system: System, dois: Iterable[str]) -> dict[str, Registration]:
        """What is known of these DOIs, by the folded DOI."""
        found: dict[str, Registration] = {}
        for chunk in chunks(dict.fromkeys(map(fold_doi, dois))):
            which = in_list(registration.c.doi_key, "keys") & _of(target, system)
            found |= {fold_doi(one.doi): one for one in self._select(which, keys=chunk)}
        return found

    def of_states(self, target: str, system: System, states: Collection[DoiState]) -> list[Registration]:
        return self._select(_of(target, system) & registration.c.state.in_(states))

    def in_conflict(self, target: str, system: System, conflicts: Collection[str]) -> list[Registration]:
        """The DOIs with one of these conflicts."""
        return self._select(_of(target, system) & registration.c.conflict_id.in_(conflicts)) if conflicts else []

    def counts(self, target: str, system: System) -> dict[DoiState, int]:
        """How many DOIs are in each state, of those that were ever sent."""
        numbers = select(registration.c.state, func.count()).where(_of(target, system)).group_by(registration.c.state)
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(numbers)}

    def save(self, rows: Sequence[Registration]) -> None:
        with self._write(durable=True) as connection:
            save_registrations(connection, rows)

    def floors(self, target: str, system: System, dois: Iterable[str]) -> dict[str, int]:
        """The versions above which the next ones must be, by the folded DOI; only of those that need one.

        A version by the clock is above all our earlier ones by the clock, so of ours only the raised ones matter.
        """
        found: dict[str, int] = {}
        with self._read() as connection:
            for chunk in chunks(dict.fromkeys(map(fold_doi, dois))):
                parameters = {"keys": json.dumps(chunk), "target": target, "system": system}
                for row in connection.execute(_FLOORS, parameters):
                    found[row.doi_key] = max(int(row.version), found.get(row.doi_key, 0))
        return found

    def numbers(self, target: str, system: System) -> dict[DoiState, int]:
        """How many DOIs of the store are in each state. The states add up to all DOIs."""
        found = self.counts(target, system)
        with self._read() as connection:
            parameters = {"target": target, "system": system}
            elsewhere = connection.execute(_NUMBER_ELSEWHERE, parameters).scalar_one()
            total = sum(connection.execute(one, parameters).scalar_one() for one in _NUMBERS_OF_DOIS)
        unsent = found.pop("never_sent", 0)
        of_others = elsewhere + found.pop("elsewhere", 0)
        rest = total - elsewhere - unsent - sum(found.values()) - (of_others - elsewhere)
        numbers: dict[DoiState, int] = {**found, "elsewhere": of_others, "never_sent": unsent + rest}
        return {state: number for state, number in numbers.items() if number}

    def kinds(self, target: str, system: System, state: str) -> dict[str, int]:
        """How many DOIs in this state have each kind of message."""
        which = _of(target, system) & (registration.c.state == state) & registration.c.kind.is_not(None)
        numbers = select(registration.c.kind, func.count()).where(which).group_by(registration.c.kind)
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(numbers)}

    def keys(
        self,
        target: str,
        system: System,
        state: str | None = None,
        kind: str | None = None,
        *,
        after: str = "",
        limit: int = NO_LIMIT,
    ) -> list[str]:
        """The folded DOIs in this state, or all, after this one; with a `kind` only those with this message."""
        if kind is not None:
            which = _of(target, system) & (registration.c.kind == kind) & (registration.c.doi_key > after)
            if state is not None:
                which &= registration.c.state == state
            statement: Any = select(registration.c.doi_key).where(which).order_by(registration.c.doi_key).limit(limit)
        else:
            statement = _KEYS_OF_STATE.get(state or "", _KEYS_OF_SENT)
        parameters = {"target": target, "system": system, "state": state, "after": after, "limit": limit}
        with self._read() as connection:
            return list(connection.execute(statement, {} if kind is not None else parameters).scalars())

    def raise_floors(self, target: str, system: System, floors: Mapping[str, int]) -> None:
        """Remembers these versions of other programs, by the folded DOI, where no higher one is known."""
        with self._write(durable=True) as connection:
            raise_floors(connection, target, system, floors)

    def rows(self, target: str, system: System, dois: Collection[str] = ()) -> Iterator[DoiRow]:
        """Every DOI of the store, or these, with what became of it; sorted by DOI."""
        keys: list[str] = [fold_doi(doi) for doi in dois]
        with self._read() as connection:
            if not keys:
                keys = list(connection.execute(_ALL_KEYS, {"target": target, "system": system}).scalars())
        for chunk in chunks(keys):
            with self._read() as connection:
                parameters = {"keys": json.dumps(chunk), "target": target, "system": system}
                found = connection.execute(_ROWS, parameters).all()
            yield from (_row(row, target, system) for row in found)

    def _select(self, which: ColumnElement[bool], **parameters: Any) -> list[Registration]:
        columns = [registration.c[name] for name in _FIELDS]
        statement = select(*columns, batch.c.timestamp).select_from(
            registration.outerjoin(batch, batch.c.id == registration.c.batch_id)
        )
        with self._read() as connection:
            rows = connection.execute(statement.where(which).order_by(registration.c.doi_key), parameters).all()
        return [_registration(row._asdict()) for row in rows]


# -------------------------------------------------------------------------------- within a transaction


def save_registrations(connection: Connection, rows: Sequence[Registration]) -> None:
    """Writes the rows, whatever was there."""
    values = [
        {"doi_key": fold_doi(one.doi)}
        | {name: getattr(one, name) for name in _FIELDS}
        | {name: None if (number := getattr(one, name)) is None else str(number) for name in _NUMBERS}
        for one in rows
    ]
    if values:
        statement = insert(registration)
        changed = {name: statement.excluded[name] for name in _FIELDS if name not in _KEYS}
        connection.execute(statement.on_conflict_do_update(set_=changed), values)


def raise_floors(connection: Connection, target: str, system: System, floors: Mapping[str, int]) -> None:
    """Remembers these versions, where no higher one is known. Numbers of any length do not compare in SQL."""
    for key, version in floors.items():
        which = (version_floor.c.doi_key == key) & (version_floor.c.target == target)
        which &= version_floor.c.system == system
        before = connection.execute(select(version_floor.c.version).where(which)).scalar()
        if before is None or int(before) < version:
            values = {"doi_key": key, "target": target, "system": system, "version": str(version)}
            statement = insert(version_floor).values(**values)
            connection.execute(statement.on_conflict_do_update(set_={"version": str(version)}))


def exported_again(connection: Connection, target: str, doi_keys: Collection[str]) -> None:
    """What made these DOIs due again is in a new file now."""
    for chunk in chunks(doi_keys):
        which = (registration.c.target == target) & in_list(registration.c.doi_key, "keys")
        connection.execute(update(registration).where(which).values(due=None, settings=None), {"keys": chunk})


def is_in_flight(target: str, system: System) -> ColumnElement[bool]:
    """The condition that the result of an earlier file with the article's DOI was not read yet."""
    return _of_article(target, system, registration.c.state.in_(("waiting", "uncertain")))


def is_due_again(target: str, system: System, now: datetime) -> ColumnElement[bool]:
    """The condition that the article is to be exported again, although it has not changed."""
    return _of_article(target, system, registration.c.due <= now)


def _of_article(target: str, system: System, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    of_doi = _of(target, system) & (registration.c.doi_key == article.c.doi_key)
    return select(registration.c.doi_key).where(of_doi, condition).exists()


def _of(target: str, system: System) -> ColumnElement[bool]:
    return (registration.c.target == target) & (registration.c.system == system)


def _registration(values: dict[str, Any]) -> Registration:
    numbers = {name: None if values[name] is None else int(values[name]) for name in _NUMBERS}
    return Registration(**values | numbers)


def _row(row: Any, target: str, system: System) -> DoiRow:
    values = row._asdict()
    known = {name.removeprefix("r_"): values.pop(name) for name in list(values) if name.startswith("r_")}
    found = None
    if known["state"] is not None:
        found = _registration({**known, "target": target, "system": system})
    if values["held_back"] is not None:
        values["held_back"] = msgspec.json.decode(values["held_back"], type=Finding)
    state: DoiState = found.state if found else "elsewhere" if values["elsewhere_since"] else "never_sent"
    return DoiRow(**values, state=state, registration=found)


_FLOORS = text("""
SELECT doi_key, version FROM version_floor
 WHERE doi_key IN (SELECT value FROM json_each(:keys)) AND target = :target AND system = :system
 UNION ALL
SELECT deposited.doi_key, CAST(batch.timestamp AS TEXT) FROM deposited JOIN batch ON batch.id = deposited.batch_id
 WHERE deposited.doi_key IN (SELECT value FROM json_each(:keys)) AND deposited.target = :target AND batch.raised
""")
_ALL_KEYS = text("""
SELECT doi_key FROM article WHERE doi_key IS NOT NULL
 UNION SELECT doi_key FROM deposited WHERE target = :target
 UNION SELECT doi_key FROM elsewhere WHERE target = :target AND coalesce(system, :system) = :system
 UNION SELECT doi_key FROM registration WHERE target = :target AND system = :system
 ORDER BY doi_key
""")
_NUMBER_ELSEWHERE = text("""
SELECT count(*) FROM elsewhere
 WHERE target = :target AND coalesce(system, :system) = :system AND NOT EXISTS (
       SELECT 1 FROM registration r
        WHERE r.doi_key = elsewhere.doi_key AND r.target = :target AND r.system = :system)
""")
# All DOIs of the store: those of articles, and the others of each table that no earlier one of these has.
_NUMBERS_OF_DOIS = [
    text(statement)
    for statement in (
        "SELECT count(DISTINCT doi_key) FROM article",
        """SELECT count(*) FROM deposited WHERE target = :target
              AND NOT EXISTS (SELECT 1 FROM article a WHERE a.doi_key = deposited.doi_key)""",
        """SELECT count(*) FROM elsewhere WHERE target = :target AND coalesce(system, :system) = :system
              AND NOT EXISTS (SELECT 1 FROM article a WHERE a.doi_key = elsewhere.doi_key)
              AND NOT EXISTS (SELECT 1 FROM deposited d WHERE d.doi_key = elsewhere.doi_key AND d.target = :target)""",
        """SELECT count(*) FROM registration WHERE target = :target AND system = :system
              AND NOT EXISTS (SELECT 1 FROM article a WHERE a.doi_key = registration.doi_key)
              AND NOT EXISTS (SELECT 1 FROM deposited d WHERE d.doi_key = registration.doi_key AND d.target = :target)
              AND NOT EXISTS (
                  SELECT 1 FROM elsewhere e
                   WHERE e.doi_key = registration.doi_key AND e.target = :target
                     AND coalesce(e.system, :system) = :system)
        """,
    )
]
_NO_REGISTRATION = """NOT EXISTS (
       SELECT 1 FROM registration r WHERE r.doi_key = one.doi_key AND r.target = :target AND r.system = :system)"""
_NOT_ELSEWHERE = """NOT EXISTS (
       SELECT 1 FROM elsewhere e
        WHERE e.doi_key = one.doi_key AND e.target = :target AND coalesce(e.system, :system) = :system)"""


def _keys(*parts: str) -> TextClause:
    """The DOIs of all these parts in order. Each part is read in order by an index, and no further than needed."""
    ordered = " UNION ".join(f"SELECT * FROM ({part} ORDER BY one.doi_key LIMIT :limit) part" for part in parts)  # noqa: S608 — our own words
    return text(f"{ordered} ORDER BY 1 LIMIT :limit")


_SENT = """SELECT one.doi_key FROM registration one
 WHERE one.target = :target AND one.system = :system AND one.state = :state AND one.doi_key > :after"""
_OF_ARTICLES = "SELECT DISTINCT one.doi_key FROM article one WHERE one.doi_key > :after"
_OF_FILES = "SELECT one.doi_key FROM deposited one WHERE one.doi_key > :after AND one.target = :target"
_MARKED = """SELECT one.doi_key FROM elsewhere one
 WHERE one.doi_key > :after AND one.target = :target AND coalesce(one.system, :system) = :system"""
_KEYS_OF_SENT = _keys(_SENT)
# By state, where also DOIs have it that were never sent; "" is every state.
_KEYS_OF_STATE = {
    "": _keys(
        _OF_ARTICLES,
        _OF_FILES,
        _MARKED,
        """SELECT one.doi_key FROM registration one
            WHERE one.doi_key > :after AND +one.target = :target AND +one.system = :system""",
    ),
    "elsewhere": _keys(_SENT, f"{_MARKED} AND {_NO_REGISTRATION}"),
    "never_sent": _keys(
        _SENT,
        f"{_OF_ARTICLES} AND {_NO_REGISTRATION} AND {_NOT_ELSEWHERE}",
        f"{_OF_FILES} AND {_NO_REGISTRATION} AND {_NOT_ELSEWHERE}",
    ),
}
# The largest number of a column has 19 digits.
_HELD = """CASE WHEN length(r.held) < 19 OR length(r.held) = 19 AND r.held <= '9223372036854775807'
            THEN CAST(r.held AS BIGINT) END"""
_ROWS = text(f"""
SELECT coalesce(r.doi, article.doi, one.value) AS doi, file.path AS file, submission.state AS file_state,
       CAST(file.timestamp AS TEXT) AS timestamp, submission.submission_id, own.path AS held_file,
       elsewhere.since AS elsewhere_since, article.identifier AS record, article.source, article.title,
       CASE WHEN article.state = 'held' THEN (
            SELECT CAST(json_object('code', code, 'path', path, 'value', value, 'detail', json(detail)) AS TEXT)
              FROM finding WHERE article_id = article.id AND severity = 'error' ORDER BY position LIMIT 1)
       END AS held_back,
       r.doi AS r_doi, r.state AS r_state, r.changed AS r_changed, r.batch_id AS r_batch_id,
       sent.timestamp AS r_timestamp, r.kind AS r_kind, r.message AS r_message, r.who AS r_who,
       r.details AS r_details, r.held AS r_held, r.held_since AS r_held_since, r.conflict_id AS r_conflict_id,
       r.dois_in_conflict AS r_dois_in_conflict, r.refusals AS r_refusals, r.settings AS r_settings, r.due AS r_due,
       r.overruled AS r_overruled
  FROM json_each(:keys) one
  LEFT JOIN article ON article.id = (
       SELECT id FROM article WHERE doi_key = one.value ORDER BY state = 'deleted', state = 'held', id LIMIT 1)
  LEFT JOIN registration r ON r.doi_key = one.value AND r.target = :target AND r.system = :system
  LEFT JOIN batch sent ON sent.id = r.batch_id
  LEFT JOIN deposited ON deposited.doi_key = one.value AND deposited.target = :target
  LEFT JOIN batch file ON file.id = coalesce(r.batch_id, deposited.batch_id)
  LEFT JOIN submission ON submission.batch_id = file.id AND submission.system = :system
  LEFT JOIN batch own ON own.target = :target AND own.timestamp = {_HELD} AND own.state = 'written'
  LEFT JOIN elsewhere ON elsewhere.doi_key = one.value AND elsewhere.target = :target
       AND coalesce(elsewhere.system, :system) = :system
 ORDER BY one.key
""").columns(  # noqa: S608 — our own words
    elsewhere_since=Moment,
    r_changed=Moment,
    r_held_since=Moment,
    r_due=Moment,
    r_details=Words,
    r_dois_in_conflict=Strings,
)
