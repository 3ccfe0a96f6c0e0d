"""What people asked for on the web page: each wish is done once, and ends with what it did in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from harvester.store.database import Part, new_id
from harvester.store.structs import Wish
from harvester.store.tables import wish

_FIELDS = [wish.c[name] for name in Wish.__struct_fields__]
_NOT_TAKEN = wish.c.taken.is_(None) & wish.c.done.is_(None)


class Wishes(Part):
    """What was asked for. A wish is open until it is done."""

    def ask(
        self,
        what: str,
        subject: str,
        choices: Mapping[str, str],
        *,
        by: str,
        now: datetime,
        upload: bytes | None = None,
    ) -> Wish:
        """Adds a wish. One that is the same and waits already counts for both, as after a second click."""
        same = (wish.c.what == what) & (wish.c.subject == subject) & (wish.c.choices == dict(choices))
        same &= wish.c.upload.is_(None) if upload is None else wish.c.upload == upload
        with self._write(durable=True) as connection:
            waiting = connection.execute(select(wish.c.id).where(_NOT_TAKEN, same)).scalar()
            if waiting is None:
                values: dict[str, Any] = {"what": what, "subject": subject, "choices": dict(choices)}
                values |= {"upload": upload, "asked": now, "asked_by": by}
                waiting = new_id(connection, insert(wish).values(**values))
            row = connection.execute(select(*_FIELDS).where(wish.c.id == waiting)).one()
        return Wish(**row._asdict())

    def get(self, wish_id: int) -> Wish:
        """Raises `LookupError`."""
        found = self._select(select(*_FIELDS).where(wish.c.id == wish_id))
        if not found:
            raise LookupError(f"there is no wish {wish_id}")
        return found[0]

    def upload(self, wish_id: int) -> bytes | None:
        """The file that came with it; `None` if there was none, or when it is done."""
        with self._read() as connection:
            return connection.execute(select(wish.c.upload).where(wish.c.id == wish_id)).scalar()

    def open(self) -> list[Wish]:
        """Those that are not done, oldest first."""
        return self._select(select(*_FIELDS).where(wish.c.done.is_(None)).order_by(wish.c.id))

    def is_asked(self, what: str, subject: str, *, since: datetime) -> bool:
        """Whether such a wish waits that is as new as that."""
        which = (wish.c.what == what) & (wish.c.subject == subject) & (wish.c.asked >= since)
        with self._read() as connection:
            return connection.execute(select(wish.c.id).where(_NOT_TAKEN, which)).first() is not None

    def newest(self, *, before: int | None = None, limit: int = 50) -> list[Wish]:
        """Newest first, those older than the one with the number `before`."""
        rows = select(*_FIELDS).order_by(wish.c.id.desc()).limit(limit)
        return self._select(rows if before is None else rows.where(wish.c.id < before))

    def take(self, wish_id: int, now: datetime) -> bool:
        """Takes it, once for all: whether it waited until now."""
        statement = update(wish).where(wish.c.id == wish_id, _NOT_TAKEN).values(taken=now)
        with self._write(durable=True) as connection:
            return connection.execute(statement).rowcount > 0

    def release(self, wish_id: int) -> None:
        """Puts back a wish that was taken and not begun."""
        with self._write(durable=True) as connection:
            connection.execute(update(wish).where(wish.c.id == wish_id, wish.c.done.is_(None)).values(taken=None))

    def end(self, wish_id: int, now: datetime, outcome: str, *, succeeded: bool) -> None:
        """Saves what it did, unless it is done."""
        values = {"done": now, "outcome": outcome, "succeeded": succeeded, "upload": None}
        with self._write(durable=True) as connection:
            connection.execute(update(wish).where(wish.c.id == wish_id, wish.c.done.is_(None)).values(**values))

    def _select(self, statement: Select[Any]) -> list[Wish]:
        with self._read() as connection:
            return [Wish(**row._asdict()) for row in connection.execute(statement)]
