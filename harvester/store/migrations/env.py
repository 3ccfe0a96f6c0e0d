"""The script that alembic runs: the revisions, on the connection of `upgrade` and in its transaction."""

from __future__ import annotations

from alembic import context

from harvester.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it to a new one
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
