"""The version of another program that a person has decided to overwrite, and the system that a mark is about."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE registration ADD COLUMN overruled TEXT")
    op.execute("ALTER TABLE elsewhere ADD COLUMN system TEXT")
