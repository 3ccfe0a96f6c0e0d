"""Alerts: the continuing failures that people were notified of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from harvester.store.database import Part
from harvester.store.structs import Alert
from harvester.store.tables import alert


class Alerts(Part):
    """Continuing failures that people were notified of."""

    def all(self) -> dict[str, Alert]:
        """The alerts that are not over, by subject."""
        with self._read() as connection:
            return {row.subject: Alert(*row) for row in connection.execute(select(alert))}

    def save(self, alerts: Sequence[Alert]) -> None:
        """Saves alerts, replacing those of the same subjects."""
        statement = insert(alert)
        change = statement.on_conflict_do_update(
            set_={"since": statement.excluded.since, "told": statement.excluded.told}
        )
        with self._write() as connection:
            for new in alerts:
                values = {"subject": new.subject, "since": new.since, "told": new.last_notified}
                connection.execute(change, values)

    def delete(self, subjects: Sequence[str]) -> None:
        """Deletes alerts that are over."""
        with self._write() as connection:
            connection.execute(delete(alert).where(alert.c.subject.in_(subjects)))
