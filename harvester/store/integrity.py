"""Whether the store is sound: what the triggers have counted, and the bytes of payloads."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from harvester.store import payloads
from harvester.store.tables import article, article_count, record, record_count


def faults(connection: Connection, *, deep: bool) -> list[str]:
    """What the database itself cannot find wrong, one sentence each. `deep` reads every payload."""
    found = [
        f"The store has miscounted its {what} of {name}; please report this." for what, name in _miscounted(connection)
    ]
    if deep:
        found += [
            f"The bytes of payload {digest} are not what was received." for digest in payloads.damaged(connection)
        ]
    return found


def _miscounted(connection: Connection) -> set[tuple[str, str]]:
    """The sources whose records or articles the triggers have miscounted, each as ("records" or "articles", source)."""
    miscounted: set[tuple[str, str]] = set()
    for table, counts in ((record, record_count), (article, article_count)):
        key = [table.c[column.name] for column in counts.primary_key]
        actual = connection.execute(select(*key, func.count()).group_by(*key)).all()
        counted = connection.execute(select(counts).where(counts.c.number != 0)).all()
        miscounted |= {(f"{table.name}s", row[0]) for row in set(actual) ^ set(counted)}
    return miscounted
