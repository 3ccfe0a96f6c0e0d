"""Whether a run rejected a record after it had stored it: then what is stored does not resolve the rejection."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE rejected ADD COLUMN after_arrival BOOLEAN DEFAULT '0' NOT NULL")
