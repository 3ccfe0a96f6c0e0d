"""The version of another program that a person has decided to overwrite."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE registration ADD COLUMN overruled TEXT")
