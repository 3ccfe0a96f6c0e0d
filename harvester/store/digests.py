"""What was reported in digests."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from harvester.store.database import Part
from harvester.store.deposit_structs import HeldArticle
from harvester.store.tables import article, digest, digest_held

_HELD = select(article.c.id).where(article.c.state == "held")


class Digests(Part):
    """Digests, and the articles that they reported as held back."""

    def last(self) -> datetime | None:
        """When the last digest was sent; `None` if there was none."""
        with self._read() as connection:
            return connection.execute(select(func.max(digest.c.sent, type_=digest.c.sent.type))).scalar()

    def newly_held(self, sources: Collection[str]) -> list[HeldArticle]:
        """The articles of these sources that are held back, and were not when the last digest was sent."""
        known = select(digest_held.c.article_id)
        statement = select(article.c.id, article.c.source, article.c.identifier, article.c.title).where(
            article.c.state == "held", article.c.source.in_(sources), article.c.id.not_in(known)
        )
        with self._read() as connection:
            rows = connection.execute(statement.order_by(article.c.source, article.c.identifier)).all()
        return [HeldArticle(*row) for row in rows]

    def save(self, sent: datetime, held: Collection[HeldArticle]) -> None:
        """Saves that a digest reported these articles. One that is not held back any more is reported again, should it
        be once more. That may have changed while the digest was sent."""
        with self._write() as connection:
            connection.execute(insert(digest).values(sent=sent))
            connection.execute(delete(digest_held).where(digest_held.c.article_id.not_in(_HELD)))
            still_held = set(connection.execute(_HELD).scalars())
            if rows := [{"article_id": one.article_id} for one in held if one.article_id in still_held]:
                connection.execute(insert(digest_held).on_conflict_do_nothing(), rows)
