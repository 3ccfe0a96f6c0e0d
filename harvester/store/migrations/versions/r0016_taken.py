"""How often a process took a run up again: one that lost its lock without knowing it must not write into it."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE run ADD COLUMN taken INTEGER DEFAULT '0' NOT NULL")
