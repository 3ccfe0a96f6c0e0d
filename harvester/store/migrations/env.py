"""What alembic runs: the revisions, on the connection and in the transaction that `upgrade` was given."""

from __future__ import annotations

from alembic import context

from harvester.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
