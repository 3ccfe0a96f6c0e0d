"""Minted DOIs: planned by the journal's pattern, assigned when their article is exported, and kept from then on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, delete, func, null, select, union_all
from sqlalchemy.dialects.sqlite import insert

from harvester.errors import DoiTaken
from harvester.findings import PLANNED_DOI
from harvester.identifiers import fold_doi
from harvester.model import Finding
from harvester.store.articles import exchange_findings, mark_stale
from harvester.store.database import Part, chunks, in_list
from harvester.store.deposit_structs import MintedDoi
from harvester.store.selection import selected
from harvester.store.structs import Selection
from harvester.store.tables import NO_SOURCE, article, batch, deposit, finding, minted

TAKEN = "doi-mint-taken"
_CODES = (PLANNED_DOI, TAKEN)


class Minting(Part):
    """Minted DOIs."""

    def minted(self, source: str, identifier: str) -> str | None:
        """The DOI that this program minted for a record, `None` if it has not."""
        with self._read() as connection:
            return _minted(connection, source, identifier)

    def has_minted(self, source: str) -> bool:
        """Whether this program has minted a DOI for any record of the source, or of one that was forgotten."""
        statement = select(minted.c.doi).where(minted.c.source.in_((source, NO_SOURCE))).limit(1)
        with self._read() as connection:
            return connection.execute(statement).first() is not None

    def mint(self, source: str, identifier: str, doi: str) -> None:
        """Assigns a DOI to a record. Raises `DoiTaken` if it is in use, or the record has another one."""
        with self._write(durable=True) as connection:
            _mint(connection, source, identifier, doi)

    def planned_dois(self, sources: Collection[str], selection: Selection) -> list[MintedDoi]:
        """The DOIs that an export of these articles assigns."""
        with self._read() as connection:
            return [planned for _, planned in _planned(connection, sources, selection)]

    def mint_planned(self, sources: Collection[str], selection: Selection) -> list[MintedDoi]:
        """Assigns their planned DOIs to the selected articles, which are to be rebuilt then; returns these DOIs.

        A DOI that is in use by now is not assigned.
        """
        done: list[MintedDoi] = []
        with self._write(durable=True) as connection:
            for article_id, planned in _planned(connection, sources, selection):
                mark_stale(connection, article.c.id == article_id)
                try:
                    _mint(connection, planned.source, planned.record, planned.doi)
                except DoiTaken:
                    continue  # the rebuild and the next look at shared DOIs say why
                done.append(planned)
        return done

    def minted_dois(self, sources: Collection[str] = (), selection: Selection | None = None) -> list[MintedDoi]:
        """The minted DOIs of these articles, each with the newest file that it is in."""
        with self._read() as connection:
            return list(_minted_dois(connection, sources, selection))

    def undo_minted(self, sources: Collection[str], selection: Selection) -> list[MintedDoi]:
        """Takes the minted DOIs of these articles back, unless they are in a deposit file; returns them.

        The articles are to be rebuilt then.
        """
        with self._write(durable=True) as connection:
            undone = [one for one in _minted_dois(connection, sources, selection) if one.file is None]
            for one in undone:
                is_record = (article.c.source == one.source) & (article.c.identifier == one.record)
                connection.execute(delete(minted).where(minted.c.doi_key == fold_doi(one.doi)))
                mark_stale(connection, is_record)
        return undone

    def refresh_planned_dois(self, sources: Collection[str]) -> None:
        """Finds out which planned DOIs are in use by others, and makes that the findings of their articles."""
        with self._write() as connection:
            rows = connection.execute(_PLANNED, {"sources": list(sources), "codes": list(_CODES)}).all()
            having = {row.id for row in rows}
            found = {row.id: [_finding(row.value, other)] for row, other in _with_others(connection, rows)}
            exchange_findings(connection, _CODES, found, having)


# -------------------------------------------------------------------------------- within a transaction


def _minted(connection: Connection, source: str, identifier: str) -> str | None:
    """The DOI that was minted for a record in this source, or in one that was forgotten."""
    is_record = (minted.c.source.in_((source, NO_SOURCE))) & (minted.c.identifier == identifier)
    statement = select(minted.c.doi).where(is_record).order_by(minted.c.source.desc()).limit(1)
    return connection.execute(statement).scalar()


def _mint(connection: Connection, source: str, identifier: str, doi: str) -> None:
    before = _minted(connection, source, identifier)
    if before == doi:
        return
    if before is not None:
        raise DoiTaken(f"Record {identifier} was given the DOI {before}; it cannot be given {doi}.")
    for holder in _holders(connection, [fold_doi(doi)]):
        if (holder.source, holder.identifier) != (source, identifier):
            raise DoiTaken(f"The DOI {doi} is in use by {_named(holder)}; it cannot be given to record {identifier}.")
    values = {"source": source, "identifier": identifier, "doi": doi, "doi_key": fold_doi(doi)}
    connection.execute(insert(minted).values(values))


def _planned(connection: Connection, sources: Collection[str], selection: Selection) -> Iterator[tuple[int, MintedDoi]]:
    """The planned DOIs of articles that nothing holds back, with the ids of these."""
    statement = select(article, finding.c.value).join(finding, finding.c.article_id == article.c.id)
    statement = statement.where(article.c.state == "ready", finding.c.code == PLANNED_DOI)
    wanted = set(map(fold_doi, selection.dois))
    rows = connection.execute(
        selected(statement, sources, structs.replace(selection, dois=())).order_by(
            article.c.source, article.c.identifier
        )
    )
    for row in rows.all():
        if not wanted or fold_doi(row.value) in wanted:
            yield row.id, MintedDoi(doi=row.value, record=row.identifier, source=row.source, title=row.title)


def _minted_dois(connection: Connection, sources: Collection[str], selection: Selection | None) -> Iterator[MintedDoi]:
    newest = (
        select(batch.c.path)
        .join_from(deposit, batch)
        .where(deposit.c.doi_key == minted.c.doi_key, batch.c.state != "abandoned")
        .order_by(batch.c.timestamp.desc())
        .limit(1)
        .scalar_subquery()
    )
    is_record = (article.c.source == minted.c.source) & (article.c.identifier == minted.c.identifier)
    statement = select(minted.c.doi, minted.c.identifier, minted.c.source, article.c.title, newest.label("file"))
    statement = statement.join_from(minted, article, is_record)
    for row in connection.execute(selected(statement, sources, selection).order_by(minted.c.doi_key)).all():
        yield MintedDoi(doi=row.doi, record=row.identifier, source=row.source, title=row.title, file=row.file)


def _finding(doi: str, other: str | None) -> Finding:
    return Finding(TAKEN, "doi", doi, {"other": other}) if other else Finding(PLANNED_DOI, "doi", doi)


def _with_others(connection: Connection, rows: Sequence[Any]) -> Iterator[tuple[Any, str | None]]:
    """Each article with a planned DOI, and what else has this DOI, in words; `None` if nothing has."""
    holders: dict[str, list[Any]] = {}
    for chunk in chunks(sorted({fold_doi(row.value) for row in rows})):
        for holder in _holders(connection, chunk):
            holders.setdefault(holder.doi_key, []).append(holder)
    for key, group in groupby(rows, key=lambda row: fold_doi(row.value)):
        planned = list(group)
        for row in planned:
            others = [*holders.get(key, ()), *_rivals(row, planned)]
            other = next((one for one in others if (one.source, one.identifier) != (row.source, row.identifier)), None)
            yield row, _named(other) if other else None


def _rivals(row: Any, planned: Sequence[Any]) -> Iterable[Any]:
    """The other articles with this planned DOI. Of equal articles, such as in a mirror, the first one gets it."""
    if row is planned[0] and len({one.fingerprint for one in planned}) == 1:
        return ()
    return planned


def _holders(connection: Connection, keys: Sequence[str]) -> Sequence[Any]:
    """What uses these DOIs: records (live, deleted or with a minted DOI) and deposits without a record."""
    return connection.execute(_HOLDERS, {"keys": list(keys)}).all()


def _named(holder: Any) -> str:
    return f"record {holder.identifier} of {holder.source}" if holder.source is not None else holder.identifier


_HOLDERS = union_all(
    *(
        select(table.c.doi_key, table.c.source, table.c.identifier).where(in_list(table.c.doi_key, "keys"))
        for table in (article, minted)
    ),
    select(deposit.c.doi_key, null(), "deposit " + deposit.c.batch_id)
    .join(batch)
    .where(in_list(deposit.c.doi_key, "keys"), batch.c.state != "abandoned"),
)
_other = finding.alias()
_OTHER_ERRORS = select(_other.c.article_id).where(
    _other.c.article_id == article.c.id, _other.c.severity == "error", _other.c.code != TAKEN
)
_PLANNED = (
    select(article.c.id, article.c.source, article.c.identifier, article.c.fingerprint, finding.c.value)
    .join(finding, finding.c.article_id == article.c.id)
    .where(in_list(finding.c.code, "codes"), in_list(article.c.source, "sources"), article.c.state != "deleted")
    .where(~_OTHER_ERRORS.exists())
    .order_by(func.lower(finding.c.value), article.c.source, article.c.identifier)
)
