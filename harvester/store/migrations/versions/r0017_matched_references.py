"""The DOIs that an agency found for the references of a deposit, by our keys; empty: they were not read."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE held_record ADD COLUMN found TEXT DEFAULT '{}' NOT NULL")
