"""The system that a mark is about: what an import finds at the test system says nothing of the live one."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("ALTER TABLE elsewhere ADD COLUMN system TEXT")
