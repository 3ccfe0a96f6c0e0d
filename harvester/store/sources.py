"""Sources as a whole: what they said of themselves, renamed, or forgotten. What was deposited stays in the ledger."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, distinct, func, select, update
from sqlalchemy.dialects.sqlite import insert

from harvester.errors import StoreError
from harvester.model import Identity
from harvester.store.articles import mark_stale
from harvester.store.database import Part
from harvester.store.retention import delete_unused_payloads
from harvester.store.run_structs import SourceContent, SourceRow
from harvester.store.tables import (
    NO_SOURCE,
    alert,
    article,
    article_count,
    deposit,
    deposited,
    digest_held,
    finding,
    minted,
    record,
    record_count,
    record_version,
    rejected,
    run,
    run_window,
    source,
)


class Sources(Part):
    """Sources as a whole."""

    def save_identity(self, name: str, identity: Identity, url: str) -> None:
        """Saves the provider's answer to Identify, with the URL of the source."""
        document = msgspec.json.encode(identity).decode()
        statement = insert(source).values(name=name, url=url, identity=document)
        with self._write() as connection:
            connection.execute(statement.on_conflict_do_update(set_={"url": url, "identity": document}))

    def save_address(self, name: str, url: str) -> None:
        """Saves the URL of a source that has not answered Identify."""
        with self._write() as connection:
            row = insert(source).values(name=name, url=url)
            connection.execute(row.on_conflict_do_update(set_={"url": url}))

    def get(self, name: str) -> SourceRow | None:
        """The source as the store knows it, `None` if it was never harvested."""
        with self._read() as connection:
            row = connection.execute(select(source).where(source.c.name == name)).first()
        if row is None:
            return None
        identity = msgspec.json.decode(row.identity, type=Identity) if row.identity else None
        return SourceRow(row.name, row.url, identity, row.sets)

    def content(self, name: str) -> SourceContent | None:
        """What the store has of a source; `None` if it does not know the source."""
        with self._read() as connection:
            return _content(connection, name) if _is_known(connection, name) else None

    def rename(self, old: str, new: str) -> None:
        """Gives everything of a source another name, also its history and the DOIs that were minted for it.

        Raises `StoreError` if the store does not know `old`, if `new` has records, or if DOIs were minted for the same
        records under both names.
        """
        with self._write(durable=True) as connection:
            if not _is_known(connection, old):
                raise StoreError(f"The store has no source {old}; `harvester status` lists those that it has.")
            if _content(connection, new).records:
                raise StoreError(
                    f"The source {new} has records already. To keep them, and remove those of {old}: `harvester source "
                    f"forget {old}`. To keep those of {old}: `harvester source forget {new}`, then this command again."
                )
            if _mint_the_same(connection, old, new):
                raise StoreError(
                    f"DOIs were minted for the same records as {old} and as {new}. To keep those of {new}: "
                    f"`harvester source forget {old}`, then harvest {new}."
                )
            _rename(connection, old, new)

    def forget(self, name: str) -> None:
        """Deletes a source with its records, articles and runs. Nothing is deleted from the ledger.

        A DOI that was deposited stays known as deposited. One that was minted belongs to its OAI identifier from then
        on, in whichever source that is. Raises `StoreError` if the store does not know the source.
        """
        # As in `Retention.prune`: checking foreign keys row by row would take very long.
        with self._database.restructure() as connection:
            if not _is_known(connection, name):
                raise StoreError(f"The store has no source {name}; `harvester status` lists those that it has.")
            _forget(connection, name)
            delete_unused_payloads(connection)


# -------------------------------------------------------------------------------- within a transaction


def _is_known(connection: Connection, name: str) -> bool:
    return connection.execute(select(source.c.name).where(source.c.name == name)).first() is not None


def _content(connection: Connection, name: str) -> SourceContent:
    records = select(func.coalesce(func.sum(article_count.c.number), 0)).where(article_count.c.source == name)
    dois = select(func.count(distinct(deposited.c.doi_key))).join(article, article.c.doi_key == deposited.c.doi_key)
    given = select(func.count()).select_from(minted).where(minted.c.source == name)
    return SourceContent(
        records=connection.execute(records).scalar_one(),
        deposited=connection.execute(dois.where(article.c.source == name)).scalar_one(),
        minted=connection.execute(given).scalar_one(),
    )


def _mint_the_same(connection: Connection, old: str, new: str) -> bool:
    other = minted.alias()
    both = (minted.c.source == old, other.c.source == new)
    pairs = select(minted.c.identifier).join(other, other.c.identifier == minted.c.identifier).where(*both)
    return connection.execute(pairs.limit(1)).first() is not None


def _rename(connection: Connection, old: str, new: str) -> None:
    known = connection.execute(select(source).where(source.c.name == old)).one()._asdict()
    del known["name"]
    row = insert(source).values(name=new, **known)
    connection.execute(row.on_conflict_do_update(set_=known))
    for counts in (record_count, article_count):  # those of a name that had records once are zeros
        connection.execute(delete(counts).where(counts.c.source == new))
    for table in (run, record, article, record_count, article_count, minted):
        connection.execute(update(table).where(table.c.source == old).values(source=new))
    connection.execute(delete(alert).where(alert.c.subject == new))
    connection.execute(update(alert).where(alert.c.subject == old).values(subject=new))
    connection.execute(delete(source).where(source.c.name == old))


def _forget(connection: Connection, name: str) -> None:
    articles = select(article.c.id).where(article.c.source == name)
    records = select(record.c.id).where(record.c.source == name)
    runs = select(run.c.id).where(run.c.source == name)
    connection.execute(update(deposit).where(deposit.c.article_id.in_(articles)).values(article_id=None))
    for per_article in (finding, digest_held):
        connection.execute(delete(per_article).where(per_article.c.article_id.in_(articles)))
    connection.execute(delete(record_version).where(record_version.c.record_id.in_(records)))
    for per_run in (rejected, run_window):
        connection.execute(delete(per_run).where(per_run.c.run_id.in_(runs)))
    for table in (article, record, run, article_count, record_count):
        connection.execute(delete(table).where(table.c.source == name))
    connection.execute(delete(source).where(source.c.name == name))
    connection.execute(delete(alert).where(alert.c.subject == name))
    other = minted.alias()
    is_there = select(other.c.doi).where(other.c.source == NO_SOURCE, other.c.identifier == minted.c.identifier)
    connection.execute(update(minted).where(minted.c.source == name, ~is_there.exists()).values(source=NO_SOURCE))
    # Records that could not get such a DOI, since this source had it, may be the same under another source.
    taken = select(finding.c.article_id).where(finding.c.code == "doi-mint-taken")
    mark_stale(connection, article.c.id.in_(taken))
